import { DAY_MS, HOUR_MS } from '../kit/clock.js';
import { type Channel } from '../study/channel.js';
import { DEFAULT_CHANNELS, hoursAfter, stepsOf } from '../study/contact-plan.js';
import { type WaveFile } from '../study/study.js';
import { spreadFraction } from './decide/spread.js';

/** When a step falls due, as the plan says it. */
export interface StepTiming {
  step: string;
  /** The channel that is tried first. */
  channel: Channel;
  /** Hours after the issue of the case; null for a step that counts back from its close. */
  hoursAfter: number | null;
  daysBeforeClose: number | null;
  spreadMinutes: number;
}

/** When a plan's steps fall due. Thanks are not among them: they are planned when a questionnaire is sent. */
export const timingsOf = ({ contactPlan }: Pick<WaveFile, 'contactPlan'>): StepTiming[] =>
  stepsOf(contactPlan)
    .filter(({ kind }) => kind !== 'thanks')
    .map((step) => ({
      step: step.step,
      channel: (step.channels ?? DEFAULT_CHANNELS)[0] ?? 'email',
      hoursAfter: step.beforeCloseDays === undefined ? hoursAfter(step) : null,
      daysBeforeClose: step.beforeCloseDays ?? null,
      spreadMinutes: step.spreadMinutes ?? 0,
    }));

/** The instant at which a step falls due for a case: the twin of `FALLS_DUE` in `plan.queries.ts`. */
export function fallsDue(
  { hoursAfter: hours, daysBeforeClose, spreadMinutes }: StepTiming,
  { memberId, from, closesAt }: { memberId: string; from: Date; closesAt: Date },
): Date {
  const at =
    daysBeforeClose === null
      ? from.getTime() + (hours ?? 0) * HOUR_MS
      : Math.max(closesAt.getTime() - daysBeforeClose * DAY_MS, from.getTime());
  return new Date(at + spreadFraction(memberId) * spreadMinutes * 60_000);
}
