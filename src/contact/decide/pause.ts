import { Temporal } from 'temporal-polyfill';
import { dateOf } from '../../kit/clock.js';
import { steadyClock } from './zone-offset.js';

/** Days on which a person wants no messages: from `fromOn` to before `untilOn` (YYYY-MM-DD), or until further notice. */
export interface Pause {
  fromOn: string;
  untilOn: string | null;
}

/**
 * When messages go out again for a person who asked for a pause.
 * @param at    milliseconds since 1970
 * @param zone  whose calendar counts
 * @param from  when the day begins for messages, "HH:MM"
 * @returns  milliseconds since 1970, after `at`; Infinity until further notice; undefined where `at` lies in no pause
 */
export function pausedUntil(
  pauses: readonly Pause[],
  at: number,
  zone: string,
  from: string,
): number | undefined {
  if (pauses.length === 0) return undefined;
  const on = dateOf(new Date(at + steadyClock(zone, at).offsetMs));
  const ends = pauses
    .filter(({ fromOn, untilOn }) => fromOn <= on && (untilOn === null || on < untilOn))
    .map(({ untilOn }) => (untilOn === null ? Infinity : beginningOf(untilOn, zone, from)));
  return ends.length === 0 ? undefined : Math.max(...ends);
}

const beginningOf = (day: string, zone: string, from: string): number =>
  Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(from) })
    .epochMilliseconds;
