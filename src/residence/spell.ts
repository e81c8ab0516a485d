import { type Month } from './month.js';
import { type MonthWindow, type Precision, type StatedSpell } from './stated.js';

/** How a report was asked for: told from the beginning, confirmed, continued since last time, or put right. */
export type ReportKind = 'reported' | 'same' | 'moved' | 'corrected';

/**
 * Where a spell's first month comes from: `stated`, the earliest month that the person's date allows; `bounded`, a later month of
 * that season or year, as the earlier ones contradict what is known; `undated`, the month in which it is known at the latest.
 */
export type Dating = 'stated' | 'bounded' | 'undated';

/** What became of a spell when it was last shown to the person it belongs to. */
export type FedOutcome = 'confirmed' | 'changed' | 'disputed' | 'not_shown';

/** A residence spell `[movedIn, movedOut)` as it stands after all reports. */
export interface Spell {
  /** ISO 3166-1 alpha-3. */
  country: string;
  region: string | null;
  movedIn: Month;
  /** Null while the person is not known to have left. Equal to `movedIn` where they came and left in one month. */
  movedOut: Month | null;
  precision: Precision;
  dating: Dating;
  /** The window that the person named for moving in; null where they gave no date. */
  stated: MonthWindow | null;
  legalBasis: string | null;
  /** The wave that stated this place and its beginning; null where it was reported between waves. */
  sourceWave: string | null;
  /** The last day on which the person said that they lived, or had lived, here (YYYY-MM-DD). */
  lastConfirmedOn: string;
  fedForward: FedOutcome;
}

/** Months of which no place is known, `[from, to)`; `to` is null where the present place is not known. */
export interface Gap {
  from: Month;
  to: Month | null;
}

/** One spell's step from version to version. `before` is null for a new spell, `after` for one that never was. */
export interface Change {
  kind: 'added' | 'closed' | 'confirmed' | 'changed' | 'removed';
  before: Spell | null;
  after: Spell | null;
}

/** What a report said that could not be taken as it was said, and so what was done instead. */
export type IssueCode =
  /** A date after the report: the place counts, from the report's month at the latest; the date stays in `stated`. */
  | 'in_future'
  /** Since the last time they moved in to a place, but dated before the place of last time began: as `in_future`. */
  | 'before_open_began'
  /** Moved in before a day on which they confirmed the earlier place: the later statement counts. */
  | 'before_last_confirmed'
  /** A move to where they live already: the spell is confirmed, no other begins. */
  | 'already_there'
  /** They moved, or something was wrong, without a place that says what is right: months become a gap, or nothing changes. */
  | 'place_not_stated'
  /** A confirmation where no present place was known. */
  | 'nothing_to_confirm'
  /** Places beside a confirmation: not taken. */
  | 'not_expected'
  /** An end before its beginning, or after the report: taken as not stated. */
  | 'end_not_possible';

export interface Issue {
  code: IssueCode;
  stated: StatedSpell | null;
}

/** What one report changed. Replaying all changes from the first gives the history; nothing is ever overwritten. */
export interface Revision {
  sourceWave: string | null;
  reportedOn: string;
  kind: ReportKind;
  changes: Change[];
  issues: Issue[];
}

export interface History {
  /** In the order of time, without overlap; only the last may be open. */
  spells: Spell[];
  gaps: Gap[];
  revisions: Revision[];
}
