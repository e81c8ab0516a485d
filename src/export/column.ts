import { type DescribedColumn, type DescribedDataset } from '../codebook/dataset-codebook.js';
import { missingCode, type MissingKey } from '../questionnaire/missing.js';
import { type Texts } from '../questionnaire/variable/variable.js';
import { identifier, literal, neutralised } from './sql-text.js';

/** A column and the SQL expression of its cell. File and codebook are made from the same ones. */
export interface Column extends DescribedColumn {
  sql: string;
}

/** A file, and the SQL that yields its rows, aliased as `t`. */
export interface Dataset extends DescribedDataset {
  columns: Column[];
  from: string;
}

/** The statement that writes a dataset as CSV with a header, in the order of its key. No text in it is taken for a formula. */
export const copyStatement = (dataset: Dataset): string =>
  `COPY (SELECT ${dataset.columns.map((column) => `${cellOf(column)} AS ${identifier(column.name)}`).join(', ')}
   FROM ${dataset.from}) TO STDOUT (FORMAT csv, HEADER, ENCODING 'UTF8')`;

const cellOf = ({ type, sql }: Column): string => (type === 'string' ? neutralised(sql) : sql);

export const text = (name: string, sql: string, label: Texts): Column => ({
  name,
  type: 'string',
  measure: 'nominal',
  label,
  missing: [],
  sql,
});

/** A day, YYYY-MM-DD. */
export const date = (name: string, sql: string, label: Texts): Column => ({
  ...text(name, sql, label),
  type: 'date',
  measure: 'scale',
});

/** A month, YYYY-MM, of a day. */
export const month = (name: string, day: string, label: Texts): Column => ({
  ...text(name, `to_char(${day}, 'YYYY-MM')`, label),
  type: 'month',
  measure: 'scale',
});

export const number = (
  name: string,
  sql: string,
  label: Texts,
  more: Partial<Pick<Column, 'measure' | 'missing' | 'negatives'>> = {},
): Column => ({ ...text(name, sql, label), type: 'numeric', measure: 'scale', ...more });

/** A word of the database as a code, from 1, with labels. A word that is not listed gives an empty cell. */
export const coded = (
  name: string,
  sql: string,
  label: Texts,
  words: readonly { word: string; en: string; ru: string }[],
): Column => ({
  ...number(
    name,
    `CASE ${sql} ${words.map(({ word }, index) => `WHEN ${literal(word)} THEN ${index + 1}`).join(' ')} END`,
    label,
    { measure: 'nominal' },
  ),
  values: words.map(({ word, en, ru }, index) => ({ code: index + 1, value: word, label: { en, ru } })),
});

/** A condition as 0 or 1. */
export const yesNo = (name: string, sql: string, label: Texts): Column => ({
  ...number(name, `(${sql})::int`, label, { measure: 'nominal' }),
  values: [
    { code: 0, value: false, label: { en: 'No', ru: 'Нет' } },
    { code: 1, value: true, label: { en: 'Yes', ru: 'Да' } },
  ],
});

/** A number, or the reason for which there is none, as an SQL expression. */
export const orMissing = (sql: string, key: MissingKey): string =>
  `coalesce(${sql}, ${missingCode(key, false)})`;

export const PIDP: Column = {
  ...number(
    'pidp',
    't.pidp',
    { en: 'Person number in this export', ru: 'Номер человека в этой выгрузке' },
    { measure: 'nominal' },
  ),
};

export const hostCountry = (prefix = ''): Column =>
  text(`${prefix}hostcountry`, 't.host_country', {
    en: 'Host country at recruitment (ISO 3166-1 alpha-3)',
    ru: 'Страна пребывания при вступлении в панель (ISO 3166-1 alpha-3)',
  });

/** The wave that something was said in, where `letter` is an expression. */
export const sourceWave = (letter: string): Column =>
  text('sourcewave', letter, {
    en: 'Letter of the wave in which this was said; empty: between waves',
    ru: 'Буква волны, в которой это сообщено; пусто: между волнами',
  });
