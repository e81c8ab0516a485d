import { contactFacts, planInForce } from '../contact/contact-facts.js';
import { decide, type Decision } from '../contact/decide/decision.js';
import { zonesFor } from '../contact/decide/zones.js';
import { type FactsRow } from '../contact/facts.queries.js';
import { fallsDue, timingsOf } from '../contact/timing.js';
import { HOUR_MS, hourOf } from '../kit/clock.js';
import { hoursAfter, stepsOf } from '../study/contact-plan.js';
import { type StudyFile, type WaveFile } from '../study/study.js';
import { type CaseState, stateAfter } from '../wave/case-state.js';
import { type RehearsedMessage } from './rehearsal.js';
import { type Synthetic } from './rehearsal-people.js';

/** A case of a synthetic member, and where they are last known to live. */
export interface RehearsedCase {
  member: Synthetic;
  study: StudyFile;
  file: WaveFile;
  issuedAt: Date;
  closesAt: Date;
  country: string | null;
  region: string | null;
  paused: boolean;
}

/**
 * Every message that the contact plan holds for a case, sent or not, as the sender would decide while the member acts; in the order in
 * which that is decided. Thanks are among them for whoever sends the questionnaire.
 */
export function messagesOf(of: RehearsedCase): RehearsedMessage[] {
  const { member, study, file, issuedAt, closesAt } = of;
  const plan = planInForce(study, file);
  const happenings: Happening[] = [];
  const sent: Date[] = [];
  const told: RehearsedMessage[] = [];
  const waiting = timingsOf(file).map((timing): Waiting => {
    const dueAt = fallsDue(timing, { memberId: idOf(member), from: issuedAt, closesAt });
    return { step: timing.step, dueAt, lookAt: dueAt };
  });
  for (let next = takeNext(waiting); next; next = takeNext(waiting)) {
    const { step, dueAt, lookAt: at } = next;
    const facts = contactFacts(rowAt(of, { step, dueAt, now: at, happenings, sent }), plan);
    const decision = decide(facts, at);
    if (decision.kind === 'wait' && decision.reason !== 'study_paused') {
      waiting.push({ ...next, lookAt: decision.until, unmet: decision.reason === 'condition' });
      continue;
    }
    const why = decision.kind === 'send' ? undefined : wordsFor(decision, next);
    if (why === undefined) {
      const acts = member.doings
        .filter(({ afterMessage }) => afterMessage === sent.length)
        .map(({ hours, event }) => ({ at: new Date(at.getTime() + hours * HOUR_MS), event }))
        .filter((act) => act.at < closesAt);
      happenings.push({ at, event: 'invite' }, ...acts);
      waiting.push(
        ...acts.flatMap((act) => (act.event === 'submit_complete' ? thanksAfter(act.at, file) : [])),
      );
      sent.push(at);
    }
    told.push({
      member: member.number,
      kind: member.kind,
      step,
      locale: member.locales.now,
      sent: why === undefined,
      at: at.toISOString(),
      local: localTime(at, zonesFor(facts)),
      ...(why === undefined ? {} : { why }),
    });
  }
  return told;
}

/** A message that nothing is decided about yet. */
interface Waiting {
  step: string;
  dueAt: Date;
  /** When to ask for a decision. */
  lookAt: Date;
  /** Whether its condition did not hold when that was asked last. */
  unmet?: boolean;
}

/** Takes out what is looked at next; of one instant what the plan names first. */
function takeNext(waiting: Waiting[]): Waiting | undefined {
  const lookAt = Math.min(...waiting.map((one) => one.lookAt.getTime()));
  const index = waiting.findIndex((one) => one.lookAt.getTime() === lookAt);
  return index < 0 ? undefined : waiting.splice(index, 1)[0];
}

/** Planned with a submission, as the server does: counted from the end of its hour. */
function thanksAfter(submittedAt: Date, { contactPlan }: Pick<WaveFile, 'contactPlan'>): Waiting[] {
  const hourEnds = hourOf(submittedAt).getTime() + HOUR_MS;
  return stepsOf(contactPlan)
    .filter(({ kind }) => kind === 'thanks')
    .map((step) => {
      const dueAt = new Date(hourEnds + hoursAfter(step) * HOUR_MS);
      return { step: step.step, dueAt, lookAt: dueAt };
    });
}

/** Why a message does not go out. A step whose days passed while it waited for its condition was for somebody else. */
const wordsFor = (decision: Exclude<Decision, { kind: 'send' }>, { unmet }: Waiting): string =>
  unmet && decision.kind === 'suppress' && decision.reason === 'window_over'
    ? 'the condition of the step did not hold on any of its days'
    : decision.words;

interface Happening {
  at: Date;
  event: 'invite' | Synthetic['doings'][number]['event'];
}

/** What the tables would say of a message at an instant. */
function rowAt(
  { member, closesAt, country, region, paused }: RehearsedCase,
  at: { step: string; dueAt: Date; now: Date; happenings: readonly Happening[]; sent: readonly Date[] },
): FactsRow {
  const past = at.happenings
    .filter((happening) => happening.at <= at.now)
    .sort((one, other) => one.at.getTime() - other.at.getTime());
  const state = stateAfterAll(past);
  const lastAct = past.findLast(({ event }) => event !== 'invite');
  const moved = country !== null && country !== member.hostCountry;
  return {
    member_id: idOf(member),
    wave_id: '',
    step: at.step,
    falls_due_at: at.dueAt,
    planned_channel: null,
    case_state: state,
    submitted: state === 'complete',
    page: null,
    last_active_at: lastAct ? hourOf(lastAct.at) : null,
    remind_at: null,
    closes_at: closesAt,
    wave_closed: false,
    study_paused: paused,
    fenced: false,
    member_status: state === 'withdrawn' ? 'withdrawn' : 'active',
    addresses: ['email'],
    locale: member.locales.now,
    cohort: member.cohort,
    recruitment_source: member.recruitmentSource,
    host_country: member.hostCountry,
    residence_country: country,
    residence_region: region,
    time_zone: moved ? null : member.timeZone,
    pauses: null,
    troubles: null,
    stopped: member.stopped ? ['email'] : null,
    consents: null,
    recent: [...at.sent],
    study_id: '',
    wave_version: '',
    study_version: '',
    letters_version: null,
    fingerprint: '',
  };
}

/** The number stands in for an id: its first digits spread the messages, as those of a random id do. */
const idOf = (member: Synthetic): string => ((member.number * 7919) % 65_536).toString(16).padStart(4, '0');

/** @param happenings  in the order of time */
const stateAfterAll = (happenings: readonly Happening[]): CaseState =>
  happenings.reduce<CaseState>((state, { event }) => stateAfter(state, event) ?? state, 'issued');

function localTime(at: Date, zones: readonly string[]): string {
  const [zone = 'UTC'] = zones;
  const time = new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'short',
    timeZone: zone,
  }).format(at);
  return `${time} ${zone}${zones.length > 1 ? ` (or any of ${zones.length - 1} other zones)` : ''}`;
}
