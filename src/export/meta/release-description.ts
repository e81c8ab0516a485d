import { type ConcordanceRow } from '../../codebook/concordance.js';
import { type LeftOut } from '../../codebook/dataset-codebook.js';
import { type Texts } from '../../questionnaire/variable/variable.js';
import { type FileTable } from '../format/file-table.js';
import { type Frequencies } from './frequencies.js';

/** Ways in which a release writes its data. */
export type DataFormat = 'csv' | 'dta' | 'sav' | 'zsav' | 'parquet';

/** All that the papers of a release are written from: codebooks, DDI, Data Package, setup files, citation. */
export interface ReleaseDescription {
  study: {
    id: string;
    code: string;
    title: Texts;
    /** Of whom the study speaks. */
    population?: Texts;
    hostCountries: readonly { code: string; name: Texts }[];
  };
  /** Scientific-use or public-use file. */
  kind: 'SUF' | 'PUF';
  /** Such as 1.0. */
  version: string;
  /** Such as nrd-1.0. */
  name: string;
  /** Folder of the release, such as nrd_SUF_v1.0. */
  directory: string;
  /** The instant of the release; its day, in UTC, is shown. */
  madeAt: Date;
  /** What wrote it, with its version. */
  software: string;
  authors: readonly { name: string }[];
  /** Languages, the main one first. */
  locales: readonly string[];
  formats: readonly DataFormat[];
  /** Survey waves in the order of time; days are YYYY-MM-DD. */
  waves: readonly {
    letter: string;
    title: Texts;
    openedOn: string;
    closedOn: string | null;
    questionnaire: { id: string; sha256: string };
  }[];
  files: readonly DescribedFile[];
  /** Each variable of the main files in each wave: its words and codes. */
  wording: readonly ConcordanceRow[];
  leftOut: readonly LeftOut[];
  /** Variables whose waves do not stand in one column, and why. */
  notPooled: readonly { variable: string; why: string[] }[];
  /** People erased since the release was made. */
  erased: number;
  /** What was done against disclosure, in words; none where nothing was. */
  rules: readonly Texts[];
}

/** A file with what was counted in it, a count for each column in their order. */
export interface DescribedFile {
  table: FileTable;
  frequencies: readonly Frequencies[];
}

/** Whether a data file of this name, with its ending, stands beside the papers. */
export type IsThere = (file: string) => boolean;

/** Every file in every format. */
export const inAllFormats =
  ({ formats }: Pick<ReleaseDescription, 'formats'>): IsThere =>
  (file) =>
    formats.some((format) => file.endsWith(`.${format}`));
