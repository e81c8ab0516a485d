import { dateOf } from '../kit/clock.js';
import { type MemberStatus } from '../panel/member-status.js';
import { explain, type Eligibility } from './eligibility.js';
import { type Facts } from './facts.js';
import { type Anchors, type Window, windowIn } from './window.js';

/** A member of the panel, as far as it matters for a case in a wave. */
export interface Candidate {
  status: MemberStatus;
  hasCase: boolean;
  facts: Facts;
  anchors: Anchors;
}

/** Who a wave is for and when; absent is everyone and always. */
export interface WaveRules {
  eligibility?: Eligibility;
  window?: Window;
}

/** Whether a member gets a case now. */
export type Issue =
  | { issue: true; closesAt: Date; ownWindow: boolean }
  | {
      issue: false;
      reason: 'left' | 'has_case' | 'not_eligible' | 'no_window' | 'too_early' | 'too_late';
      /** The reason in words for staff. */
      words: string;
    };

/**
 * Whether a member gets a case in an open wave at an instant, and until when they can answer it, or the one reason why not.
 * @throws UnknownFact
 */
export function issueFor(
  { status, hasCase, facts, anchors }: Candidate,
  { eligibility, window }: WaveRules,
  wave: { openedAt: Date; closesAt: Date },
  now: Date,
): Issue {
  const not = (reason: (Issue & { issue: false })['reason'], words: string): Issue => ({
    issue: false,
    reason,
    words,
  });
  if (hasCase) return not('has_case', 'has a case in this wave already');
  if (status !== 'active') return not('left', `is no longer a member: ${status}`);
  const fault = eligibility && explain(eligibility, facts);
  if (fault !== undefined) return not('not_eligible', fault);
  const own = windowIn(wave, window, anchors);
  if (!own) return not('no_window', 'has given no interview yet from which the window could count');
  if (now < own.opensAt) return not('too_early', `their window begins on ${dateOf(own.opensAt)}`);
  if (now >= own.closesAt) return not('too_late', `their window ended on ${dateOf(own.closesAt)}`);
  return { issue: true, closesAt: own.closesAt, ownWindow: window !== undefined && 'rolling' in window };
}
