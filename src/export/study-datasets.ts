import { type ConcordanceRow } from '../codebook/concordance.js';
import { type LeftOut } from '../codebook/dataset-codebook.js';
import { type CheckIn, keepInTouch } from './check-in-dataset.js';
import { type Dataset } from './column.js';
import { concordanceDataset } from './concordance-dataset.js';
import { waveDatasets } from './dataset.js';
import { type NotPooled, panelLong, panelWide } from './long-wide.js';
import { everyone } from './panel-datasets.js';
import { residenceDatasets } from './residence-datasets.js';
import { type WaveSource } from './variable-column.js';

/** What a study's files are made from. */
export interface StudySource {
  studyId: string;
  locales: readonly string[];
  /** Surveys that were opened, in the order of time. */
  waves: readonly WaveSource[];
  /** Check-ins that were opened. */
  checkIns: readonly CheckIn[];
  /** Ids of the experiments. */
  experiments: readonly string[];
  /** Ids of the consents. */
  consents: readonly string[];
  /** Every variable of every questionnaire, opened or only designed, with the item that yields it. */
  designed: readonly { root: string; item: string }[];
  /** Rows of the opened surveys. */
  concordance: readonly ConcordanceRow[];
}

/** The files of an export, and what they could not hold. */
export interface StudyDatasets {
  datasets: Dataset[];
  leftOut: LeftOut[];
  notPooled: NotPooled[];
}

/** The longest list of columns that PostgreSQL can select (MaxTupleAttributeNumber). */
const MOST_COLUMNS = 1664;

/** Every file of a study: those of each wave, then those across waves. */
export function studyDatasets(study: StudySource): StudyDatasets {
  const { waves, concordance, locales } = study;
  const { dataset: long, notPooled } = panelLong(waves, concordance);
  const pooled = waves.length > 1 ? [long, panelWide(waves)] : [];
  const datasets = [
    ...waves.flatMap(waveDatasets),
    everyone(study.studyId, waves, study.experiments, study.consents),
    ...pooled,
    ...residenceDatasets(),
    keepInTouch(study.checkIns),
    concordanceDataset(concordance, locales),
  ];
  const fits = ({ columns }: Dataset) => columns.length <= MOST_COLUMNS;
  return {
    datasets: datasets.filter(fits),
    leftOut: [
      ...(waves.length > 1 ? [] : ['panel_long.csv', 'panel_wide.csv'].map(ofOneWave)),
      ...datasets.filter((dataset) => !fits(dataset)).map(tooWide),
    ],
    notPooled,
  };
}

const ofOneWave = (file: string): LeftOut => ({
  file,
  why: {
    en: 'There is one wave so far: its indresp file holds the same.',
    ru: 'Пока есть одна волна: её файл indresp содержит то же самое.',
  },
});

const tooWide = ({ file, columns }: Dataset): LeftOut => ({
  file,
  why: {
    en: `It would have ${columns.length} columns, and the database can select ${MOST_COLUMNS}. Merge the waves' files by pidp.`,
    ru: `В нём было бы столбцов: ${columns.length}, а база данных выдаёт не больше ${MOST_COLUMNS}. Соедините файлы волн по pidp.`,
  },
});
