import type { LocalizableString, Question, SurveyModel } from 'survey-core';
import { REFUSED_SUFFIX } from '../survey.js';
import type { MissingKey } from '../missing.js';
import type { Read, Source, Texts, ValueLabel, Variable, VariableTable } from './variable.js';
import { type ChoiceList, joined } from './variable-choices.js';
import { COMPANION, NameRegister, rootName, valuePart } from './variable-names.js';
import { TextReader } from './variable-texts.js';

/** Where a question stands: in which table, behind which keys, under which conditions. */
export interface Place {
  table: string;
  /** Keys from the answers, or from an entry of the table, to what holds the question's value. */
  at: string[];
  /** How many `[]` the path has so far. */
  level: number;
  /** What names begin with, outermost first. */
  names: string[];
  labels: Texts[];
  /** Path of the holder; empty at the top level. */
  path: string;
  guards: string[];
  conditions: (string | null | undefined)[];
  /** Value name of the item at the top level; null at the top level itself. */
  item: string | null;
  page: number;
  refusal: string | null;
}

/** One question at its place, with what all its columns share. */
export interface Item {
  place: Place;
  question: Question;
  /** Names before a suffix. */
  names: string[];
  labels: Texts[];
  path: string;
  at: string[];
  guards: string[];
  conditions: (string | null | undefined)[];
  item: string;
  refusal: string;
}

/** What is particular to one column of an item. */
export interface Column {
  suffix?: string[];
  label?: Texts[];
  read: Read;
  type?: Variable['type'];
  measure?: Variable['measure'];
  values?: ValueLabel[];
  at?: string[];
  path?: string;
  /** Further levels that routing may hide. */
  guards?: string[];
  conditions?: (string | null | undefined)[];
  list?: Pick<ChoiceList, 'refused' | 'dontKnow'>;
  wrap?: string | null;
  computed?: boolean;
  negatives?: boolean;
  page?: number;
}

/** Collects the columns of one questionnaire. */
export class Derivation {
  readonly variables: Variable[] = [];
  readonly tables: VariableTable[] = [];
  readonly names = new NameRegister();

  constructor(
    readonly survey: SurveyModel,
    readonly texts: TextReader,
    readonly words: Record<'notChosen' | 'chosen' | 'yes' | 'no' | 'total', Texts>,
  ) {}

  /** An item at its place. */
  item(question: Question, place: Place): Item {
    const key = question.getValueName();
    const path = place.path ? `${place.path}.${key}` : key;
    const own = (question.getPropertyValue('variable') as string | undefined) || question.name;
    return {
      place,
      question,
      names: place.names.length > 0 ? [...place.names, valuePart(own)] : [rootName(own)],
      labels: [...place.labels, this.texts.of(titleOf(question), question.name)],
      path,
      at: [...place.at, key],
      guards: [...place.guards, path],
      conditions: [
        ...place.conditions,
        question.visible ? question.visibleIf : question.visibleIf || 'false',
      ],
      item: place.item ?? key,
      refusal: place.refusal ?? key + REFUSED_SUFFIX,
    };
  }

  /** Adds a column of an item; a text or date also gets its companion of missing reasons. */
  add(item: Item, column: Column): Variable {
    const { place, question } = item;
    const type = column.type ?? 'numeric';
    const path = column.path ?? item.path;
    const parts = [...item.names, ...(column.suffix ?? [])];
    const companion = type !== 'numeric';
    const name = this.names.take(
      place.table,
      parts,
      path + suffixOf(column.read),
      companion ? COMPANION.length : 0,
    );
    const universe: Variable['universe'] = {
      expression: joined([...item.conditions, ...(column.conditions ?? [])]),
    };
    const text: unknown = this.custom(question, 'universe');
    if (text) universe.text = this.texts.ofJson(text, '');
    const source: Source = {
      at: column.at ?? item.at,
      read: column.read,
      reason: false,
      refusal: item.refusal,
      refused: column.list?.refused ?? [],
      dontKnow: column.list?.dontKnow ?? [],
      wrap: column.wrap ?? null,
      guards: [...item.guards, ...(column.guards ?? [])],
    };
    const computed = column.computed ?? false;
    const variable: Variable = {
      name,
      table: place.table,
      type,
      measure: column.measure ?? (type === 'numeric' ? 'scale' : 'nominal'),
      label: this.texts.chain([...item.labels, ...(column.label ?? [])]),
      question: this.texts.of(titleOf(question), question.name),
      ...(column.values ? { values: column.values } : {}),
      universe,
      ...conceptOf(this.custom(question, 'concept')),
      item: item.item,
      path,
      source,
      page: column.page ?? place.page,
      routedBy: -1,
      computed,
      negatives: column.negatives ?? (column.values ?? []).some(({ code }) => code < 0),
      missing: missingOf(question, source, universe.expression !== null, computed),
    };
    return this.put(variable);
  }

