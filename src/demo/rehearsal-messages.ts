import { type ContactFacts, decide, SUPPRESSION_WORDS } from '../contact/decision.js';
import { contactZones } from '../contact/zones.js';
import { addDays, HOUR_MS } from '../kit/clock.js';
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
  const { member, file, issuedAt } = of;
  const happenings: { at: Date; event: 'invite' | Synthetic['doings'][number]['event'] }[] = [];
  let sent = 0;
  return file.contactPlan.map(({ step, afterDays }): RehearsedMessage => {
    const dueAt = addDays(issuedAt, afterDays);
    const { at, why, zones } = decided(of, step, dueAt, (now) => stateAt(happenings, now));
    if (why === undefined) {
      happenings.push({ at, event: 'invite' });
      for (const { afterMessage, hours, event } of member.doings)
        if (afterMessage === sent) happenings.push({ at: new Date(at.getTime() + hours * HOUR_MS), event });
      sent += 1;
    }
    return {
      member: member.number,
      kind: member.kind,
      step,
      locale: member.locales.now,
      sent: why === undefined,
      at: at.toISOString(),
      local: localTime(at, zones),
      ...(why === undefined ? {} : { why }),
    };
  });
}

/** Asks for a decision when the message falls due, and again whenever the answer is to wait. */
function decided(
  of: RehearsedCase,
  step: string,
  dueAt: Date,
  stateBy: (now: Date) => CaseState,
): { at: Date; why?: string; zones: readonly string[] } {
  let now = dueAt;
  for (;;) {
    const facts = factsAt(of, step, dueAt, stateBy(now));
    const decision = decide(facts, now);
    const { zones } = facts;
    if (decision.kind === 'send') return { at: now, zones };
    if (decision.kind === 'suppress') return { at: now, zones, why: SUPPRESSION_WORDS[decision.reason] };
    if (decision.reason === 'study_paused')
      return { at: now, zones, why: 'waits: the study’s messages are paused' };
    now = decision.until;
  }
}

function factsAt(
  { member, study, file, closesAt, country, region, paused }: RehearsedCase,
  step: string,
  dueAt: Date,
  state: CaseState,
): ContactFacts {
  const moved = country !== null && country !== member.hostCountry;
  const host = study.hostCountries.find(({ code }) => code === member.hostCountry);
  return {
    caseState: state,
    memberStatus: state === 'withdrawn' ? 'withdrawn' : 'active',
    channel: 'email',
    memberChannels: ['email'],
    stopped: member.stopped,
    studyPaused: paused,
    waveClosed: false,
    waveClosesAt: closesAt,
    dueAt,
    isInvitation: file.contactPlan[0]?.step === step,
    zones: contactZones(
      { timeZone: moved ? null : member.timeZone, country, region },
      host?.zones ?? [],
      file.contactHours,
      dueAt,
    ),
    hours: file.contactHours,
  };
}

function stateAt(
  happenings: readonly { at: Date; event: 'invite' | Synthetic['doings'][number]['event'] }[],
  now: Date,
): CaseState {
  return happenings
    .filter(({ at }) => at <= now)
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .reduce<CaseState>((state, { event }) => stateAfter(state, event) ?? state, 'issued');
}

function localTime(at: Date, zones: readonly string[]): string {
  const [zone = 'UTC'] = zones;
  const time = new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'short',
    timeZone: zone,
  }).format(at);
  return `${time} ${zone}${zones.length > 1 ? ` (or any of ${zones.length - 1} other zones)` : ''}`;
}
