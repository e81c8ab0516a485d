import { type CaseFeed, type Compared } from '../questionnaire/feed/fed.js';
import { type CaseState } from '../wave/case-state.js';
import { type PartialRule } from '../wave/disposition.js';
import { type Answers } from './changes.js';

/** A respondent's session with the case it opens, as it stands now. */
export interface SessionCase {
  session_id: string;
  open_items: string[] | null;
  member_id: string;
  member_status: 'active' | 'withdrawn' | 'dead';
  wave_id: string;
  letter: string;
  study_id: string;
  /** Another one for each change of the study's row. */
  study_version: string;
  opened_at: Date | null;
  closes_at: Date | null;
  closed_at: Date | null;
  case_state: CaseState;
  questionnaire_id: string;
  revision: number;
  locale: string;
  /** The study's languages. */
  locales: string[];
  submitted: boolean;
  answers: Answers | null;
  page: string | null;
  reached: string | null;
  /** The earlier answers that the case is shown; null until they are frozen, and where the questionnaire refers to none. */
  feed: CaseFeed | null;
  compared: Compared | null;
  /** As they were fixed when the wave was opened. */
  partial_rule: PartialRule | null;
  crucial: string[] | null;
}
