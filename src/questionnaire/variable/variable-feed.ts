import type { QuestionPanelDynamicModel } from 'survey-core';
import type { FedPart, Read, Texts, ValueLabel, Variable } from './variable.js';
import { asValueLabels, choiceList } from './variable-choices.js';
import type { Derivation, Item } from './variable-derivation.js';
import { COMPANION, NAME_LENGTH, rootWithin } from './variable-names.js';

/** The residence module: the item that shows the known place, what its feed is called, and where the places are coded. */
export const PLACE = { by: 'res_same', item: 'place', coded: 'sp_country' } as const;

const PREFIX = 'ff';
const LONGEST_SUFFIX = `_txt${COMPANION}`.length;
const SINGLE = new Set<Read['as']>(['number', 'text', 'code', 'boolean']);

type Words = Record<'en' | 'ru', string>;

const LABELS: Record<FedPart, Words> = {
  value: { en: 'Earlier answer', ru: 'Прежний ответ' },
  wave: {
    en: 'Number of the wave of the earlier answer (a is 1; 0: between waves)',
    ru: 'Номер волны прежнего ответа (a — 1; 0: между волнами)',
  },
  age: { en: 'Age of the earlier answer in months', ru: 'Давность прежнего ответа в месяцах' },
  text: { en: 'Words of the earlier answer', ru: 'Слова прежнего ответа' },
  outcome: { en: 'What became of the earlier answer', ru: 'Что стало с прежним ответом' },
  mode: { en: 'How the earlier answer was used', ru: 'Как использован прежний ответ' },
};

const OUTCOMES: [value: string, words: Words][] = [
  ['confirmed', { en: 'Confirmed', ru: 'Подтверждён' }],
  ['changed', { en: 'Changed since', ru: 'С тех пор изменился' }],
  ['disputed', { en: 'Disputed: it was never right', ru: 'Оспорен: он и прежде был неверен' }],
  ['not_shown', { en: 'Not shown, or nothing said of it', ru: 'Не показан, или о нём ничего не сказано' }],
];

const MODES: [value: string, words: Words][] = [
  ['independent', { en: 'Independent: not used', ru: 'Независимо: не использован' }],
  ['proactive', { en: 'Proactive: shown for confirmation', ru: 'Проактивно: показан для подтверждения' }],
  ['reactive', { en: 'Reactive: a different answer is checked', ru: 'Реактивно: иной ответ проверяется' }],
];

/** What is coded like the earlier answer: the item's own column, or that of the places. */
type Like = Pick<Variable, 'type' | 'measure' | 'values' | 'negatives'> & {
  source: Pick<Variable['source'], 'refused' | 'dontKnow' | 'read'>;
};

/**
 * Columns of the earlier answer to a fed item: `ff_x`, coded like x, its wave, age, words, outcome and mode. They follow the
 * item's own. Only items at the top level with one value can be fed.
 */
export function fedColumns(derive: Derivation, item: Item): void {
  const { question, place } = item;
  const mode: unknown = question.getPropertyValue('feedMode');
  if ((mode !== 'proactive' && mode !== 'reactive') || place.table !== 'main' || place.item !== null) return;
  if (!question.getPropertyValue('feedBy')) return;
  const own = derive.variables.filter(
    ({ path, source }) =>
      path === item.path && SINGLE.has(source.read.as) && source.at.at(-1) === item.at.at(-1),
  );
  const [like] = own;
  if (!like) return;
  for (const variable of own) variable.confirms = question.name;
  columns(derive, item, {
    name: question.name,
    root: item.names[0] as string,
    like: listedOnly(derive, item, like),
  });
}

/** Where own answers are comments, a value outside the list is none of them: the list has changed since. */
function listedOnly(derive: Derivation, { question }: Item, like: Variable): Like {
  const { read } = like.source;
  const setting: unknown = question.getPropertyValue('storeOthersAsComment');
  const inComment = typeof setting === 'boolean' ? setting : derive.survey.storeOthersAsComment;
  if (read.as !== 'code' || !inComment) return like;
  return { ...like, source: { ...like.source, read: { as: 'code' } } };
}

/** Columns of the last known country, beside the item that shows it; coded like the places that are told. */
export function placeColumns(derive: Derivation, item: Item): void {
  if (item.question.name !== PLACE.by || item.place.table !== 'main') return;
  const coded = derive.survey
    .getAllQuestions()
    .filter((question) => question.getType() === 'paneldynamic')
    .map((panel) =>
      (panel as QuestionPanelDynamicModel).template.questions.find(({ name }) => name === PLACE.coded),
    )
    .find(Boolean);
  if (!coded) return;
  const { choices, refused, dontKnow } = choiceList(coded, derive.texts, (name) =>
    derive.survey.getQuestionByName(name),
  );
  const source = { read: { as: 'code' } as const, refused, dontKnow };
  const values = asValueLabels(choices ?? []);
  const like: Like = { type: 'numeric', measure: 'nominal', values, negatives: false, source };
  columns(derive, item, { name: PLACE.item, root: PLACE.item, like });
}

function columns(derive: Derivation, item: Item, fed: { name: string; root: string; like: Like }): void {
  const root = rootWithin(fed.root, NAME_LENGTH - PREFIX.length - 1 - LONGEST_SUFFIX);
  const { type, measure, values, negatives, source } = fed.like;
  const add = (
    suffix: string[],
    read: Extract<Read, { as: 'fed' }>,
    more: Partial<Variable> = {},
    from: Partial<Variable['source']> = {},
  ) => {
    const path = [`${item.path}#fed`, fed.name, ...suffix].join('.');
    const room = (more.type ?? 'numeric') === 'numeric' ? 0 : COMPANION.length;
    derive.put({
      name: derive.names.take('main', [PREFIX, root, ...suffix], path, room),
      table: 'main',
      type: 'numeric',
      measure: 'scale',
      label: derive.texts.chain([...item.labels, inEach(derive, LABELS[read.part])]),
      question: derive.texts.of(item.question.locTitle, item.question.name),
      universe: { expression: null },
      item: item.item,
      path,
      source: {
        ...{ at: [], read, reason: false, refusal: null, refused: [], dontKnow: [], wrap: null, guards: [] },
        ...from,
      },
      page: item.place.page,
      routedBy: -1,
      computed: true,
      negatives: false,
      missing: ['inapplicable'],
      ...more,
    });
  };
  const { refused, dontKnow } = source;
  add(
    [],
    { as: 'fed', item: fed.name, part: 'value', like: source.read },
    { type, measure, ...(values ? { values } : {}), negatives, missing: ['inapplicable', 'error'] },
    { refused, dontKnow },
  );
  add(['wave'], { as: 'fed', item: fed.name, part: 'wave' });
  add(['age'], { as: 'fed', item: fed.name, part: 'age' });
  add(['txt'], { as: 'fed', item: fed.name, part: 'text' }, { type: 'string', measure: 'nominal' });
  const outcomes = { values: labels(derive, OUTCOMES), missing: [] };
  add(['out'], { as: 'fed', item: fed.name, part: 'outcome' }, { ...outcomes, measure: 'nominal' });
  const modes = { values: labels(derive, MODES), measure: 'nominal' as const };
  add(['mode'], { as: 'fed', item: fed.name, part: 'mode' }, modes);
}

const inEach = (derive: Derivation, words: Words): Texts =>
  derive.texts.each((locale) => (locale === 'ru' ? words.ru : words.en));

const labels = (derive: Derivation, list: [string, Words][]): ValueLabel[] =>
  list.map(([value, words], position) => ({ code: position + 1, value, label: inEach(derive, words) }));
