import { type CellBlock } from '../format/cells.js';

const ZERO = 48;
const HYPHEN = 45;
const COLON = 58;
const LETTER_T = 84;
const DAY = 86_400;

/** Days from 0000-03-01 of the Gregorian calendar: a year that begins in March has its odd day last. */
function dayNumber(year: number, month: number, day: number): number {
  const from = month > 2 ? year : year - 1;
  const monthFromMarch = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.floor(from / 4) - Math.floor(from / 100) + Math.floor(from / 400);
  return from * 365 + leapDays + Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
}

/** The day that SPSS counts from: the first of its calendar is the day after. */
const EPOCH = dayNumber(1582, 10, 14);

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isLeap = (year: number) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const daysIn = (year: number, month: number) =>
  month === 2 && isLeap(year) ? 29 : (DAYS[month - 1] as number);

/** A number of so many digits; NaN for what is none. */
function digits(bytes: Buffer, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index += 1) {
    const digit = (bytes[index] as number) - ZERO;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

function secondsOfDate(year: number, month: number, day: number): number {
  // Written so that NaN is refused too.
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return NaN;
  const days = dayNumber(year, month, day) - EPOCH;
  return days > 0 ? days * DAY : NaN;
}

function secondsOfTime(hour: number, minute: number, second: number): number {
  return hour <= 23 && minute <= 59 && second <= 59 ? hour * 3600 + minute * 60 + second : NaN;
}

/**
 * A moment as SPSS keeps it, of no time zone: seconds from 1582-10-14T00:00.
 * @returns undefined for an empty cell; NaN for what is no moment of that form, or lies before SPSS's calendar
 */
export function secondsIn(
  { bytes, starts, lengths }: CellBlock,
  cell: number,
  type: 'date' | 'month' | 'datetime',
): number | undefined {
  const length = lengths[cell] as number;
  if (length < 0) return undefined;
  const at = starts[cell] as number;
  const isLong = length === 19;
  const isOfForm =
    bytes[at + 4] === HYPHEN &&
    (type === 'month' ? length === 7 : bytes[at + 7] === HYPHEN) &&
    (type !== 'date' || length === 10) &&
    (type !== 'datetime' ||
      ((length === 16 || (isLong && bytes[at + 16] === COLON)) &&
        bytes[at + 10] === LETTER_T &&
        bytes[at + 13] === COLON));
  if (!isOfForm) return NaN;
  const day = type === 'month' ? 1 : digits(bytes, at + 8, 2);
  const date = secondsOfDate(digits(bytes, at, 4), digits(bytes, at + 5, 2), day);
  if (type !== 'datetime') return date;
  return (
    date +
    secondsOfTime(
      digits(bytes, at + 11, 2),
      digits(bytes, at + 14, 2),
      isLong ? digits(bytes, at + 17, 2) : 0,
    )
  );
}
