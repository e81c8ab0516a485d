import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { addDays } from '../kit/clock.js';
import { InvalidWindow } from './window.problems.js';

/**
 * When a wave can be answered. `fixed`: from the beginning of the day `opens` to the beginning of the day `closes`, for everyone.
 * `rolling`: from so many calendar months after a member's own anchor, for so many days. With `orFromOpening` whoever is due before
 * the wave opens (they skipped a wave), or has no anchor (they are new), has these days from the opening.
 */
export type Window =
  | { fixed: { opens: string; closes: string } }
  | {
      rolling: {
        anchor: 'last_interview' | 'joined';
        afterMonths: number;
        days: number;
        orFromOpening?: boolean;
      };
    };

/** The dates (YYYY-MM-DD) from which a member's rolling windows count. */
export interface Anchors {
  joinedOn: string;
  /** Null for a member who has not answered yet. */
  lastInterviewOn: string | null;
}

const DATE = z.iso.date('Give the date as YYYY-MM-DD.');
const SCHEMA = z.union(
  [
    z.strictObject({
      fixed: z
        .strictObject({ opens: DATE, closes: DATE })
        .refine(({ opens, closes }) => opens < closes, 'A window closes after the day on which it opens.'),
    }),
    z.strictObject({
      rolling: z.strictObject({
        anchor: z.enum(['last_interview', 'joined']),
        afterMonths: z.int().min(0).max(120),
        days: z.int().min(1).max(366),
        orFromOpening: z.boolean().optional(),
      }),
    }),
  ],
  'Write { fixed: { opens, closes } } with dates, or { rolling: { anchor, afterMonths, days, orFromOpening? } }.',
);

/**
 * Reads a wave's declared window.
 * @throws InvalidWindow with every fault
 */
export function parseWindow(json: unknown): Window {
  const parsed = SCHEMA.safeParse(json);
  if (parsed.success) return parsed.data;
  throw InvalidWindow({
    faults: parsed.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.') || 'window'}: ${message}`,
    ),
  });
}

/**
 * A member's window as instants, `[opensAt, closesAt)`. A month that lacks the anchor's day ends it on its last one: six months after
 * 31 August is 28 or 29 February.
 * @param zone  the IANA zone in which days begin; the platform's dates are those of UTC
 * @returns undefined where the window counts from an interview that there has not been
 */
export function windowOf(
  window: Window,
  { joinedOn, lastInterviewOn }: Anchors,
  zone = 'UTC',
): { opensAt: Date; closesAt: Date } | undefined {
  const between = (opens: Temporal.PlainDate, closes: Temporal.PlainDate) => ({
    opensAt: beginningOf(opens, zone),
    closesAt: beginningOf(closes, zone),
  });
  if ('fixed' in window) {
    const { opens, closes } = window.fixed;
    return between(Temporal.PlainDate.from(opens), Temporal.PlainDate.from(closes));
  }
  const { anchor, afterMonths, days } = window.rolling;
  const from = anchor === 'joined' ? joinedOn : lastInterviewOn;
  if (from === null) return undefined;
  const opens = Temporal.PlainDate.from(from).add({ months: afterMonths }, { overflow: 'constrain' });
  return between(opens, opens.add({ days }));
}

/**
 * A member's window in a wave that has opened: never longer than the wave is open.
 * @param window  undefined where the wave declares none: it can be answered for as long as it is open
 * @returns undefined where the window counts from an interview that there has not been
 */
export function windowIn(
  wave: { openedAt: Date; closesAt: Date },
  window: Window | undefined,
  anchors: Anchors,
): { opensAt: Date; closesAt: Date } | undefined {
  if (!window) return { opensAt: wave.openedAt, closesAt: wave.closesAt };
  const own = windowOf(window, anchors);
  const within = (opensAt: Date, closesAt: Date) => ({
    opensAt,
    closesAt: closesAt < wave.closesAt ? closesAt : wave.closesAt,
  });
  if ('rolling' in window && window.rolling.orFromOpening && (!own || own.opensAt < wave.openedAt))
    return within(wave.openedAt, addDays(wave.openedAt, window.rolling.days));
  return own && within(own.opensAt, own.closesAt);
}

const beginningOf = (date: Temporal.PlainDate, zone: string): Date =>
  new Date(date.toZonedDateTime(zone).epochMilliseconds);
