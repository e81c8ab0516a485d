import { type PlannedContact } from '../contact/decision.js';
import { type MoveClass } from '../residence/move.js';
import { type CaseState } from '../wave/case-state.js';

export interface CaseCount {
  wave: string;
  country: string;
  state: CaseState;
  cases: number;
}

export interface AttemptCount {
  wave: string;
  step: string;
  state: string;
  reason: string | null;
  attempts: number;
}

export interface MoveCount {
  from: string;
  to: string;
  month: string;
  class: MoveClass;
  people: number;
}

/** What is happening now in a study. */
export interface Fieldwork {
  study: string;
  at: Date;
  waves: { letter: string; opened: boolean; closesAt: Date | null; closed: boolean }[];
  cases: CaseCount[];
  attempts: AttemptCount[];
  stalled: number;
  nextSends: (PlannedContact & { wave: string })[];
  moves: MoveCount[];
}
