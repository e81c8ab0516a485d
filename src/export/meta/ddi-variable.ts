import { type Texts } from '../../questionnaire/variable/variable.js';
import { type FileColumn } from '../format/file-table.js';
import { inEach } from './ddi-text.js';
import { type Frequencies } from './frequencies.js';
import { element, xmlText } from './xml.js';

interface Place {
  file: string;
  id: string;
  locales: readonly string[];
}

const NATURE = { nominal: 'nominal', ordinal: 'ordinal', scale: 'interval' } as const;
const FORM = { date: 'YYYY-MM-DD', month: 'YYYY-MM', datetime: 'YYYY-MM-DDThh:mm' } as const;
const SYSTEM_MISSING: Texts = { ru: 'Пусто', en: 'Empty' };

/** A variable of DDI-Codebook: where it is, its words in each language, question, codes with counts, statistics. */
export function ddiVariable(column: FileColumn, counted: Frequencies, { file, id, locales }: Place): string {
  const { name, type, measure, label, question, universe, concept, wave, item, values, scan } = column;
  const note = (of: string, text: string | null | undefined) =>
    text === undefined || text === null || text === '' ? '' : element('notes', { type: of }, xmlText(text));
  return element(
    'var',
    {
      ID: id,
      name,
      files: file,
      intrvl: measure === 'scale' && type === 'numeric' ? 'contin' : 'discrete',
      nature: NATURE[measure],
      representationType: representationOf(type, values.length > 0),
      dcml: type === 'numeric' ? scan.decimals : undefined,
    },
    [
      element('location', { fileid: file }),
      inEach('labl', label, locales),
      asked(question, locales),
      universe?.text ? inEach('universe', universe.text, locales) : '',
      statistics(counted),
      categories(column, counted, locales),
      concept === undefined ? '' : element('concept', {}, xmlText(concept)),
      format(type),
      note('wave', wave),
      note('item', item),
      note('routing expression', universe?.expression),
    ].join(''),
  );
}

function representationOf(type: FileColumn['type'], isCoded: boolean): string {
  if (type === 'numeric') return isCoded ? 'code' : 'numeric';
  return type === 'string' ? 'text' : 'datetime';
}

function asked(question: Texts | undefined, locales: readonly string[]): string {
  const literal = question ? inEach('qstnLit', question, locales) : '';
  return literal === '' ? '' : element('qstn', {}, literal);
}

function statistics({ valid, filled, empty, statistics: of }: Frequencies): string {
  const one = (type: string, value: number) => element('sumStat', { type }, String(value));
  return [
    one('vald', valid),
    one('invd', filled - valid + empty),
    ...(of
      ? [
          one('min', of.min),
          one('max', of.max),
          one('mean', of.mean),
          ...(of.sd === null ? [] : [one('stdev', of.sd)]),
        ]
      : []),
  ].join('');
}

function categories(
  { values, missing }: FileColumn,
  counted: Frequencies,
  locales: readonly string[],
): string {
  const one = (value: string, label: Texts, count: number, reason: Record<string, string> = {}) =>
    element(
      'catgry',
      reason,
      element('catValu', {}, xmlText(value)) +
        inEach('labl', label, locales) +
        element('catStat', { type: 'freq' }, String(count)),
    );
  return [
    ...values.map(({ code, label }, index) => one(String(code), label, counted.values[index]?.count ?? 0)),
    ...counted.undeclared.map(({ code, count }) => one(String(code), {}, count)),
    ...(counted.words ?? []).map(({ word, count }) => one(word, {}, count)),
    ...missing.map(({ code, stata, label }, index) =>
      one(String(code), label, counted.missing[index]?.count ?? 0, { missing: 'Y', missType: `.${stata}` }),
    ),
    ...(counted.empty > 0 ? [one('', SYSTEM_MISSING, counted.empty, { missing: 'Y', missType: '.' })] : []),
  ].join('');
}

function format(type: FileColumn['type']): string {
  if (type === 'numeric') return element('varFormat', { type: 'numeric' });
  if (type === 'string') return element('varFormat', { type: 'character' });
  return element('varFormat', { type: 'character', category: 'date' }, FORM[type]);
}
