import { type FedCell } from '../record.js';
import { Lost, reader } from '../record-read.js';
import { PLACE } from '../variable/variable-feed.js';
import { type Texts, type Variable } from '../variable/variable.js';
import {
  type FedAnswer,
  type Feed,
  type FeedMode,
  feedOutcome,
  inMonth,
  monthsBetween,
  sameValue,
} from './feed.js';

type Answers = Readonly<Record<string, unknown>>;

/** Where a member was last known to live. */
export interface FedResidence {
  /** ISO 3166-1 alpha-3. */
  country: string;
  region: string | null;
  /** The place in each language: "Белград, Сербия". */
  words: Texts;
  class: string;
  /** The wave that knew it last; null where that was between waves. */
  wave: string | null;
  /** YYYY-MM-DD of the day on which it was last said. */
  on: string;
  /** Known spells as rows of the residence module. */
  spells: readonly object[];
}

/** The earlier answers that a questionnaire refers to, frozen for one case. */
export interface CaseFeed {
  items: Readonly<Record<string, FedAnswer>>;
  residence: FedResidence | null;
  /** YYYY-MM-DD of the last interview. */
  interviewOn: string | null;
  /** How each fed item is asked of this member: as declared, or as an experiment assigned. */
  modes: Readonly<Record<string, FeedMode>>;
}

/** What a member answered in one earlier wave, with the items of its questionnaire. */
export interface EarlierInterview {
  wave: string;
  /** YYYY-MM-DD */
  on: string;
  answers: Answers;
  variables: readonly Variable[];
  feeds: readonly Feed[];
}

/**
 * The last valid answer to each fed item, across waves that were skipped. A confirmation renews the answer that was shown; who
 * called it wrong or changed without giving another has none any more. Refusals and don't-knows are no answers.
 * @param interviews  in the order of time
 * @returns by the item that is asked now
 */
export function lastValidAnswers(
  feeds: readonly Feed[],
  interviews: readonly EarlierInterview[],
): Record<string, FedAnswer> {
  const last: Record<string, FedAnswer> = {};
  for (const { item, from } of feeds) {
    let known: FedAnswer | undefined;
    for (const { wave, on, answers, variables, feeds: declared } of interviews) {
      const given = validAnswer(from, answers, variables);
      const feed = declared.find((each) => each.item === from);
      if (given) known = { ...given, wave, on };
      else if (known && feed) {
        const outcome = feedOutcome(feed, known, answers);
        if (outcome === 'confirmed') known = { ...known, wave, on };
        else if (outcome !== 'not_shown') known = undefined;
      }
    }
    if (known) last[item] = known;
  }
  return last;
}

function validAnswer(
  item: string,
  answers: Answers,
  variables: readonly Variable[],
): Pick<FedAnswer, 'value' | 'words'> | undefined {
  const variable = variables.find(
    (each) => each.item === item && each.table === 'main' && !each.source.reason && each.path === item,
  );
  if (!variable) return undefined;
  const decoded = reader(variable)(answers);
  if (decoded === undefined || decoded instanceof Lost) return undefined;
  const value = answers[item];
  const label = variable.values?.find((each) => String(each.value) === String(value))?.label;
  return { value, words: label ?? { en: String(value), ru: String(value) } };
}

/** Whether a new answer to a sensitive item differs from the earlier one, as the server found; and what it has compared. */
export type Compared = Readonly<Record<string, { differs: boolean; values: readonly unknown[] }>>;

/** A holder of the link could try each answer in turn, and learn the earlier one: so only these many are compared. */
const MOST_COMPARED = 2;

