import { CHANNELS, type Channel } from '../study/channel.js';
import { type ContactStep, DEFAULT_CHANNELS, type StepKind, stepsOf } from '../study/contact-plan.js';
import { type StudyFile, type WaveFile } from '../study/study.js';
import { plausibleZones } from '../study/zones.js';
import { type Eligibility } from '../wave/eligibility.js';
import { parseCondition } from './decide/condition.js';
import { type ChannelFacts, type ContactFacts } from './decide/decision.js';
import { type FactsRow } from './facts.queries.js';

/** A wave's plan and its study's rules, read once for many messages. */
export interface PlanInForce {
  steps: ReadonlyMap<string, ContactStep & { kind: StepKind }>;
  conditions: ReadonlyMap<string, Eligibility>;
  /** The consent that opens a channel, where the study asks for one. */
  consentOf: Partial<Record<Channel, string>>;
  /** The consent to be invited again, where the study asks for one. */
  recontact: string | undefined;
  wave: WaveFile;
  study: StudyFile;
}

/** @throws InvalidCondition where a condition cannot be read: a plan is checked before it is stored */
export function planInForce(study: StudyFile, wave: WaveFile): PlanInForce {
  const steps = stepsOf(wave.contactPlan);
  return {
    steps: new Map(steps.map((step) => [step.step, step])),
    conditions: new Map(
      steps.flatMap(({ step, when }) => (when === undefined ? [] : [[step, parseCondition(when)] as const])),
    ),
    consentOf: Object.fromEntries(
      study.consents.flatMap(({ id, channel }) => (channel === undefined ? [] : [[channel, id]])),
    ),
    recontact: study.consents.find(({ kind }) => kind === 'recontact')?.id,
    wave,
    study,
  };
}

/** The letter of the reminders that people ask for, and their steps: they stand in no plan. */
export const ASKED_LETTER = 'remind-me';
const ASKED = /^asked-\d+$/;

/** The facts of a message, from its row and the plan in force. */
export function contactFacts(
  row: FactsRow,
  { steps, conditions, consentOf, recontact, wave, study }: PlanInForce,
): ContactFacts {
  const asked = ASKED.test(row.step);
  return {
    memberId: row.member_id,
    step: asked ? askedStep(row) : steps.get(row.step),
    asked,
    when: conditions.get(row.step),
    caseState: row.case_state,
    submitted: row.submitted,
    memberStatus: row.member_status,
    page: row.page,
    lastActiveAt: row.last_active_at,
    locale: row.locale,
    cohort: row.cohort,
    recruitmentSource: row.recruitment_source,
    hostCountry: row.host_country,
    residenceCountry: row.residence_country,
    residenceRegion: row.residence_region,
    timeZone: row.time_zone,
    hostZones: plausibleZones(study, row.host_country),
    dueAt: row.falls_due_at,
    closesAt: row.closes_at,
    waveClosed: row.wave_closed,
    studyPaused: row.study_paused,
    fenced: row.fenced,
    pauses: row.pauses ?? [],
    remindAt: row.remind_at,
    channels: Object.fromEntries(
      CHANNELS.map((channel): [Channel, ChannelFacts] => {
        const consent = consentOf[channel];
        return [
          channel,
          {
            address: row.addresses.includes(channel),
            consent: consent === undefined ? true : (row.consents?.[consent] ?? null),
            // Who asks for a reminder after they stopped messages gets it; a stop after that takes it back.
            stopped: !asked && (row.stopped?.includes(channel) ?? false),
            trouble: row.troubles?.[channel] ?? null,
          },
        ];
      }),
    ) as Record<Channel, ChannelFacts>,
    recontact: recontact === undefined ? null : (row.consents?.[recontact] ?? null),
    recent: row.recent ?? [],
    caps: study.contact?.frequency ?? [],
    hours: wave.contactHours,
    exceptions: study.contact?.hours ?? [],
  };
}

/** By the channel whose message they asked from, if that can be. */
const askedStep = ({ step, planned_channel: first }: FactsRow): ContactStep & { kind: StepKind } => ({
  step,
  kind: 'reminder',
  afterDays: 0,
  channels: [...new Set([...(first ? [first] : []), ...DEFAULT_CHANNELS])],
  letter: ASKED_LETTER,
});
