import { type ReleaseKind } from '../../access/analyst-token.js';
import { type Disclosure } from './disclosure.js';
import { SMALL_CELL } from './table-suppression.js';

/** What is done to the data of a kind of release. */
export interface DisclosureProfile {
  kind: ReleaseKind;
  /** The least number of people that share every combination of identifying values. */
  k: number;
  /** The least number of different sensitive values in each such group. */
  l: number;
  /** Counts from 1 up to, not including, this one are not shown in tables. */
  smallCell: number;
  /** What is left of a date. */
  dates: 'month' | 'year';
  /** Answers in people's own words never leave. */
  freeText: 'withheld';
  /** Share of people in each tail of a numeric answer whose values are given as one, and the least number of people there. */
  topCode: { share: number; atLeast: number };
  /** Width of the groups of identifying numbers without categories; null: as they are, top-coded. */
  bandWidth: number | null;
  /** `regions`: of where people are, host countries, Russia and the USA stay, the rest become the EU and other countries. */
  geography: 'country' | 'regions';
  /** Files that are no part of the release, by their names without the prefix of a wave. */
  filesWithheld: readonly string[];
  /** Child tables: what people told of several things each, such as the places where they lived. */
  childTables: 'kept' | 'withheld';
  /** Variables that are no part of it, by their roots; a name that ends in _ stands for all that begin so. */
  withheld: readonly string[];
}

/** The least that each kind of release asks for; a study may declare stricter rules. */
export const PROFILES: Readonly<Record<ReleaseKind, DisclosureProfile>> = {
  SUF: {
    kind: 'SUF',
    k: 3,
    l: 2,
    smallCell: SMALL_CELL,
    dates: 'month',
    freeText: 'withheld',
    topCode: { share: 0.005, atLeast: 3 },
    bandWidth: null,
    geography: 'country',
    filesWithheld: [],
    childTables: 'kept',
    withheld: [],
  },
  // Histories of places and messages single people out whatever is done to single values; so does who recruited whom.
  PUF: {
    kind: 'PUF',
    k: 5,
    l: 2,
    smallCell: SMALL_CELL,
    dates: 'year',
    freeText: 'withheld',
    topCode: { share: 0.01, atLeast: 5 },
    bandWidth: 5,
    geography: 'regions',
    filesWithheld: ['contacts', 'indsamp', 'keepintouch', 'moves', 'spell_residence'],
    childTables: 'withheld',
    withheld: ['source', 'recruiter', 'coupon', 'seed', 'rds_wave', 'consent_'],
  },
};

/** The rules of a release: those of its kind, made stricter where the study says so. */
export function profileOf(kind: ReleaseKind, disclosure: Disclosure): DisclosureProfile {
  const base = PROFILES[kind];
  const stricter = (kind === 'SUF' ? disclosure.suf : disclosure.puf) ?? {};
  const { share = base.topCode.share, atLeast = base.topCode.atLeast } = stricter.topCode ?? {};
  const k = stricter.k ?? base.k;
  return {
    ...base,
    k,
    l: stricter.l ?? base.l,
    smallCell: stricter.smallCell ?? base.smallCell,
    dates: stricter.dates ?? base.dates,
    topCode: { share, atLeast: Math.max(atLeast, k) },
    bandWidth: stricter.bandWidth ?? base.bandWidth,
    geography: stricter.geography ?? base.geography,
    filesWithheld: [...new Set([...base.filesWithheld, ...(stricter.filesWithheld ?? [])])],
    childTables: stricter.childTables ?? base.childTables,
    withheld: [...new Set([...base.withheld, ...(stricter.withheld ?? [])])],
  };
}

/** Whether a file is part of a release. @param file  its name without the prefix of a wave and without an ending, such as `indresp` */
export const isFileReleased = (profile: DisclosureProfile, file: string, isChildTable: boolean): boolean =>
  !profile.filesWithheld.includes(file) && !(isChildTable && profile.childTables === 'withheld');