/** Compares the new answers to sensitive reactive items with the earlier ones; what was compared before stays. */
export function compare(
  feeds: readonly Feed[],
  feed: CaseFeed,
  answers: Answers,
  before: Compared,
  isAnswer: (item: string, value: unknown) => boolean,
): Compared {
  const compared: Record<string, Compared[string]> = { ...before };
  for (const { item, mode, sensitive } of feeds) {
    const earlier = feed.items[item];
    const value = answers[item];
    if (!sensitive || mode !== 'reactive' || !earlier || value === undefined || !isAnswer(item, value))
      continue;
    const values = compared[item]?.values ?? [];
    const known = values.some((each) => sameValue(each, value));
    if (!known && values.length >= MOST_COMPARED) continue;
    compared[item] = {
      differs: !sameValue(value, earlier.value),
      values: known ? values : [...values, value],
    };
  }
  return compared;
}

/**
 * The variable `prev` that a questionnaire's expressions and texts refer to: for each fed item its value, words, month and
 * wave, and where the member lives. What is not known is absent, so that `{prev.item} empty` is true.
 * @param feeds  given for the browser: it gets no sensitive answer, only whether the new one differs
 */
export function prevVariable(
  feed: CaseFeed,
  compared: Compared,
  locale: string,
  feeds?: readonly Feed[],
): Record<string, unknown> {
  const prev: Record<string, unknown> = {};
  const hidden = new Set(feeds?.filter(({ sensitive }) => sensitive).map(({ item }) => item));
  for (const [item, { value, words, wave, on }] of Object.entries(feed.items)) {
    if (!hidden.has(item)) {
      prev[item] = value;
      prev[`${item}_text`] = inWords(words, locale) || String(value);
    }
    prev[`${item}_when`] = inMonth(on, locale);
    prev[`${item}_wave`] = wave;
    if (compared[item]) prev[`${item}_differs`] = compared[item].differs;
  }
  if (feed.interviewOn !== null) prev['interview_when'] = inMonth(feed.interviewOn, locale);
  if (feed.residence) {
    prev['place'] = feed.residence.country;
    prev['place_text'] = inWords(feed.residence.words, locale) || feed.residence.country;
    prev['place_when'] = inMonth(feed.residence.on, locale);
    prev['place_class'] = feed.residence.class;
    prev['spells'] = feed.residence.spells;
  }
  return prev;
}

const inWords = (words: Texts, locale: string): string => words[locale] ?? words['en'] ?? '';

const PLACE_OUTCOMES = { same: 'confirmed', moved: 'changed', wrong: 'disputed' } as const;

/**
 * What the record keeps of each fed item: what was fed, from when, in which words, and what became of it.
 * @param on      YYYY-MM-DD of this interview
 * @param locale  the language in which it was shown
 */
export function fedCells(
  feeds: readonly Feed[],
  feed: CaseFeed,
  answers: Answers,
  on: string,
  locale: string,
): Record<string, FedCell> {
  const cells: Record<string, FedCell> = {};
  for (const each of feeds) {
    const fed = feed.items[each.item];
    const mode = feed.modes[each.item] ?? each.mode;
    cells[each.item] = fed
      ? {
          value: fed.value,
          wave: waveNumber(fed.wave),
          age: monthsBetween(fed.on, on),
          text: each.mode === 'proactive' || !each.sensitive ? inWords(fed.words, locale) : '',
          outcome: feedOutcome(each, fed, answers),
          mode,
        }
      : { outcome: 'not_shown', mode };
  }
  if (feed.residence) {
    const { country, wave, on: since, words } = feed.residence;
    const said = answers[PLACE.by] as keyof typeof PLACE_OUTCOMES;
    cells[PLACE.item] = {
      value: country,
      wave: waveNumber(wave),
      age: monthsBetween(since, on),
      text: inWords(words, locale),
      outcome: PLACE_OUTCOMES[said] ?? 'not_shown',
      mode: 'proactive',
    };
  }
  return cells;
}

/** A wave's number in the data: a is 1; 0 stands for between waves. */
export const waveNumber = (letter: string | null): number =>
  letter === null ? 0 : letter.charCodeAt(0) - 'a'.charCodeAt(0) + 1;
