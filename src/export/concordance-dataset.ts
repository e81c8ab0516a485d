import { type ConcordanceRow } from '../codebook/concordance.js';
import { waveNumber } from '../questionnaire/feed/fed.js';
import { type Column, type Dataset, number, text, yesNo } from './column.js';
import { literal } from './sql-text.js';

/** What was asked in which wave, in which words and with which codes: a row for each variable and wave. */
export function concordanceDataset(rows: readonly ConcordanceRow[], locales: readonly string[]): Dataset {
  const cell = (name: string) => `(t.r ->> ${literal(name)})`;
  const words = (name: string, label: Column['label']): Column => text(name, cell(name), label);
  return {
    file: 'concordance.csv',
    label: {
      en: 'Concordance: each variable of the main files in each wave',
      ru: 'Соответствие волн: каждая переменная основных файлов в каждой волне',
    },
    key: ['variable', 'wave'],
    columns: [
      text('variable', cell('variable'), {
        en: 'Variable, without the prefix of its wave',
        ru: 'Переменная без префикса волны',
      }),
      number('wave', cell('wave'), { en: 'Wave; a is 1', ru: 'Волна; a — 1' }, { measure: 'ordinal' }),
      yesNo('asked', `${cell('asked')}::boolean`, { en: 'In this wave', ru: 'Есть в этой волне' }),
      number('version', cell('version'), {
        en: 'Version: equal words, options and languages have equal numbers; 0 where it is not in the wave',
        ru: 'Версия: у одинаковых слов, вариантов и языков одинаковые номера; 0, если в волне её нет',
      }),
      text('type', cell('type'), {
        en: 'Type: numeric, string, date or datetime',
        ru: 'Тип: numeric — число, string — текст, date — дата, datetime — дата и время',
      }),
      text('measure', cell('measure'), {
        en: 'Level of measurement: nominal, ordinal or scale',
        ru: 'Уровень измерения: nominal — номинальный, ordinal — порядковый, scale — количественный',
      }),
      ...locales.flatMap((locale) => [
        words(`question_${locale}`, {
          en: `Question as asked, ${locale}`,
          ru: `Вопрос, как задан, ${locale}`,
        }),
        words(`codes_${locale}`, {
          en: `Codes and their words, ${locale}`,
          ru: `Коды и их слова, ${locale}`,
        }),
      ]),
      yesNo('comparable', `${cell('comparable')}::boolean`, {
        en: 'Its cells mean the same as in the waves before, without a recode',
        ru: 'Значения означают то же, что в прежних волнах, без перекодирования',
      }),
      text('recode', cell('recode'), {
        en: 'Declared recode: code of this wave = code where waves are pooled; empty where there is none',
        ru: 'Заявленное перекодирование: код этой волны = код в объединённом файле; пусто, если его нет',
      }),
      words('why', {
        en: 'What to know of the comparison (in English)',
        ru: 'Что важно знать о сравнении (по-английски)',
      }),
    ],
    from: `
      (SELECT e.value AS r
       FROM jsonb_array_elements(${literal(JSON.stringify(rows.map((row) => flat(row, locales))))}::jsonb) WITH ORDINALITY AS e(value, nr)
       ORDER BY e.nr OFFSET 0) AS t`,
  };
}

function flat(row: ConcordanceRow, locales: readonly string[]): object {
  const { variable, wave, asked, version, type, measure, question, codes, comparable, recode, why } = row;
  return {
    ...{ variable, wave: waveNumber(wave), asked, version, type, measure, comparable, why },
    ...(recode ? { recode: listed(Object.entries(recode)) } : {}),
    ...Object.fromEntries(
      locales.flatMap((locale) => [
        [`question_${locale}`, question[locale]],
        [`codes_${locale}`, codes && listed(codes.map(({ code, label }) => [code, label[locale] ?? '']))],
      ]),
    ),
  };
}

const listed = (pairs: readonly (readonly [string | number, string | number])[]): string =>
  pairs.map(([code, meaning]) => `${code}=${meaning}`).join('; ');