  /** Adds a column that is made already; a text or date also gets its companion of missing reasons. */
  put(variable: Variable): Variable {
    this.variables.push(variable);
    if (variable.type !== 'numeric') this.addCompanion(variable);
    return variable;
  }

  private addCompanion(of: Variable): void {
    this.variables.push({
      ...of,
      name: this.names.take(of.table, [of.name, COMPANION.slice(1)], `${of.path}${COMPANION}`),
      type: 'numeric',
      measure: 'nominal',
      values: undefined,
      source: { ...of.source, reason: true },
    });
  }

  /** A property that Onward adds to questions; inside a matrix column it may be absent. */
  custom(question: Question, name: 'universe' | 'concept' | 'refusable'): unknown {
    const text = (question as unknown as Record<string, { getJson?: () => unknown } | undefined>)[
      `loc${capital(name)}`
    ];
    return text?.getJson ? text.getJson() : question.getPropertyValue(name);
  }

  /** Categories of a 0/1 that says whether something was chosen. */
  chosenOrNot(): ValueLabel[] {
    return zeroAndOne(this.words.notChosen, this.words.chosen);
  }

  /** Categories of a 0/1 that answers yes or no. */
  yesOrNo(): ValueLabel[] {
    return zeroAndOne(this.words.no, this.words.yes);
  }
}

const zeroAndOne = (zero: Texts, one: Texts): ValueLabel[] => [
  { code: 0, value: false, label: zero },
  { code: 1, value: true, label: one },
];

/** Deeper in the same item: one row, cell, entry or part of it. */
export function within(
  item: Item,
  more: {
    key?: string;
    path: string;
    name?: string;
    label?: Texts;
    condition?: string | null;
    guarded?: boolean;
  },
): Place {
  return {
    ...item.place,
    at: more.key === undefined ? item.at : [...item.at, more.key],
    names: more.name === undefined ? item.names : [...item.names, more.name],
    labels: more.label === undefined ? item.labels : [...item.labels, more.label],
    path: more.path,
    guards: more.guarded === false ? item.guards : [...item.guards, more.path],
    conditions: [...item.conditions, more.condition],
    item: item.item,
    refusal: item.refusal,
  };
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const titleOf = (question: Question): LocalizableString => question.locTitle;

const suffixOf = (read: Read): string =>
  'choice' in read
    ? `{${String(read.choice)}}${read.as}`
    : read.as === 'end'
      ? `#${read.index}`
      : `#${read.as}`;

const conceptOf = (concept: unknown): { concept?: string } =>
  typeof concept === 'string' && concept !== '' ? { concept } : {};

function missingOf(question: Question, source: Source, routed: boolean, computed: boolean): MissingKey[] {
  if (source.read.as === 'index') return [];
  const refusable = question.getPropertyValue('refusable') !== false && !computed;
  const beside = source.read.as === 'otherText' || source.read.as === 'choiceText';
  const keys: [MissingKey, boolean][] = [
    ['dontKnow', source.dontKnow.length > 0],
    ['refused', source.refused.length > 0 || refusable],
    ['leftBlank', !computed],
    ['brokeOff', true],
    ['inapplicable', routed || beside],
    ['error', true],
  ];
  return keys.filter(([, possible]) => possible).map(([key]) => key);
}
