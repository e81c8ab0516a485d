import { type MissingKey } from '../questionnaire/missing.js';
import { type Texts, type ValueLabel, type Variable } from '../questionnaire/variable/variable.js';
import { AAPOR_EDITION } from '../wave/disposition.js';
import { missingReasonOf, wordsOf } from './missing-reason.js';

/** A column of a file: what it is called and what it means. */
export interface DescribedColumn {
  name: string;
  type: Variable['type'] | 'month';
  measure: Variable['measure'];
  label: Texts;
  question?: Texts;
  values?: ValueLabel[];
  universe?: Variable['universe'];
  concept?: string;
  /** Letter of the wave that its cells come from, where that is one. */
  wave?: string;
  /** Name of the item that it was asked by. */
  item?: string;
  /** Whether its cells name another person of the panel. */
  namesPerson?: boolean;
  missing: MissingKey[];
  /** Whether legitimate values may be below zero; missing reasons then have their long codes. */
  negatives?: boolean;
}

/** A file: one row for each thing that `key` names. */
export interface DescribedDataset {
  file: string;
  label: Texts;
  key: string[];
  columns: DescribedColumn[];
}

/** A file that could not be written, and why. */
export interface LeftOut {
  file: string;
  why: Texts;
}

/**
 * The codebook of an export: every file with its unique key and every column with its words in each language; files that
 * were left out; variables whose waves were not pooled, as their codes are not comparable.
 */
export function datasetCodebook(
  study: { id: string; title: Texts },
  locales: string[],
  datasets: readonly DescribedDataset[],
  {
    leftOut,
    notPooled,
  }: { leftOut: readonly LeftOut[]; notPooled: readonly { variable: string; why: string[] }[] },
) {
  return {
    study: study.id,
    title: study.title,
    locales,
    dispositionEdition: AAPOR_EDITION,
    leftOut,
    notPooled,
    files: datasets.map(({ file, label, key, columns }) => ({
      file,
      label,
      key,
      variables: columns.map((column) => ({
        name: column.name,
        type: column.type,
        measure: column.measure,
        label: column.label,
        ...(column.question ? { question: column.question } : {}),
        ...(column.concept ? { concept: column.concept } : {}),
        ...(column.universe ? { universe: column.universe } : {}),
        ...(column.values
          ? { values: column.values.map(({ code, label: words }) => ({ code, label: words })) }
          : {}),
        missing:
          column.type === 'numeric'
            ? column.missing.map((reason) => missingEntry(reason, column.negatives ?? false, locales))
            : [],
      })),
    })),
  };
}

function missingEntry(key: MissingKey, negatives: boolean, locales: string[]) {
  const reason = missingReasonOf(key, negatives);
  return {
    code: reason.code,
    stata: reason.stata,
    label: Object.fromEntries(locales.map((locale) => [locale, wordsOf(reason, locale)])),
  };
}
