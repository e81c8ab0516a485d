import { addDays, dateOf, HOUR_MS } from '../kit/clock.js';
import { type Pause } from '../panel/pause.js';
import { type Channel, CHANNELS } from '../study/channel.js';

/** How long a person can pause on their own page, in the order in which it is offered. */
const PAUSE_DAYS = { month: 30, 'three-months': 91, 'half-year': 182, open: null } as const;

export type PauseChoice = keyof typeof PAUSE_DAYS;
export const PAUSE_CHOICES = Object.keys(PAUSE_DAYS) as PauseChoice[];

/** What was chosen, or undefined where it is none of the choices. */
export const pauseChoice = (posted: unknown): PauseChoice | undefined =>
  PAUSE_CHOICES.find((choice) => choice === posted);

/** The days of a pause. It begins with the earliest date that it is anywhere now, so that it holds at once wherever a person is. */
export function pauseOf(choice: PauseChoice, now: Date): Pause {
  const days = PAUSE_DAYS[choice];
  return {
    fromOn: dateOf(new Date(now.getTime() - 12 * HOUR_MS)),
    untilOn: days === null ? null : dateOf(addDays(now, days)),
  };
}

/** Where a person can stop messages, or have them again: everywhere, or one channel. */
export const STOP_PLACES = ['all', ...CHANNELS] as const;
export type StopPlace = (typeof STOP_PLACES)[number];

/** What was chosen, or undefined where it is none of the choices. */
export const stopPlace = (posted: unknown): StopPlace | undefined =>
  STOP_PLACES.find((place) => place === posted);

export const channelsAt = (place: StopPlace): readonly Channel[] => (place === 'all' ? CHANNELS : [place]);
