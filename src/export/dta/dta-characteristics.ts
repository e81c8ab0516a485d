import { type Texts } from '../../questionnaire/variable/variable.js';
import { type FileColumn, type FileTable, wordsIn } from '../format/file-table.js';
import { type Labels } from './dta-labels.js';
import { cutToBytes, cutToCharacters, fieldsOf, languageOf } from './dta-text.js';

/** Characters of a label of the data or a variable. */
export const LABEL_CHARACTERS = 80;
/** Bytes of a characteristic, its NUL aside. */
const MOST_BYTES = 67_783;
const NAME_BYTES = 129;

type Characteristic = readonly [of: string, name: string, content: string];

/** The label of the data or a variable in one language, as long as Stata takes it. */
export const labelIn = (label: Texts, locale: string, { locales }: FileTable): string =>
  cutToCharacters(wordsIn(label, locale, locales), LABEL_CHARACTERS);

/**
 * What stands beside the data, as characteristics. `label language` reads those that begin with `_lang_`: the languages, the present one, and of the others
 * the labels and the names of their label tables. Whole texts by language: `question_ru`, `universe_ru`, `label_ru` where the label was cut, of the data also
 * `source_ru`; without a language: `universe` (the routing's expression), `concept`, `wave`, `item`.
 */
export function* characteristicBytes(table: FileTable, labels: Labels): Generator<Buffer> {
  for (const [of, name, content] of characteristicsOf(table, labels)) {
    if (content === '') continue;
    const text = Buffer.from(`${cutToBytes(content, MOST_BYTES)}\0`);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(2 * NAME_BYTES + text.length);
    yield Buffer.concat([
      Buffer.from('<ch>'),
      length,
      fieldsOf([of, name], NAME_BYTES),
      text,
      Buffer.from('</ch>'),
    ]);
  }
}

function* characteristicsOf(table: FileTable, labels: Labels): Generator<Characteristic> {
  const [main = '', ...others] = table.locales;
  yield ['_dta', '_lang_list', table.locales.map(languageOf).join(' ')];
  yield ['_dta', '_lang_c', languageOf(main)];
  for (const locale of others)
    yield ['_dta', `_lang_v_${languageOf(locale)}`, labelIn(table.label, locale, table)];
  yield* texts('_dta', 'label', cutOnly(table.label), table);
  yield* texts('_dta', 'source', table.source, table);
  for (const [index, column] of table.columns.entries()) {
    for (const locale of others) {
      const language = languageOf(locale);
      yield [column.name, `_lang_v_${language}`, labelIn(column.label, locale, table)];
      yield [column.name, `_lang_l_${language}`, labels.namesOf[index]?.[locale] ?? ''];
    }
    yield* ofColumn(column, table);
  }
}

function* ofColumn(column: FileColumn, table: FileTable): Generator<Characteristic> {
  const { name, label, question = {}, universe, concept = '', wave = '', item = '' } = column;
  yield* texts(name, 'label', cutOnly(label), table);
  yield* texts(name, 'question', question, table);
  yield [name, 'universe', universe?.expression ?? ''];
  yield* texts(name, 'universe', universe?.text ?? {}, table);
  yield [name, 'concept', concept];
  yield [name, 'wave', wave];
  yield [name, 'item', item];
}

function* texts(
  of: string,
  name: string,
  byLocale: Texts,
  { locales }: FileTable,
): Generator<Characteristic> {
  for (const locale of locales) yield [of, `${name}_${languageOf(locale)}`, byLocale[locale] ?? ''];
}

/** Those texts that are longer than a label. */
const cutOnly = (label: Texts): Texts =>
  Object.fromEntries(
    Object.entries(label).filter(
      ([, words]) => cutToCharacters(words, LABEL_CHARACTERS).length < words.length,
    ),
  );
