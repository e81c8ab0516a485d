import fc from 'fast-check';
import { parseWindow, type Window, windowOf } from '../../../src/wave/window.js';

const rolling = (
  afterMonths: number,
  days: number,
  anchor: 'last_interview' | 'joined' = 'last_interview',
): Window => ({
  rolling: { anchor, afterMonths, days },
});
const since = (lastInterviewOn: string | null) => ({ joinedOn: '2026-05-31', lastInterviewOn });
const datesOf = (found: ReturnType<typeof windowOf>) =>
  found &&
  [found.opensAt.toISOString(), found.closesAt.toISOString()].map((at) => at.replace('T00:00:00.000Z', ''));

describe('fixed windows', () => {
  const fixed = parseWindow({ fixed: { opens: '2026-11-02', closes: '2026-11-30' } });

  test('are the same for everyone', () => {
    expect(datesOf(windowOf(fixed, since(null)))).toEqual(['2026-11-02', '2026-11-30']);
  });

  test('begin with the day in the zone that is given', () => {
    expect(windowOf(fixed, since(null), 'Asia/Almaty')?.opensAt.toISOString()).toBe(
      '2026-11-01T19:00:00.000Z',
    );
    // Midnight of 26 April 2024 did not exist in Cairo: the clock went from 23:59 to 01:00, local summer time.
    const spring = parseWindow({ fixed: { opens: '2024-04-26', closes: '2024-04-27' } });
    expect(windowOf(spring, since(null), 'Africa/Cairo')?.opensAt.toISOString()).toBe(
      '2024-04-25T22:00:00.000Z',
    );
  });
});

describe('rolling windows', () => {
  test.each([
    ['2026-05-12', 6, 28, '2026-11-12', '2026-12-10'],
    ['2026-08-31', 6, 10, '2027-02-28', '2027-03-10'],
    ['2027-08-31', 6, 1, '2028-02-29', '2028-03-01'],
    ['2026-10-31', 1, 5, '2026-11-30', '2026-12-05'],
    ['2026-12-31', 2, 1, '2027-02-28', '2027-03-01'],
    ['2028-02-29', 12, 7, '2029-02-28', '2029-03-07'],
    ['2028-02-29', 48, 7, '2032-02-29', '2032-03-07'],
    ['2026-05-12', 0, 1, '2026-05-12', '2026-05-13'],
    ['2026-01-30', 1, 3, '2026-02-28', '2026-03-03'],
  ])('%s + %i months for %i days: %s to %s', (last, months, days, opens, closes) => {
    expect(datesOf(windowOf(rolling(months, days), since(last)))).toEqual([opens, closes]);
  });

  test('count from joining where that is the anchor, and not at all without an interview', () => {
    expect(datesOf(windowOf(rolling(1, 7, 'joined'), since('2026-08-01')))).toEqual([
      '2026-06-30',
      '2026-07-07',
    ]);
    expect(windowOf(rolling(6, 28), since(null))).toBeUndefined();
  });

  test('a summer-time change neither shortens nor lengthens the days', () => {
    const found = windowOf(rolling(0, 2), since('2027-03-27'), 'Europe/Berlin');
    expect([found?.opensAt.toISOString(), found?.closesAt.toISOString()]).toEqual([
      '2027-03-26T23:00:00.000Z',
      '2027-03-28T22:00:00.000Z',
    ]);
  });

  test('agree with month arithmetic by counting days of months', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2022-01-01'), max: new Date('2035-12-31'), noInvalidDate: true }),
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 1, max: 366 }),
        (anchor, months, days) => {
          const [y, m, d] = [anchor.getUTCFullYear(), anchor.getUTCMonth(), anchor.getUTCDate()];
          const lengthOfMonth = new Date(Date.UTC(y, m + months + 1, 0)).getUTCDate();
          const opens = Date.UTC(y, m + months, Math.min(d, lengthOfMonth));
          const found = windowOf(rolling(months, days), since(anchor.toISOString().slice(0, 10)));
          expect(found?.opensAt.getTime()).toBe(opens);
          expect(found?.closesAt.getTime()).toBe(opens + days * 86_400_000);
        },
      ),
    );
  });
});

test.each<[unknown, string]>([
  [{ fixed: { opens: '2026-11-30', closes: '2026-11-30' } }, 'closes after'],
  [{ fixed: { opens: '2026-02-30', closes: '2026-11-30' } }, 'YYYY-MM-DD'],
  [{ rolling: { anchor: 'birth', afterMonths: 6, days: 28 } }, 'rolling'],
  [{ rolling: { anchor: 'joined', afterMonths: 1.5, days: 28 } }, 'rolling'],
  [{ rolling: { anchor: 'joined', afterMonths: 6, days: 0 } }, 'rolling'],
  [{}, 'Write {'],
])('%j cannot be read', (json, words) => {
  expect(() => parseWindow(json)).toThrow(
    expect.objectContaining({
      code: 'wave.invalid_window',
      message: expect.stringContaining(words) as string,
    }),
  );
});
