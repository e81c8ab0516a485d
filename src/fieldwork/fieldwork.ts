import { type Decision } from '../contact/decide/decision.js';
import { type Channel } from '../study/channel.js';
import { type MoveClass } from '../residence/move.js';
import { type CaseState } from '../wave/case-state.js';
import { type CheckInOutcome } from '../wave/check-in.js';
import { type ErasedCount } from '../rights/erased.js';
import { type TracingReason } from './tracing.js';

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

export interface CheckInCount {
  /** Letter of the check-in. */
  wave: string;
  outcome: CheckInOutcome;
  members: number;
}

/** A message that goes out now or next. */
export interface NextSend {
  wave: string;
  memberId: string;
  step: string;
  channel: Channel | undefined;
  locale: string;
  /** The zones that their contact hours follow, the likeliest first. */
  zones: readonly string[];
  at: Date;
  reason: 'due' | (Decision & { kind: 'wait' })['reason'];
}

/** What is happening now in a study. */
export interface Fieldwork {
  study: string;
  at: Date;
  /** In the order of time. */
  waves: {
    letter: string;
    kind: 'survey' | 'check-in';
    opened: boolean;
    closesAt: Date | null;
    closed: boolean;
  }[];
  cases: CaseCount[];
  attempts: AttemptCount[];
  stalled: number;
  nextSends: NextSend[];
  moves: MoveCount[];
  /** What came of the check-ins so far. */
  checkIns: CheckInCount[];
  /** Members and cases that were erased, and stand in no other count. */
  erased: ErasedCount[];
  /** Members who are looked for. */
  tracing: { reason: TracingReason; members: number }[];
}
