import { type FileColumn, type FileTable, wordsIn } from '../format/file-table.js';
import { INTEGERS, letterOf, refuse } from './dta-column.js';
import { cutToBytes, fieldsOf, languageOf } from './dta-text.js';

const MOST_LABEL_BYTES = 32_000;
const MOST_LABELS = 65_536;
const NAME_LENGTH = 32;
/** Bytes of a name's field: 32 characters and a NUL. */
const NAME_BYTES = 129;

/** A number and its words. A letter is the number by which Stata keeps it in a `long`. */
type ValueLabel = readonly [value: number, words: string];

/** What a table's numbers mean in one language. */
export interface LabelTable {
  name: string;
  labels: readonly ValueLabel[];
}

export interface Labels {
  tables: readonly LabelTable[];
  /** The name of a column's label table by locale; empty for a column without one. */
  namesOf: readonly Readonly<Record<string, string>>[];
}

/**
 * The value labels of all numeric columns, letters of missing reasons among them: one table a language, named after the first column that has it, and
 * `<name>_<language>` in the further ones. Columns that say the same in all languages share their tables.
 * @throws CellUnwritable for a code that Stata cannot label
 */
export function labelsOf({ columns, locales }: FileTable): Labels {
  const sets = new Map<
    string,
    { first: FileColumn; byLocale: ValueLabel[][]; names: Record<string, string> }
  >();
  const setsOf = columns.map((column) => {
    const byLocale =
      column.type === 'numeric' ? locales.map((locale) => labelsIn(column, locale, locales)) : [];
    if (byLocale.every(({ length }) => length === 0)) return undefined;
    const key = JSON.stringify(byLocale);
    const set = sets.get(key) ?? { first: column, byLocale, names: {} };
    sets.set(key, set);
    return set;
  });
  const taken = new Set([...sets.values()].map(({ first }) => first.name));
  const tables = [...sets.values()].flatMap((set) =>
    locales.map((locale, index): LabelTable => {
      const name = index === 0 ? set.first.name : freeName(set.first.name, languageOf(locale), taken);
      taken.add(name);
      set.names[locale] = name;
      return { name, labels: set.byLocale[index] ?? [] };
    }),
  );
  return { tables, namesOf: setsOf.map((set) => set?.names ?? {}) };
}

function labelsIn(column: FileColumn, locale: string, locales: readonly string[]): ValueLabel[] {
  const reasons = new Set(column.missing.map(({ code }) => code));
  const values = column.values.filter(({ code }) => !reasons.has(code));
  const labels = values.map(({ code, label }): ValueLabel => {
    if (!Number.isInteger(code) || code < INTEGERS.long.least || code > INTEGERS.long.greatest)
      refuse(
        column,
        `Stata labels whole numbers up to 2,147,483,620, and not ${code}; recode it, or leave its label out`,
      );
    return [code, wordsIn(label, locale, locales)];
  });
  for (const reason of column.missing)
    labels.push([INTEGERS.long.missing + letterOf(reason), wordsIn(reason.label, locale, locales)]);
  const sorted = labels
    .map(([value, words]): ValueLabel => [value, cutToBytes(words, MOST_LABEL_BYTES)])
    .sort(([a], [b]) => a - b);
  const twice = sorted.find(([value], index) => value === sorted[index - 1]?.[0]);
  if (twice) refuse(column, `two labels stand for its code ${twice[0]}; leave one`);
  if (sorted.length > MOST_LABELS) refuse(column, `it has ${sorted.length} labels and Stata holds 65,536`);
  // To Stata, a label without words is none.
  return sorted.filter(([, words]) => words !== '');
}

function freeName(base: string, language: string, taken: ReadonlySet<string>): string {
  for (let nr = 1; ; nr += 1) {
    const ending = nr === 1 ? `_${language}` : `_${language}_${nr}`;
    const name = base.slice(0, NAME_LENGTH - ending.length) + ending;
    if (!taken.has(name)) return name;
  }
}

/** The tables as they stand in the file, each in its tags. */
export function* labelBytes(tables: readonly LabelTable[]): Generator<Buffer> {
  for (const { name, labels } of tables) {
    const texts = labels.map(([, words]) => Buffer.from(`${words}\0`));
    const head = Buffer.alloc(8 + 8 * labels.length);
    let textBytes = 0;
    labels.forEach(([value], index) => {
      head.writeInt32LE(textBytes, 8 + 4 * index);
      head.writeInt32LE(value, 8 + 4 * (labels.length + index));
      textBytes += texts[index]?.length ?? 0;
    });
    head.writeInt32LE(labels.length, 0);
    head.writeInt32LE(textBytes, 4);
    const length = Buffer.alloc(4);
    length.writeInt32LE(head.length + textBytes);
    const padding = Buffer.alloc(3);
    yield Buffer.concat([
      Buffer.from('<lbl>'),
      length,
      fieldsOf([name], NAME_BYTES),
      padding,
      head,
      ...texts,
      Buffer.from('</lbl>'),
    ]);
  }
}
