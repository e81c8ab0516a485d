import { DAY_MS, HOUR_MS } from '../../kit/clock.js';
import { type Channel } from '../../study/channel.js';
import {
  type ContactStep,
  DEFAULT_CHANNELS,
  type FrequencyCap,
  type HoursException,
  type StepKind,
} from '../../study/contact-plan.js';
import { type CaseState } from '../../wave/case-state.js';
import { type Eligibility, explain } from '../../wave/eligibility.js';
import { chooseChannel } from './channel-choice.js';
import { factsOfCase, firstTrueAt } from './condition.js';
import { nextFree } from './frequency.js';
import { hoursFor } from './hours.js';
import { endOf, isUnderWay, neverSent } from './never.js';
import { type Pause, pausedUntil } from './pause.js';
import { contactHoursEnd, nextContactTime } from './quiet-hours.js';
import { spreadMs } from './spread.js';
import { type Whereabouts, zonesFor } from './zones.js';

/** What is known of a way to reach a person. */
export interface ChannelFacts {
  address: boolean;
  /** The last answer to the channel's consent; true where the study asks for none. */
  consent: boolean | null;
  /** They stopped messages of this purpose. */
  stopped: boolean;
  /** Why the address takes no messages. */
  trouble: 'bounced' | 'blocked' | 'complaint' | 'suppressed' | null;
}

/** All that decides about a planned message. */
export interface ContactFacts extends Whereabouts {
  memberId: string;
  /** Undefined where the plan has no such step any more. */
  step: (ContactStep & { kind: StepKind }) | undefined;
  /** A reminder that the person asked for: no condition, no cap, and not held back by `remindAt`. */
  asked: boolean;
  /** The step's condition. */
  when: Eligibility | undefined;
  caseState: CaseState;
  /** The person sent the questionnaire. */
  submitted: boolean;
  memberStatus: 'active' | 'withdrawn' | 'dead';
  /** Where they stand in the questionnaire. */
  page: string | null;
  lastActiveAt: Date | null;
  locale: string;
  cohort: string;
  recruitmentSource: string;
  /** ISO 3166-1 alpha-3. */
  hostCountry: string;
  /** When the plan has it fall due. */
  dueAt: Date;
  /** The end of the member's own window, or else of the wave. */
  closesAt: Date;
  waveClosed: boolean;
  studyPaused: boolean;
  fenced: boolean;
  pauses: readonly Pause[];
  /** When the person asked to be reminded; nothing else is sent before. */
  remindAt: Date | null;
  channels: Readonly<Record<Channel, ChannelFacts>>;
  /** The consent to be invited again, as it stands now; null while it was never asked for, and in studies that do not ask. */
  recontact: boolean | null;
  /** When messages left, or may have left, for this member in this study. */
  recent: readonly Date[];
  caps: readonly FrequencyCap[];
  /** The wave's contact hours, and how the study narrows them. */
  hours: { from: string; to: string };
  exceptions: readonly HoursException[];
}

/** Why a message does not go out, in words for staff. */
export const SUPPRESSION_WORDS = {
  completed: 'has finished the questionnaire',
  not_completed: 'did not finish the questionnaire, so there is nothing to thank for',
  refused: 'refused this wave',
  withdrawn: 'has left the study',
  not_member: 'is no longer a member',
  ineligible: 'is not eligible',
  wave_closed: 'the wave is closed by then',
  window_over: 'the days in which this step may be sent are over',
  paused: 'asked for a pause that lasts longer than this step may be sent',
  already_invited: 'is in the questionnaire already',
  step_removed: 'the plan has no such step any more',
  no_channel: 'cannot be reached by any channel of this step',
  unsubscribed: 'stopped these messages',
  no_recontact: 'does not want to be invited again',
  frequency_cap: 'has had as many messages as one person may get until this step is over',
  condition_false: 'the condition of the step does not hold',
  no_contact_hour: 'no hour suits every plausible time zone',
};
export type Suppression = keyof typeof SUPPRESSION_WORDS;

/** Why a message waits, in words for staff. */
export const WAIT_WORDS = {
  not_due: 'is not due yet',
  quiet_hours: 'waits for the hours at which people are written to where they are',
  sending_fenced: 'all sending is fenced until staff confirm it',
  study_paused: 'sending is paused for the whole study',
  paused: 'asked for a pause',
  asked_later: 'asked to be reminded later',
  frequency_cap: 'has had as many messages as one person may get for now',
  condition: 'the condition of the step does not hold yet',
  next_look: 'nothing stands in the way any more, and it is looked at again then',
};
export type WaitReason = keyof typeof WAIT_WORDS;

/** `until` is when to look again, after `now`: the same facts will then give a message, or another reason. `words` are for staff. */
export type Decision =
  | { kind: 'send'; channel: Channel }
  | { kind: 'wait'; until: Date; reason: WaitReason; channel: Channel | undefined; words: string }
  | { kind: 'suppress'; reason: Suppression; words: string };

/** After so long a condition that does not hold is asked again, where nothing tells when it will. */
const NEXT_LOOK_MS = 6 * HOUR_MS;
const MINUTE_MS = 60_000;
const UNDER_WAY = 'the questionnaire was not sent yet';

