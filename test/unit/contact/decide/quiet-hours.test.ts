import fc from 'fast-check';
import { type ContactHours, WIDEST_HOURS } from '../../../../src/contact/decide/hours.js';
import { contactHoursEnd, nextContactTime } from '../../../../src/contact/decide/quiet-hours.js';
import { WEEKDAYS } from '../../../../src/study/contact-plan.js';
import { DAY, HOUR, MINUTE } from './a-contact.js';
import { changesOf, wallClock, ZONES } from './wall-clock.js';

const SINCE = Date.UTC(2020, 0, 1);
const UNTIL = Date.UTC(2040, 0, 1);

const fits = (at: number, zones: readonly string[], { from, to, days }: ContactHours): boolean =>
  zones.every((zone) => {
    const { day, time } = wallClock(at, zone);
    return time >= from && time < to && days.some((each) => each === day);
  });

function spanFrom(
  now: Date,
  zones: readonly string[],
  hours: ContactHours,
): { from: Date; to: Date } | undefined {
  const from = nextContactTime(now, zones, hours);
  return from && { from, to: contactHoursEnd(from, zones, hours) };
}

/** Holds the answer to what it promises: within the hours from end to end in every zone, and nothing earlier is. */
function prove(now: number, zones: readonly string[], hours = WIDEST_HOURS, step = 15 * MINUTE): void {
  const span = spanFrom(new Date(now), zones, hours);
  const [from, to] = [span?.from.getTime() ?? now + 8 * DAY, span?.to.getTime() ?? 0];
  const wrong = (at: number): never => {
    throw new Error(
      `${zones.join(', ')}: from ${new Date(now).toISOString()} came ${JSON.stringify(span)}, but see ` +
        `${new Date(at).toISOString()}: ${JSON.stringify(zones.map((zone) => wallClock(at, zone)))}`,
    );
  };
  for (let at = now; at < from; at += step) if (fits(at, zones, hours)) wrong(at);
  if (!span) return;
  if (from < now) wrong(from);
  if (from > now && fits(from - 1, zones, hours)) wrong(from - 1);
  for (let at = from; at < to; at += step) if (!fits(at, zones, hours)) wrong(at);
  if (!fits(to - 1, zones, hours)) wrong(to - 1);
  if (fits(to, zones, hours)) wrong(to);
}

const instant = fc.integer({ min: SINCE, max: UNTIL });
const zone = fc.constantFrom(...ZONES);
const someHours = fc
  .record({
    from: fc.integer({ min: 0, max: 22 * 4 }),
    length: fc.integer({ min: 1, max: 60 }),
    days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
  })
  .map(({ from, length, days }): ContactHours => ({
    from: quarter(from),
    to: quarter(Math.min(from + length, 95)),
    days,
  }));
const quarter = (of: number): string =>
  `${String(Math.floor(of / 4)).padStart(2, '0')}:${String((of % 4) * 15).padStart(2, '0')}`;

it('in any zone, at any time, at any hours: the earliest stretch within them, from end to end', () => {
  fc.assert(
    fc.property(instant, zone, someHours, (now, one, hours) => prove(now, [one], hours)),
    { numRuns: 2000 },
  );
});

it('where the zone is not known: within the hours in each that is plausible', () => {
  fc.assert(
    fc.property(instant, fc.uniqueArray(zone, { minLength: 2, maxLength: 6 }), (now, some) =>
      prove(now, some),
    ),
    { numRuns: 400 },
  );
});

it('around every change of a clock, gap or overlap, in every zone, at hours that the change falls into', () => {
  const nights: ContactHours = { from: '00:15', to: '03:45', days: WEEKDAYS };
  let changes = 0;
  for (const one of ZONES)
    for (const change of changesOf(one, 2023, 2026)) {
      changes += 1;
      for (const hours of [-25, -2, -1, 0, 1, 23]) {
        prove(change + hours * HOUR, [one], WIDEST_HOURS, HOUR);
        prove(change + hours * HOUR, [one], nights);
      }
    }
  expect(changes).toBeGreaterThan(500);
});

describe('a gap and an overlap, in Belgrade in 2026', () => {
  const next = (from: string, to: string, now: string): (string | undefined)[] => {
    const span = spanFrom(new Date(now), ['Europe/Belgrade'], { from, to, days: WEEKDAYS });
    return [span?.from.toISOString(), span?.to.toISOString()];
  };
  it('where a gap swallows the beginning, the hours begin with the end of the gap', () => {
    expect(next('02:30', '04:00', '2026-03-29T00:00:00Z')).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T02:00:00.000Z',
    ]);
  });
  it('where a gap swallows all of them, there are none on that day', () => {
    expect(next('02:15', '02:45', '2026-03-29T00:00:00Z')[0]).toBe('2026-03-30T00:15:00.000Z');
  });
  it('an hour that comes twice counts twice', () => {
    expect(next('02:15', '02:45', '2026-10-25T00:50:00Z')).toEqual([
      '2026-10-25T01:15:00.000Z',
      '2026-10-25T01:45:00.000Z',
    ]);
    expect(next('01:30', '02:30', '2026-10-25T00:00:00Z')).toEqual([
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T00:30:00.000Z',
    ]);
    expect(next('01:00', '03:30', '2026-10-25T00:00:00Z')[1]).toBe('2026-10-25T02:30:00.000Z');
  });
});

it('a day that a zone skipped has no hours', () => {
  const friday: ContactHours = { ...WIDEST_HOURS, days: ['fri'] };
  const next = (now: string) => nextContactTime(new Date(now), ['Pacific/Apia'], friday)?.toISOString();
  expect(next('2011-12-29T12:00:00Z')).toBe('2012-01-05T19:00:00.000Z'); // 30 December 2011 was not in Apia
});

it('no zones, no days, no hours: never', () => {
  const never = (zones: string[], differ: Partial<ContactHours> = {}) =>
    nextContactTime(new Date(SINCE), zones, { ...WIDEST_HOURS, ...differ });
  expect(never([])).toBeUndefined();
  expect(never(['UTC'], { days: [] })).toBeUndefined();
  expect(never(['UTC'], { from: '20:00' })).toBeUndefined();
  expect(never(['Pacific/Honolulu', 'Europe/Moscow'])).toBeUndefined();
  expect(never(['UTC'])?.toISOString()).toBe('2020-01-01T09:00:00.000Z');
});
