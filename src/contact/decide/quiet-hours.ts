import { DAY_MS } from '../../kit/clock.js';
import { WEEKDAYS } from '../../study/contact-plan.js';
import { type ContactHours } from './hours.js';
import { steadyClock } from './zone-offset.js';

/** Where zones share no hour within a week and a day, they never will. */
const LONGEST_SEARCH_MS = 8 * DAY_MS;
const MINUTE_MS = 60_000;

/** Contact hours as milliseconds of the day. */
interface Opening {
  fromMs: number;
  toMs: number;
  /** By day of the week, Monday first. */
  open: readonly boolean[];
}

/**
 * The earliest instant, not before `now`, that lies within the contact hours in every one of the zones: where a person's zone is not
 * known, these are all that are plausible.
 * @returns undefined when they share no hour within 8 days
 */
export function nextContactTime(now: Date, zones: readonly string[], hours: ContactHours): Date | undefined {
  const opening = openingOf(hours);
  const limit = now.getTime() + LONGEST_SEARCH_MS;
  if (zones.length === 0 || opening.fromMs >= opening.toMs || !opening.open.includes(true)) return undefined;
  for (let at = now.getTime(); at < limit;) {
    const next = Math.max(...zones.map((zone) => nextOpen(at, zone, opening)));
    if (next === at) return new Date(at);
    at = next;
  }
  return undefined;
}

/** When the contact hours end that an instant lies in: the first end in any of the zones. */
export function contactHoursEnd(at: Date, zones: readonly string[], hours: ContactHours): Date {
  const opening = openingOf(hours);
  return new Date(Math.min(...zones.map((zone) => openUntil(at.getTime(), zone, opening))));
}

const openingOf = ({ from, to, days }: ContactHours): Opening => ({
  fromMs: msOfDay(from),
  toMs: msOfDay(to),
  open: WEEKDAYS.map((day) => days.includes(day)),
});

const msOfDay = (time: string): number => (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * MINUTE_MS;

/**
 * The earliest instant, not before another, at which a zone's clocks show an open hour. Between two changes of the clocks that is
 * plain arithmetic; at each change they are read anew, so that gaps and overlaps count as what the clock on the wall shows.
 */
function nextOpen(at: number, zone: string, opening: Opening): number {
  for (let from = at; ;) {
    const { until, offsetMs } = steadyClock(zone, from);
    const open = nextOpenLocal(from + offsetMs, opening) - offsetMs;
    if (open < until) return open;
    from = until;
  }
}

/** The instant at which the hours end that an open instant lies in. */
function openUntil(at: number, zone: string, opening: Opening): number {
  for (let from = at; ;) {
    const { until, offsetMs } = steadyClock(zone, from);
    const local = from + offsetMs;
    const closes = local - timeOfDay(local) + opening.toMs - offsetMs;
    if (closes < until) return closes;
    if (nextOpen(until, zone, opening) > until) return until;
    from = until;
  }
}

/** The same on a clock that never changes. Local milliseconds in and out. */
function nextOpenLocal(local: number, { fromMs, toMs, open }: Opening): number {
  for (let midnight = local - timeOfDay(local); ; midnight += DAY_MS)
    if (open[weekday(midnight)] && local < midnight + toMs) return Math.max(local, midnight + fromMs);
}

const timeOfDay = (local: number): number => modulo(local, DAY_MS);
/** 0 is Monday; 1 January 1970 was a Thursday. */
const weekday = (midnight: number): number => modulo(midnight / DAY_MS + 3, 7);
const modulo = (value: number, by: number): number => ((value % by) + by) % by;
