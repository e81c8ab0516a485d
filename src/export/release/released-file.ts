import { type DescribedColumn, type DescribedDataset } from '../../codebook/dataset-codebook.js';
import { missingReasonOf, wordsOf } from '../../codebook/missing-reason.js';
import { type Texts } from '../../questionnaire/variable/variable.js';
import { type ColumnScan, type FileColumn, type FileTable } from '../format/file-table.js';

/** A file of a release as it is kept beside its rows. */
export interface ReleasedFile {
  /** Without ending, such as `a_indresp`. */
  name: string;
  label: Texts;
  key: string[];
  columns: Omit<FileColumn, 'scan'>[];
}

/** What is kept of a dataset. Missing reasons have their words in every language of the study. */
export const releasedFile = (
  { file, label, key, columns }: DescribedDataset,
  locales: readonly string[],
): ReleasedFile => ({
  name: file.replace(/\.csv$/, ''),
  label,
  key,
  columns: columns.map((column) => releasedColumn(column, locales)),
});

function releasedColumn(column: DescribedColumn, locales: readonly string[]): Omit<FileColumn, 'scan'> {
  const { name, type, measure, label, question, universe, concept, wave, item } = column;
  const reasons = type === 'numeric' ? column.missing : [];
  return {
    name,
    type,
    measure,
    label,
    ...(question ? { question } : {}),
    ...(universe ? { universe } : {}),
    ...(concept ? { concept } : {}),
    ...(wave ? { wave } : {}),
    ...(item ? { item } : {}),
    values: (column.values ?? []).map(({ code, label: words }) => ({ code, label: words })),
    missing: reasons.map((key) => {
      const reason = missingReasonOf(key, column.negatives ?? false);
      return {
        code: reason.code,
        stata: reason.stata.replace('.', ''),
        label: Object.fromEntries(locales.map((locale) => [locale, wordsOf(reason, locale)])),
      };
    }),
  };
}

/** The place, from 1, of the cell that names another person; null where none does. */
export const personCell = ({ columns }: DescribedDataset): number | null =>
  columns.findIndex(({ namesPerson }) => namesPerson) + 1 || null;

/** A file, ready to be written. */
export const fileTable = (
  { name, label, key, columns }: ReleasedFile,
  { rows, columns: scans }: { rows: number; columns: readonly ColumnScan[] },
  { source, locales, madeAt }: Pick<FileTable, 'source' | 'locales' | 'madeAt'>,
): FileTable => ({
  name,
  label,
  source,
  key,
  columns: columns.map((column, index) => ({ ...column, scan: scans[index] as ColumnScan })),
  rows,
  locales,
  madeAt,
});
