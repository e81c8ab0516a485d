import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { InvalidWindow } from './window.problems.js';

/**
 * When a wave can be answered. `fixed`: from the beginning of the day `opens` to the beginning of the day `closes`, for everyone.
 * `rolling`: from so many calendar months after a member's own anchor, for so many days.
 */
export type Window =
  | { fixed: { opens: string; closes: string } }
  | { rolling: { anchor: 'last_interview' | 'joined'; afterMonths: number; days: number } };

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
      }),
    }),
  ],
  'Write { fixed: { opens, closes } } with dates, or { rolling: { anchor, afterMonths, days } }.',
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

const beginningOf = (date: Temporal.PlainDate, zone: string): Date =>
  new Date(date.toZonedDateTime(zone).epochMilliseconds);
