import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { nextContactTime, WIDEST_HOURS } from '../../../src/contact/quiet-hours.js';

const ZONES = Intl.supportedValuesOf('timeZone');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SINCE = Date.UTC(2020, 0, 1);
const UNTIL = Date.UTC(2040, 0, 1);

const clocks = new Map<string, Intl.DateTimeFormat>();
/** What a clock on the wall shows, by another implementation than the one that is tested. */
function wallClock(at: number, zone: string): string {
  const clock =
    clocks.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  clocks.set(zone, clock);
  return clock.format(at);
}
const fits = (at: number, zones: readonly string[], { from, to } = WIDEST_HOURS) =>
  zones.every((zone) => {
    const time = wallClock(at, zone);
    return time >= from && time < to;
  });

/** Holds the answer to what it promises: not before now, within the hours in every zone, and nothing earlier is. */
function prove(now: number, zones: readonly string[], hours = WIDEST_HOURS, step = 15 * MINUTE): void {
  const next = nextContactTime(new Date(now), zones, hours)?.getTime();
  if (next === undefined) {
    for (let at = now; at < now + 7 * 24 * HOUR; at += step) if (fits(at, zones, hours)) fail(at);
    return;
  }
  if (next < now || !fits(next, zones, hours)) fail(next);
  for (let at = now; at < next; at += step) if (fits(at, zones, hours)) fail(at);
  if (next > now && fits(next - MINUTE, zones, hours) && next - MINUTE >= now) fail(next - MINUTE);

  function fail(at: number): never {
    throw new Error(
      `${zones.join(', ')}: from ${new Date(now).toISOString()} came ${next && new Date(next).toISOString()}, but see ` +
        `${new Date(at).toISOString()}: ${zones.map((zone) => wallClock(at, zone)).join(', ')}`,
    );
  }
}

const instant = fc.integer({ min: SINCE / MINUTE, max: UNTIL / MINUTE }).map((minutes) => minutes * MINUTE);
const zone = fc.constantFrom(...ZONES);

it('in any zone at any time: within the hours, not before now, and the earliest such time', () => {
  fc.assert(
    fc.property(instant, zone, (now, one) => prove(now, [one])),
    { numRuns: 4000 },
  );
});

it('never outside the hours: many more instants, without the search for an earlier one', () => {
  fc.assert(
    fc.property(instant, fc.integer({ min: 0, max: MINUTE - 1 }), zone, (minute, ms, one) => {
      const next = nextContactTime(new Date(minute + ms), [one], WIDEST_HOURS)?.getTime() ?? 0;
      return next >= minute + ms && fits(next, [one]);
    }),
    { numRuns: 20_000 },
  );
});

it('around every change of a clock, gap or overlap, in every zone', () => {
  let changes = 0;
  for (const one of ZONES) {
    let at = Temporal.Instant.fromEpochMilliseconds(Date.UTC(2023, 0, 1)).toZonedDateTimeISO(one);
    for (
      let next = at.getTimeZoneTransition('next');
      next && next.year < 2026;
      next = at.getTimeZoneTransition('next')
    ) {
      changes += 1;
      for (const hours of [-25, -13, -1, 0, 1, 11, 23])
        prove(next.epochMilliseconds + hours * HOUR, [one], WIDEST_HOURS, HOUR);
      at = next;
    }
  }
  expect(changes).toBeGreaterThan(500);
});

it('where a gap swallows the first hour, the day begins after it', () => {
  const hours = { from: '02:30', to: '04:00' };
  const night = Date.parse('2026-03-29T00:00:00Z'); // 01:00 in Belgrade, where 02:00 becomes 03:00
  expect(nextContactTime(new Date(night), ['Europe/Belgrade'], hours)?.toISOString()).toBe(
    '2026-03-29T01:30:00.000Z',
  );
});

it('where the zone is not known: within the hours in each that is plausible', () => {
  fc.assert(
    fc.property(instant, fc.uniqueArray(zone, { minLength: 2, maxLength: 6 }), (now, some) =>
      prove(now, some, WIDEST_HOURS, HOUR / 2),
    ),
    { numRuns: 400 },
  );
});

it('where the zones share no hour: never', () => {
  expect(
    nextContactTime(new Date(SINCE), ['Pacific/Honolulu', 'Europe/Moscow'], WIDEST_HOURS),
  ).toBeUndefined();
});

it('the first minute is open and the last one is not', () => {
  const at = (time: string) =>
    nextContactTime(new Date(`2026-06-01T${time}Z`), ['UTC'], WIDEST_HOURS)?.toISOString();
  expect(at('08:59:59.999')).toBe('2026-06-01T09:00:00.000Z');
  expect(at('09:00:00')).toBe('2026-06-01T09:00:00.000Z');
  expect(at('19:59:59.999')).toBe('2026-06-01T19:59:59.999Z');
  expect(at('20:00:00')).toBe('2026-06-02T09:00:00.000Z');
});
