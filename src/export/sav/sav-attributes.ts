import { type Texts } from '../../questionnaire/variable/variable.js';
import { type FileColumn, type FileTable, wordsIn } from '../format/file-table.js';
import { cutAt } from './cut.js';
import { Records } from './records.js';

/** The longest value label in bytes, and the longest value of an attribute. */
export const LABEL_BYTES = 120;
const VALUE_BYTES = 32_767;
/** Readers take a record into memory, ReadStat none above 16 MiB: what is more than this goes into a further one. */
const RECORD_BYTES = 8 * 1024 * 1024;

type Attribute = [name: string, values: string[]];

const SUBTYPE = { file: 17, variables: 18 };

/** A locale as a part of an attribute's name, such as `sr_latn`. */
const named = (locale: string) => locale.toLowerCase().replaceAll(/[^a-z0-9]/g, '_');

/** The words of one language under a name such as `question_ru`; nothing where there are none. */
const inEach = (name: string, texts: Texts | undefined, locales: readonly string[]): Attribute[] =>
  locales.map((locale) => [`${name}_${named(locale)}`, [texts?.[locale] ?? '']]);

/**
 * What is known of a column, whole and in each language: `label_ru`, `question_ru`, `universe_ru`, `universe` (the condition), `concept`, `wave`, `item`;
 * and an array `values_en` with an entry `1=Yes` for each value and each missing reason that has words in that language. The main
 * language's labels are the value labels themselves; it has such an array too where one of them had to be cut.
 */
function ofColumn(column: FileColumn, locales: readonly string[]): Attribute[] {
  const labelled = [...column.values, ...column.missing];
  const [main = ''] = locales;
  const isCut = labelled.some(({ label }) => Buffer.byteLength(wordsIn(label, main, locales)) > LABEL_BYTES);
  return [
    ...inEach('label', column.label, locales),
    ...inEach('question', column.question, locales),
    ['universe', [column.universe?.expression ?? '']],
    ...inEach('universe', column.universe?.text, locales),
    ['concept', [column.concept ?? '']],
    ['wave', [column.wave ?? '']],
    ['item', [column.item ?? '']],
    ...(isCut ? locales : locales.slice(1)).map((locale): Attribute => [
      `values_${named(locale)}`,
      labelled.map(({ code, label }) => (label[locale] ? `${code}=${label[locale]}` : '')),
    ]),
  ];
}

/** An attribute's value stands between quotes at the end of a line, so it cannot hold the end of a line; a quote in it is one as it is. */
function asSet(attributes: readonly Attribute[]): string {
  return attributes
    .map(([name, values]): Attribute => [name, values.filter((value) => value !== '')])
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => {
      const quoted = values.map(
        (value) => `'${cutAt(value.replaceAll(/\r\n|[\n\r\0]/g, ' '), VALUE_BYTES)}'\n`,
      );
      return `${name}(${quoted.join('')})`;
    })
    .join('');
}

/**
 * The records of attributes: of the file (`name`, `key`, and in each language `label_…` and `source_…`) and of its variables.
 * @see PSPP, System File Format: Data File and Variable Attributes Records
 */
export function addAttributes(records: Records, table: FileTable): void {
  const file = asSet([
    ['name', [table.name]],
    ['key', [...table.key]],
    ...inEach('label', table.label, table.locales),
    ...inEach('source', table.source, table.locales),
  ]);
  records.extension(SUBTYPE.file, 1, new Records().text(file));

  let sets = new Records();
  const flush = () => {
    if (sets.length > 0) records.extension(SUBTYPE.variables, 1, sets);
    sets = new Records();
  };
  for (const column of table.columns) {
    const set = asSet(ofColumn(column, table.locales));
    if (set === '') continue;
    const text = `${column.name}:${set}`;
    if (sets.length > 0 && sets.length + Buffer.byteLength(text) >= RECORD_BYTES) flush();
    sets.text(sets.length > 0 ? `/${text}` : text);
  }
  flush();
}
