import { type CellBlock } from '../format/cells.js';
import { dayAt, firstDayAt, secondAt } from '../format/written-date.js';

const DAY = 86_400;
/** The day that SPSS counts from: the first of its calendar is the day after. */
const EPOCH = dayAt(Buffer.from('1582-10-14'), 0, 10) * DAY;

/**
 * A moment as SPSS keeps it, of no time zone: seconds from 1582-10-14T00:00; of a month, its first day.
 * @returns undefined for an empty cell; NaN for what is no moment of that form, or lies before SPSS's calendar
 */
export function secondsIn(
  { bytes, starts, lengths }: CellBlock,
  cell: number,
  type: 'date' | 'month' | 'datetime',
): number | undefined {
  const length = lengths[cell] as number;
  if (length < 0) return undefined;
  const start = starts[cell] as number;
  const seconds = secondsOf(bytes, start, start + length, type) - EPOCH;
  return seconds >= DAY ? seconds : NaN;
}

function secondsOf(bytes: Buffer, start: number, end: number, type: 'date' | 'month' | 'datetime'): number {
  if (type === 'datetime') return secondAt(bytes, start, end);
  if (type === 'date') return dayAt(bytes, start, end) * DAY;
  return firstDayAt(bytes, start, end) * DAY;
}
