import { DAY_MS } from '../../kit/clock.js';
import { caseIsFinished, type CaseState } from '../../wave/case-state.js';
import { type ContactFacts, type Suppression } from './decision.js';

/** How long after they fell due thanks may still follow. */
const THANKS_DAYS = 7;

/** Whether the time for the answers of a case is over. */
export const isClosed = ({ waveClosed, caseState, closesAt }: ContactFacts, now: Date): boolean =>
  waveClosed || caseState === 'expired' || now >= closesAt;

/** Thanks for a questionnaire that may still be sent. */
export const isUnderWay = (facts: ContactFacts): boolean =>
  facts.step?.kind === 'thanks' && !mayBeThanked(facts);

/** From when on a message makes no sense any more, whatever its step says. */
export const endOf = ({ step, dueAt, closesAt }: ContactFacts): number =>
  step?.kind === 'thanks' ? dueAt.getTime() + THANKS_DAYS * DAY_MS : closesAt.getTime();

/** Why a message goes out at no time to come. Undefined where it still may, or where its step is no more. */
export function neverSent(facts: ContactFacts, now: Date): Suppression | undefined {
  const { step, caseState, memberStatus } = facts;
  if (memberStatus === 'withdrawn' || caseState === 'withdrawn') return 'withdrawn';
  if (memberStatus === 'dead') return 'not_member';
  if (caseState === 'refused') return 'refused';
  if (caseState === 'ineligible') return 'ineligible';
  if (step?.kind === 'thanks') return notThanked(facts, now);
  if (isClosed(facts, now)) return 'wave_closed';
  if (step?.kind === 'invitation' && OPEN.has(caseState)) return 'already_invited';
  if (step && caseIsFinished(caseState)) return 'completed';
  return facts.recontact === false && !facts.asked ? 'no_recontact' : undefined;
}

const OPEN: ReadonlySet<CaseState> = new Set(['opened', 'started']);

const mayBeThanked = ({ submitted, caseState }: ContactFacts): boolean =>
  submitted && (caseState === 'complete' || caseState === 'partial');

function notThanked(facts: ContactFacts, now: Date): Suppression | undefined {
  if (mayBeThanked(facts)) return now.getTime() >= endOf(facts) ? 'window_over' : undefined;
  return isClosed(facts, now) || caseIsFinished(facts.caseState) ? 'not_completed' : undefined;
}
