import { contactFacts, planInForce } from '../contact/contact-facts.js';
import { type ContactFacts, decide } from '../contact/decide/decision.js';
import { zonesFor } from '../contact/decide/zones.js';
import { type FactsRow } from '../contact/facts.queries.js';
import { fallsDue, timingsOf } from '../contact/timing.js';
import { HOUR_MS } from '../kit/clock.js';
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

/** Every message that the contact plan holds for a case, sent or not, as the sender would decide while the member acts. */
export function messagesOf(of: RehearsedCase): RehearsedMessage[] {
  const { member, study, file, issuedAt, closesAt } = of;
  const plan = planInForce(study, file);
  const happenings: Happening[] = [];
  const sent: Date[] = [];
  return timingsOf(file).map((timing): RehearsedMessage => {
    const { step } = timing;
    const dueAt = fallsDue(timing, { memberId: idOf(member), from: issuedAt, closesAt });
    const factsAt = (now: Date) => contactFacts(rowAt(of, { step, dueAt, now, happenings, sent }), plan);
    const { at, why } = decided(factsAt, dueAt);
    if (why === undefined) {
      happenings.push({ at, event: 'invite' });
      for (const { afterMessage, hours, event } of member.doings)
        if (afterMessage === sent.length)
          happenings.push({ at: new Date(at.getTime() + hours * HOUR_MS), event });
      sent.push(at);
    }
    return {
      member: member.number,
      kind: member.kind,
      step,
      locale: member.locales.now,
      sent: why === undefined,
      at: at.toISOString(),
      local: localTime(at, zonesFor(factsAt(at))),
      ...(why === undefined ? {} : { why }),
    };
  });
}

/** Asks for a decision when the message falls due, and again whenever the answer is to wait. */
function decided(factsAt: (now: Date) => ContactFacts, dueAt: Date): { at: Date; why?: string } {
  let now = dueAt;
  for (;;) {
    const decision = decide(factsAt(now), now);
    if (decision.kind === 'send') return { at: now };
    if (decision.kind === 'suppress') return { at: now, why: decision.words };
    if (decision.reason === 'study_paused') return { at: now, why: decision.words };
    now = decision.until;
  }
}

interface Happening {
  at: Date;
  event: 'invite' | Synthetic['doings'][number]['event'];
}

/** What the tables would say of a message at an instant. */
function rowAt(
  { member, closesAt, country, region, paused }: RehearsedCase,
  at: { step: string; dueAt: Date; now: Date; happenings: readonly Happening[]; sent: readonly Date[] },
): FactsRow {
  const past = at.happenings.filter((happening) => happening.at <= at.now);
  const state = stateAfterAll(past);
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
    last_active_at: past.findLast(({ event }) => event !== 'invite')?.at ?? null,
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

const stateAfterAll = (happenings: readonly Happening[]): CaseState =>
  [...happenings]
    .sort((one, other) => one.at.getTime() - other.at.getTime())
    .reduce<CaseState>((state, { event }) => stateAfter(state, event) ?? state, 'issued');

function localTime(at: Date, zones: readonly string[]): string {
  const [zone = 'UTC'] = zones;
  const time = new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'short',
    timeZone: zone,
  }).format(at);
  return `${time} ${zone}${zones.length > 1 ? ` (or any of ${zones.length - 1} other zones)` : ''}`;
}
