import { addDays, dateOf, HOUR_MS, hourOf } from '../kit/clock.js';
import { type ContactHours } from './decide/hours.js';
import { nextContactTime } from './decide/quiet-hours.js';

/** For how many days a person can put a survey off, in the order in which it is offered. */
const DAYS = { tomorrow: 1, 'three-days': 3, week: 7 } as const;

export type Later = keyof typeof DAYS;
/** `pause`: no messages at all for a month. */
export type RemindChoice = Later | 'pause';

const LATERS = Object.keys(DAYS) as Later[];
export const REMIND_CHOICES: readonly RemindChoice[] = [...LATERS, 'pause'];

/** So many reminders at most can be asked for in one wave. */
export const MOST_REMINDERS = 5;
const PAUSE_DAYS = 30;

/** What was chosen, or undefined where it is none of the choices. */
export const remindChoice = (posted: unknown): RemindChoice | undefined =>
  REMIND_CHOICES.find((choice) => choice === posted);

/** The instant of a reminder, as exactly as acts of respondents are kept: to the hour. */
const instantOf = (later: Later, now: Date): Date => addDays(hourOf(now), DAYS[later]);

/** The choices that come before a case closes. @param closesAt  undefined where it is not known: every choice */
export const choicesBefore = (closesAt: Date | undefined, now: Date): RemindChoice[] =>
  REMIND_CHOICES.filter(
    (choice) => choice === 'pause' || closesAt === undefined || instantOf(choice, now) < closesAt,
  );

/** When to remind: as was chosen, or at the latest choice before the case closes; undefined where there is none. */
export function reminderAt(chosen: Later, closesAt: Date, now: Date): Date | undefined {
  const possible = choicesBefore(closesAt, now).filter((choice) => choice !== 'pause');
  const later = possible.includes(chosen) ? chosen : possible.at(-1);
  return later && instantOf(later, now);
}

/**
 * The last full hour, not after an instant, at which the person may be written to: who asks late in the evening to be reminded tomorrow is
 * reminded tomorrow, not the day after.
 * @returns the instant itself where there is no such hour after `now`
 */
export function writableBy(at: Date, now: Date, zones: readonly string[], hours: ContactHours): Date {
  for (let hour = at.getTime(); hour > now.getTime(); hour -= HOUR_MS)
    if (nextContactTime(new Date(hour), zones, hours)?.getTime() === hour) return new Date(hour);
  return at;
}

/** A pause of a month. It begins with the earliest date that it is anywhere now, so that it holds at once wherever a person is. */
export const monthOfPause = (now: Date): { fromOn: string; untilOn: string } => ({
  fromOn: dateOf(new Date(now.getTime() - 12 * HOUR_MS)),
  untilOn: dateOf(addDays(now, PAUSE_DAYS)),
});