/**
 * Whether a planned message goes out at an instant, and by which channel. The one place that decides: the sender asks it just before
 * sending, the dry run asks it for the same instant, so both agree.
 */
export function decide(facts: ContactFacts, now: Date): Decision {
  const never = neverSent(facts, now);
  if (never) return suppress(never);
  const { step } = facts;
  if (!step) return suppress('step_removed');
  const nowMs = now.getTime();
  if (isUnderWay(facts))
    return wait(Math.min(nowMs + NEXT_LOOK_MS, facts.closesAt.getTime()), 'not_due', undefined, UNDER_WAY);
  if (facts.fenced) return wait(nowMs + HOUR_MS, 'sending_fenced');
  if (facts.studyPaused) return wait(nowMs + HOUR_MS, 'study_paused');

  const message: Open = { facts, step, zones: zonesFor(facts), limit: limitOf(facts, step), now: nowMs };
  let at = Math.max(facts.dueAt.getTime(), nowMs);
  let reason: WaitReason = 'not_due';
  for (;;) {
    const found = pass(message, at, reason);
    if (found.kind === 'fits')
      return at > nowMs ? wait(at, reason, found.channel) : { kind: 'send', channel: found.channel };
    if (found.kind !== 'moved') return found;
    at = found.to;
    reason = found.reason;
  }
}

/** A message that may still go out. Instants are milliseconds since 1970. */
interface Open {
  facts: ContactFacts;
  step: ContactStep;
  zones: readonly string[];
  /** From here on it is too late. */
  limit: number;
  now: number;
}

/** What the rules make of an instant: it fits, or the message is moved to a later one, or that is decided. */
type Found =
  Decision | { kind: 'fits'; channel: Channel } | { kind: 'moved'; to: number; reason: WaitReason };

/** @param moved  why `at` is when it is */
function pass(message: Open, at: number, moved: WaitReason): Found {
  const { facts, step, zones, limit, now } = message;
  const [zone] = zones;
  if (zone === undefined) return suppress('no_contact_hour');
  const paused = pausedUntil(facts.pauses, at, zone, facts.hours.from);
  if (at >= limit) {
    if (moved === 'frequency_cap') return suppress(moved);
    if (paused !== undefined && at === now) return suppress('paused');
    return suppress(limit === facts.closesAt.getTime() ? 'wave_closed' : 'window_over');
  }
  if (paused !== undefined) {
    if (paused < limit) return { kind: 'moved', to: paused, reason: 'paused' };
    return wait(at > now ? at : Math.min(at + DAY_MS, limit), 'paused'); // they may end it sooner
  }
  if (!facts.asked && facts.remindAt && facts.remindAt.getTime() > at)
    return { kind: 'moved', to: facts.remindAt.getTime(), reason: 'asked_later' };

  const choice = chooseChannel(step.channels ?? DEFAULT_CHANNELS, facts.channels);
  if (choice.channel === undefined) return suppress(choice.reason, choice.words);
  const { channel } = choice;
  // Asked where nothing but other messages and the hour stand in the way, and again at each look: never ahead of time.
  const unmet = !facts.asked && at <= now ? conditionUnmet(message, channel) : undefined;
  if (unmet) return unmet;
  const free = facts.asked ? at : nextFree(facts.recent, facts.caps, new Date(at)).getTime();
  if (free > at) return { kind: 'moved', to: free, reason: 'frequency_cap' };

  const hours = hoursFor(facts.hours, facts.exceptions, channel, facts.residenceCountry ?? facts.hostCountry);
  const begins = nextContactTime(new Date(at), zones, hours);
  if (!begins) return suppress('no_contact_hour');
  if (begins.getTime() === at) return { kind: 'fits', channel };
  const open = contactHoursEnd(begins, zones, hours).getTime() - begins.getTime();
  const spread = Math.min((step.spreadMinutes ?? 0) * MINUTE_MS, open);
  return { kind: 'moved', to: begins.getTime() + spreadMs(facts.memberId, spread), reason: 'quiet_hours' };
}

/** What follows from a condition that does not hold now: a step that declares days waits for it so long. */
function conditionUnmet({ facts, step, limit, now }: Open, channel: Channel): Decision | undefined {
  const { when } = facts;
  const at = new Date(now);
  const unmet = when && explain(when, factsOfCase(facts, at));
  if (!when || unmet === undefined) return undefined;
  if (step.withinDays === undefined) return suppress('condition_false', unmet);
  const look = firstTrueAt(when, facts, at)?.getTime() ?? now + NEXT_LOOK_MS;
  return wait(Math.min(look, limit), 'condition', channel, unmet);
}

const limitOf = (facts: ContactFacts, { withinDays = Infinity }: ContactStep): number =>
  Math.min(endOf(facts), facts.dueAt.getTime() + withinDays * DAY_MS);

const suppress = (reason: Suppression, words?: string): Decision => ({
  kind: 'suppress',
  reason,
  words: words === undefined ? SUPPRESSION_WORDS[reason] : `${SUPPRESSION_WORDS[reason]}: ${words}`,
});

const wait = (until: number, reason: WaitReason, channel?: Channel, words?: string): Decision => ({
  kind: 'wait',
  until: new Date(until),
  reason,
  channel,
  words: words === undefined ? WAIT_WORDS[reason] : `${WAIT_WORDS[reason]}: ${words}`,
});
