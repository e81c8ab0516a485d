const ZERO = 48;
const DASH = 45;
const COLON = 58;
const T = 84;
const MONTH_BYTES = 7;
const DAY_BYTES = 10;
const MINUTE_BYTES = 16;
const SECOND_BYTES = 19;
const DAY_SECONDS = 86_400;

/** A month, YYYY-MM, as months from January of the year 0. @returns NaN for bytes that are none from the year 1 on */
export const monthAt = (bytes: Buffer, start: number, end: number): number =>
  end - start === MONTH_BYTES ? monthFrom(bytes, start) : NaN;

/** A day of the Gregorian calendar, YYYY-MM-DD, as days from 1970-01-01. @returns as `monthAt` */
export const dayAt = (bytes: Buffer, start: number, end: number): number =>
  end - start === DAY_BYTES ? dayFrom(bytes, start) : NaN;

/** The first day of a month, YYYY-MM, as `dayAt`. @returns as `monthAt` */
export function firstDayAt(bytes: Buffer, start: number, end: number): number {
  const months = monthAt(bytes, start, end);
  return dayNumber(Math.floor(months / 12), (months % 12) + 1, 1) - EPOCH;
}

/** A day and a time of no zone, YYYY-MM-DDTHH:MM with or without :SS, as seconds from 1970-01-01T00:00. @returns as `monthAt` */
export function secondAt(bytes: Buffer, start: number, end: number): number {
  const hasSeconds = end - start === SECOND_BYTES;
  if (!hasSeconds && end - start !== MINUTE_BYTES) return NaN;
  if (bytes[start + 10] !== T || bytes[start + 13] !== COLON) return NaN;
  if (hasSeconds && bytes[start + 16] !== COLON) return NaN;
  const hour = digits(bytes, start + 11, 2);
  const minute = digits(bytes, start + 14, 2);
  const second = hasSeconds ? digits(bytes, start + 17, 2) : 0;
  // Comparisons with NaN are false, so what is no number is refused too.
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return NaN;
  return dayFrom(bytes, start) * DAY_SECONDS + (hour * 60 + minute) * 60 + second;
}

function monthFrom(bytes: Buffer, start: number): number {
  const year = digits(bytes, start, 4);
  const month = digits(bytes, start + 5, 2);
  return year >= 1 && bytes[start + 4] === DASH && month >= 1 && month <= 12 ? year * 12 + month - 1 : NaN;
}

function dayFrom(bytes: Buffer, start: number): number {
  const months = monthFrom(bytes, start);
  const year = Math.floor(months / 12);
  const month = (months % 12) + 1;
  const day = digits(bytes, start + 8, 2);
  if (!(bytes[start + 7] === DASH && day >= 1 && day <= daysIn(year, month))) return NaN;
  return dayNumber(year, month, day) - EPOCH;
}

/** A number of so many digits; NaN for what is none. */
function digits(bytes: Buffer, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at += 1) {
    const digit = (bytes[at] as number) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from 0000-03-01 of the Gregorian calendar: a year that begins in March has its odd day last. */
function dayNumber(year: number, month: number, day: number): number {
  const from = month > 2 ? year : year - 1;
  const monthFromMarch = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.floor(from / 4) - Math.floor(from / 100) + Math.floor(from / 400);
  return from * 365 + leapDays + Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
}

const EPOCH = dayNumber(1970, 1, 1);
