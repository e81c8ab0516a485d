import { HOUR_MS } from '../kit/clock.js';
import { CaseState, caseIsFinished } from '../wave/case-state.js';
import { ContactHours, nextContactTime } from './quiet-hours.js';

/** All that is known of a planned contact when its moment comes. */
export interface ContactFacts {
  caseState: CaseState;
  memberStatus: 'active' | 'withdrawn' | 'dead';
  channel: string;
  memberChannels: readonly string[];
  stopped: boolean;
  studyPaused: boolean;
  waveClosed: boolean;
  /** The end of the member's own window, or else of the wave. */
  waveClosesAt: Date;
  dueAt: Date;
  isInvitation: boolean;
  /** The member's IANA zone, or all plausible ones where it is not known, the most populous first. */
  zones: readonly string[];
  hours: ContactHours;
}

export type Suppression =
  | 'completed'
  | 'refused'
  | 'withdrawn'
  | 'ineligible'
  | 'wave_closed'
  | 'no_channel'
  | 'unsubscribed'
  | 'already_invited'
  | 'not_member'
  | 'no_contact_hour';

export type Decision =
  | { kind: 'send' }
  | { kind: 'wait'; until: Date; reason: 'not_due' | 'quiet_hours' | 'study_paused' }
  | { kind: 'suppress'; reason: Suppression };

/**
 * Whether a planned message goes out at an instant. The one place that decides: the sender asks it under a lock just
 * before sending, the dry run asks it for the same instant, so both agree.
 */
export function decide(facts: ContactFacts, now: Date): Decision {
  const never = suppression(facts, now);
  if (never) return { kind: 'suppress', reason: never };
  if (facts.studyPaused)
    return { kind: 'wait', until: new Date(now.getTime() + HOUR_MS), reason: 'study_paused' };
  const from = facts.dueAt > now ? facts.dueAt : now;
  const at = nextContactTime(from, facts.zones, facts.hours);
  if (!at) return { kind: 'suppress', reason: 'no_contact_hour' };
  if (at >= facts.waveClosesAt) return { kind: 'suppress', reason: 'wave_closed' };
  if (at > now) return { kind: 'wait', until: at, reason: at > from ? 'quiet_hours' : 'not_due' };
  return { kind: 'send' };
}

function suppression(facts: ContactFacts, now: Date): Suppression | undefined {
  if (facts.memberStatus === 'withdrawn' || facts.caseState === 'withdrawn') return 'withdrawn';
  if (facts.memberStatus === 'dead') return 'not_member';
  if (facts.caseState === 'refused') return 'refused';
  if (facts.caseState === 'ineligible') return 'ineligible';
  if (facts.caseState === 'expired' || facts.waveClosed || now >= facts.waveClosesAt) return 'wave_closed';
  if (caseIsFinished(facts.caseState)) return 'completed';
  if (facts.isInvitation && facts.caseState !== 'issued') return 'already_invited';
  if (facts.stopped) return 'unsubscribed';
  if (!facts.memberChannels.includes(facts.channel)) return 'no_channel';
  return undefined;
}

/** One line of a dry run: who, which message, when in their own time, or why not. */
export interface PlannedContact {
  memberId: string;
  step: string;
  channel: string;
  locale: string;
  zones: readonly string[];
  decision: Decision;
}

/** Why a message does not go out, in words for staff. */
export const SUPPRESSION_WORDS: Record<Suppression, string> = {
  completed: 'has finished the questionnaire',
  refused: 'refused this wave',
  withdrawn: 'has left the study',
  ineligible: 'is not eligible',
  wave_closed: 'the wave is closed',
  no_channel: 'has no address on this channel',
  unsubscribed: 'stopped these messages',
  already_invited: 'is in the questionnaire already',
  not_member: 'is no longer a member',
  no_contact_hour: 'no hour suits every plausible time zone',
};
