import { Temporal } from 'temporal-polyfill';

export const ZONES = Intl.supportedValuesOf('timeZone');

const clocks = new Map<string, Intl.DateTimeFormat>();

/** What a clock on the wall shows, by another implementation than the one that is tested. */
export function wallClock(at: number, zone: string): { day: string; time: string } {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    clocks.set(zone, clock);
  }
  const shown = clock.format(at);
  return { day: shown.slice(0, 3).toLowerCase(), time: shown.slice(-5) };
}

/** The instants at which the clocks of a zone change, from one year to before another. */
export function changesOf(zone: string, from: number, until: number): number[] {
  const changes: number[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(Date.UTC(from, 0, 1)).toZonedDateTimeISO(zone);
  for (
    let next = at.getTimeZoneTransition('next');
    next && next.year < until;
    next = at.getTimeZoneTransition('next')
  ) {
    changes.push(next.epochMilliseconds);
    at = next;
  }
  return changes;
}
