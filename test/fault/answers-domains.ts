import { MISSING_CODES, missingCode, type MissingKey } from '../../src/questionnaire/missing.js';
import { type Variable } from '../../src/questionnaire/variable/variable.js';

type Json = Record<string, unknown>;

/** A question as its JSON declares it; only what its domain depends on. */
interface Question extends Json {
  type: string;
  name: string;
  elements?: Question[];
}

const SPECIAL = {
  showOtherItem: 'other',
  showNoneItem: 'none',
  showRefuseItem: 'refused',
  showDontKnowItem: 'dontknow',
};
const LONGEST_TEXT = 20_000;
const DATES: Record<string, RegExp> = {
  date: /^\d{4}-\d\d-\d\d$/,
  month: /^\d{4}-\d\d$/,
  'datetime-local': /^\d{4}-\d\d-\d\dT\d\d:\d\d/,
  email: /^\S+@\S+$/,
};

/**
 * An oracle that shares nothing with the check it judges: it reads the questionnaire's JSON and says which stored answers lie outside
 * what it declares. Routing is not its business.
 * @returns paths, never values
 */
export function outOfDomain(questionnaire: { pages: { elements: Question[] }[] }, answers: Json): string[] {
  const questions = flat(questionnaire.pages.flatMap(({ elements }) => elements));
  const extra = { adult: (value: unknown) => value === 0 || value === 1 };
  return formFaults(questions, answers, '', extra);
}

const flat = (elements: readonly Question[]): Question[] =>
  elements.flatMap((each) => (each.type === 'panel' ? flat(each.elements ?? []) : [each]));

type Accepts = (value: unknown) => boolean;

