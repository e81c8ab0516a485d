import { z } from 'zod';
import { CHANNELS, type Channel } from './channel.js';
import { COUNTRY, distinct, HOUR, SLUG } from './study-shapes.js';

/** Hours that no study may go beyond. */
const EARLIEST = '09:00';
const LATEST = '20:00';

export const STEP_KINDS = ['invitation', 'reminder', 'last-call', 'thanks'] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/**
 * A step of a wave's contact plan: a letter, when it falls due, and to whom it goes. It falls due `afterDays` and `afterHours` after
 * the case was issued (a `thanks`: after the questionnaire was sent), or `beforeCloseDays` before the case closes.
 */
export interface ContactStep {
  step: string;
  /** Default: the first step is an invitation, every other one a reminder. */
  kind?: StepKind;
  afterDays?: number;
  afterHours?: number;
  beforeCloseDays?: number;
  /** So many days after it fell due it is not sent any more; until then it waits for its condition. Default: until the case closes, its condition asked once. */
  withinDays?: number;
  /** In the order in which they are tried. Default: e-mail, then Telegram. */
  channels?: Channel[];
  /** Over the facts of a case: read by `contact/decide/condition.ts`. */
  when?: unknown;
  letter: string;
  /** Spreads a step over so many minutes, so that not all messages leave at once. */
  spreadMinutes?: number;
}

export const DEFAULT_CHANNELS: readonly Channel[] = ['email', 'telegram'];

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Narrower contact hours for a channel, a country or both; what is left out stays as it is for everyone. */
export interface HoursException {
  channel?: Channel;
  /** ISO 3166-1 alpha-3 of where the person lives now. */
  country?: string;
  from?: string;
  to?: string;
  days?: Weekday[];
}

/** At most so many messages in any so many hours, to one person, over all waves of the study. */
export interface FrequencyCap {
  messages: number;
  hours: number;
}

/** How people are written to in the whole study. */
export interface ContactRules {
  frequency?: FrequencyCap[];
  hours?: HoursException[];
}

const FROM_TO = `Messages go out between ${EARLIEST} and ${LATEST}; choose hours within.`;

/** @param from  absent: as for everyone */
const inHours = ({ from, to }: { from?: string | undefined; to?: string | undefined }): boolean =>
  EARLIEST <= (from ?? EARLIEST) && (from ?? EARLIEST) < (to ?? LATEST) && (to ?? LATEST) <= LATEST;

export const CONTACT_HOURS = z.strictObject({ from: HOUR, to: HOUR }).refine(inHours, FROM_TO);

export const CONTACT_RULES = z.strictObject({
  frequency: z
    .array(z.strictObject({ messages: z.int().min(1), hours: z.int().min(1).max(2160) }))
    .optional(),
  hours: z
    .array(
      z
        .strictObject({
          channel: z.enum(CHANNELS).optional(),
          country: COUNTRY.optional(),
          from: HOUR.optional(),
          to: HOUR.optional(),
          days: z.array(z.enum(WEEKDAYS)).min(1, 'Name at least one day.').optional(),
        })
        .refine(inHours, FROM_TO)
        .refine(
          ({ channel, country }) => channel !== undefined || country !== undefined,
          'Say for which channel or country the hours differ.',
        ),
    )
    .optional(),
});

const STEP = z
  .strictObject({
    step: SLUG,
    kind: z.enum(STEP_KINDS).optional(),
    afterDays: z.int().min(0).optional(),
    afterHours: z.int().min(0).max(23).optional(),
    beforeCloseDays: z.int().min(1).optional(),
    withinDays: z.int().min(1).optional(),
    channels: z
      .array(z.enum(CHANNELS))
      .min(1, 'Name at least one channel.')
      .refine((all) => new Set(all).size === all.length, 'A channel stands twice; name each once.')
      .optional(),
    when: z.unknown().optional(),
    letter: SLUG,
    spreadMinutes: z.int().min(0).max(600).optional(),
  })
  .refine(
    ({ afterDays, afterHours, beforeCloseDays }) =>
      (afterDays === undefined && afterHours === undefined) === (beforeCloseDays !== undefined),
    'Say when the step falls due: afterDays (and afterHours), or beforeCloseDays.',
  )
  .refine(
    ({ kind, beforeCloseDays }) => kind !== 'thanks' || beforeCloseDays === undefined,
    'Thanks come after the questionnaire was sent: use afterDays or afterHours.',
  );

/** The shape of a contact plan. What `when` says is checked where the case's facts are known. */
export const CONTACT_PLAN: z.ZodType<ContactStep[]> = distinct(STEP, 'step')
  .refine(
    (plan) =>
      kindOf(plan, 0) === 'invitation' &&
      plan.every((_, at) => at === 0 || kindOf(plan, at) !== 'invitation'),
    'The first step, and no other, is the invitation.',
  )
  .refine((plan) => {
    const after = plan.flatMap((step, at) =>
      step.beforeCloseDays === undefined && kindOf(plan, at) !== 'thanks' ? [hoursAfter(step)] : [],
    );
    return after.every((hours, at) => at === 0 || hours >= (after[at - 1] ?? 0) + 24);
  }, 'Each step must come at least a day after the one before.') as z.ZodType<ContactStep[]>;

const kindOf = (plan: readonly Pick<ContactStep, 'kind'>[], at: number): StepKind =>
  plan[at]?.kind ?? (at === 0 ? 'invitation' : 'reminder');

/** What a step of a plan is. @returns undefined where the plan has no such step (any more) */
export function stepIn(
  plan: readonly ContactStep[],
  name: string,
): (ContactStep & { kind: StepKind }) | undefined {
  const at = plan.findIndex(({ step }) => step === name);
  const step = plan[at];
  return step && { ...step, kind: kindOf(plan, at) };
}

/** The steps of a plan, each with its kind. */
export const stepsOf = (plan: readonly ContactStep[]): (ContactStep & { kind: StepKind })[] =>
  plan.map((step, at) => ({ ...step, kind: kindOf(plan, at) }));

/** Hours after the issue (or, for thanks, the sending) at which a step falls due. */
export const hoursAfter = ({ afterDays, afterHours }: ContactStep): number =>
  (afterDays ?? 0) * 24 + (afterHours ?? 0);
