import { type CellBlock } from '../format/cells.js';

const ZERO = 48;
const HYPHEN = 45;
const COLON = 58;
const LETTER_T = 84;
const DAY_MS = 86_400_000;

/** A date as Stata keeps it in `%td`: days from 1960-01-01. @returns undefined for an empty cell, NaN for what is no date from the year 100 on */
export function dayIn({ bytes, starts, lengths }: CellBlock, cell: number): number | undefined {
  const length = lengths[cell] as number;
  if (length < 0) return undefined;
  return length === 10 ? dayAt(bytes, starts[cell] as number) : NaN;
}

/** A month in `%tm`: months from January 1960. @returns as dayIn */
export function monthIn({ bytes, starts, lengths }: CellBlock, cell: number): number | undefined {
  const length = lengths[cell] as number;
  if (length < 0) return undefined;
  const at = starts[cell] as number;
  if (length !== 7 || bytes[at + 4] !== HYPHEN) return NaN;
  const year = digits(bytes, at, 4);
  const month = digits(bytes, at + 5, 2);
  return year >= 100 && month >= 1 && month <= 12 ? (year - 1960) * 12 + month - 1 : NaN;
}

/** A date with a time in `%tc`: milliseconds from 1960-01-01T00:00, of no time zone and without leap seconds. @returns as dayIn */
export function millisecondIn({ bytes, starts, lengths }: CellBlock, cell: number): number | undefined {
  const length = lengths[cell] as number;
  if (length < 0) return undefined;
  const at = starts[cell] as number;
  const hasSeconds = length === 19;
  if (!hasSeconds && length !== 16) return NaN;
  if (bytes[at + 10] !== LETTER_T || bytes[at + 13] !== COLON) return NaN;
  if (hasSeconds && bytes[at + 16] !== COLON) return NaN;
  const hour = digits(bytes, at + 11, 2);
  const minute = digits(bytes, at + 14, 2);
  const second = hasSeconds ? digits(bytes, at + 17, 2) : 0;
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return NaN;
  return dayAt(bytes, at) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000;
}

function dayAt(bytes: Buffer, at: number): number {
  if (bytes[at + 4] !== HYPHEN || bytes[at + 7] !== HYPHEN) return NaN;
  const year = digits(bytes, at, 4);
  const month = digits(bytes, at + 5, 2);
  const day = digits(bytes, at + 8, 2);
  // Comparisons with NaN are false, so what is no number is refused too.
  if (!(year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return NaN;
  return dayNumber(year, month, day) - EPOCH;
}

/** A number of so many digits; NaN for what is none. */
function digits(bytes: Buffer, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at += 1) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const daysIn = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (DAYS[month - 1] as number);

/** Days from 0000-03-01 of the Gregorian calendar: a year that begins in March has its odd day last. */
function dayNumber(year: number, month: number, day: number): number {
  const from = month > 2 ? year : year - 1;
  const monthFromMarch = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.floor(from / 4) - Math.floor(from / 100) + Math.floor(from / 400);
  return from * 365 + leapDays + Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
}

const EPOCH = dayNumber(1960, 1, 1);