function formFaults(
  questions: readonly Question[],
  answers: Json,
  path: string,
  extra: Record<string, Accepts> = {},
): string[] {
  const known = new Map<string, Accepts>(Object.entries(extra));
  for (const question of questions) {
    const { name } = question;
    if (question.type === 'html' || question.type === 'image') continue; // they ask nothing
    known.set(name, accepts(question, questions));
    known.set(`${name}-Comment`, isText(LONGEST_TEXT));
    known.set(`${name}-refused`, (value) => value === true);
    known.set(`${name}-total`, isObject);
  }
  return Object.entries(answers).flatMap(([key, value]) => (known.get(key)?.(value) ? [] : [path + key]));
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** No text may hold control characters but line ends and tabs, or halves of characters. */
const FORBIDDEN = /[\p{Cs}\u{0}-\u{8}\u{e}-\u{1f}]/u;
const isText =
  (longest: number): Accepts =>
  (value) =>
    typeof value === 'string' && value.length <= longest && !FORBIDDEN.test(value);
const isNumber =
  (min = -Infinity, max = Infinity): Accepts =>
  (value) =>
    typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max;
const isAnyOf =
  (values: readonly unknown[]): Accepts =>
  (value) =>
    values.includes(value);
const isListOf =
  (one: Accepts): Accepts =>
  (value) =>
    Array.isArray(value) &&
    value.every(one) &&
    new Set(value.map((each) => JSON.stringify(each))).size === value.length;
const isRowsOf =
  (row: (entry: Json) => string[], most = 100): Accepts =>
  (value) =>
    Array.isArray(value) &&
    value.length <= most &&
    value.every((entry) => isObject(entry) && row(entry).length === 0);

const valuesOf = (list: unknown): unknown[] =>
  ((list ?? []) as unknown[]).map((each) => (isObject(each) ? each['value'] : each));

function accepts(question: Question, among: readonly Question[]): Accepts {
  const { min, max } = question as { min?: number; max?: number };
  const choice = isAnyOf(choicesOf(question, among));
  switch (question.type) {
    case 'text':
      return textAccepts(question);
    case 'comment':
      return isText((question['maxLength'] as number | undefined) ?? LONGEST_TEXT);
    case 'radiogroup':
    case 'dropdown':
    case 'buttongroup':
      // Where an own answer is stored in the value itself, any text may stand there.
      return question['storeOthersAsComment'] === false
        ? isText(LONGEST_TEXT)
        : entryAccepts(question, choice);
    case 'rating':
      return question['rateValues']
        ? choice
        : (value) =>
            Number.isInteger(value) &&
            isNumber((question['rateMin'] as number) ?? 1, (question['rateMax'] as number) ?? 5)(value);
    case 'imagepicker':
    case 'imagemap':
      return question['multiSelect'] === false ||
        (question.type === 'imagepicker' && !question['multiSelect'])
        ? choice
        : isListOf(choice);
    case 'checkbox':
      return isListOf(entryAccepts(question, choice));
    case 'tagbox':
    case 'ranking':
      return isListOf(choice);
    case 'boolean':
      return isAnyOf([question['valueTrue'] ?? true, question['valueFalse'] ?? false]);
    case 'expression':
      return isNumber();
    case 'slider':
      return question['sliderType'] === 'range'
        ? (value) =>
            Array.isArray(value) &&
            value.length === 2 &&
            value.every(isNumber(min, max)) &&
            value[0] <= value[1]
        : (value) =>
            isNumber(min, max)(value) && (value as number) % ((question['step'] as number) ?? 1) === 0;
    case 'multipletext':
      return fields((question['items'] as Question[]).map((item) => ({ ...item, type: 'text' })));
    default:
      return tableAccepts(question);
  }
}

/** A chosen answer: wrapped where the question says so, and where one of its choices takes a comment of its own. */
function entryAccepts(question: Question, choice: Accepts): Accepts {
  const hasComments = ((question['choices'] ?? []) as Json[]).some((each) => each['showCommentArea']);
  const named = question['valuePropertyName'] as string | undefined;
  const wrap = named ?? (hasComments ? 'value' : undefined);
  if (wrap === undefined) return choice;
  const isWrapped = (entry: unknown) =>
    isObject(entry) &&
    choice(entry[wrap]) &&
    Object.keys(entry).every((key) => key === wrap || (hasComments && key === 'comment')) &&
    (entry['comment'] === undefined || isText(LONGEST_TEXT)(entry['comment']));
  return (entry) => isWrapped(entry) || (named === undefined && choice(entry));
}

const fields =
  (questions: readonly Question[]): Accepts =>
  (value) =>
    isObject(value) && formFaults(questions, value, '').length === 0;

function choicesOf(question: Question, among: readonly Question[]): unknown[] {
  const from = among.find(({ name }) => name === question['choicesFromQuestion']);
  const { choicesMin: low, choicesMax: high } = question as { choicesMin?: number; choicesMax?: number };
  return [
    ...valuesOf(question['choices'] ?? question['rateValues'] ?? question['areas']),
    ...(from ? choicesOf(from, among) : []),
    ...(low !== undefined && high !== undefined
      ? Array.from({ length: high - low + 1 }, (_, nr) => low + nr)
      : []),
    ...Object.entries(SPECIAL).flatMap(([property, value]) => (question[property] ? [value] : [])),
  ];
}

function textAccepts(question: Question): Accepts {
  const { inputType, maskType } = question as { inputType?: string; maskType?: string };
  const { min, max } = question as { min?: number; max?: number };
  if (inputType === 'number') return isNumber(min, max);
  if (maskType === 'numeric') return isNumber((question['maskSettings'] as { min?: number }).min);
  const pattern = question.name === 'postcode' ? /^[0-9]{5,6}$/ : DATES[inputType ?? ''];
  const text = isText((question['maxLength'] as number | undefined) ?? LONGEST_TEXT);
  return (value) => text(value) && (pattern?.test(value as string) ?? true);
}

function tableAccepts(question: Question): Accepts {
  const rows = valuesOf(question['rows']) as string[];
  if (question.type === 'matrix') {
    const one = isAnyOf(valuesOf(question['columns']));
    const cell = question['cellType'] === 'checkbox' ? isListOf(one) : one;
    return (value) =>
      isObject(value) && Object.entries(value).every(([row, given]) => rows.includes(row) && cell(given));
  }
  if (question.type === 'paneldynamic') {
    const inside = flat((question['templateElements'] ?? []) as Question[]);
    return isRowsOf((entry) => formFaults(inside, entry, ''), question['maxPanelCount'] as number);
  }
  const columns = (question['columns'] as Question[]).map((column) => ({
    ...column,
    type: (column['cellType'] ?? question['cellType'] ?? 'dropdown') as string,
    choices: column['choices'] ?? question['choices'],
  }));
  const inside = [...columns, ...((question['detailElements'] ?? []) as Question[])];
  if (question.type === 'matrixdynamic')
    return isRowsOf((entry) => formFaults(inside, entry, ''), question['maxRowCount'] as number);
  return (value) =>
    isObject(value) &&
    Object.entries(value).every(
      ([row, entry]) => rows.includes(row) && isObject(entry) && formFaults(inside, entry, '').length === 0,
    );
}

/** Cells of a stored record that are neither a declared value nor a declared reason for having none. */
export function cellsOutOfDomain(
  variables: readonly Variable[],
  record: Json,
  children: Record<string, Json[]>,
): string[] {
  const of = (table: string) => variables.filter((variable) => variable.table === table);
  const wrong = (row: Json, table: string) =>
    of(table).flatMap((variable) =>
      cellIsDeclared(variable, row[variable.name]) ? [] : [`${table}.${variable.name}`],
    );
  return [
    ...wrong(record, 'main'),
    ...Object.entries(children).flatMap(([table, rows]) => rows.flatMap((row) => wrong(row, table))),
  ];
}

function cellIsDeclared({ type, values, negatives, source }: Variable, cell: unknown): boolean {
  if (cell === null || cell === undefined) return true; // an empty text, whose companion holds the reason
  const reasons = (Object.keys(MISSING_CODES) as MissingKey[]).map((key) =>
    missingCode(key, negatives && !source.reason),
  );
  if (typeof cell === 'number' && reasons.includes(cell)) return true;
  if (source.reason) return false;
  if (type !== 'numeric') return typeof cell === 'string';
  if (typeof cell !== 'number' || !Number.isFinite(cell)) return false;
  return values === undefined || values.some(({ code }) => code === cell);
}
