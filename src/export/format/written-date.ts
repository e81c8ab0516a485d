const ZERO = 48;
const DASH = 45;
const COLON = 58;
const T = 84;
const MONTH_BYTES = 7;
const DAY_BYTES = 10;
const MINUTE_BYTES = 16;
const SECOND_BYTES = 19;

/** Whether these bytes are a month, YYYY-MM, from the year 1 on. */
export const isMonth = (bytes: Buffer, start: number, end: number): boolean =>
  end - start === MONTH_BYTES && startsWithMonth(bytes, start);

/** Whether these bytes are a day of the calendar, YYYY-MM-DD. */
export const isDay = (bytes: Buffer, start: number, end: number): boolean =>
  end - start === DAY_BYTES && startsWithDay(bytes, start);

/** Whether these bytes are a day and a time, YYYY-MM-DDTHH:MM with or without :SS. */
export function isDayAndTime(bytes: Buffer, start: number, end: number): boolean {
  const length = end - start;
  if (length !== MINUTE_BYTES && length !== SECOND_BYTES) return false;
  if (!startsWithDay(bytes, start) || bytes[start + 10] !== T || bytes[start + 13] !== COLON) return false;
  if (two(bytes, start + 11) > 23 || two(bytes, start + 14) > 59) return false;
  return length === MINUTE_BYTES || (bytes[start + 16] === COLON && two(bytes, start + 17) <= 59);
}

function startsWithMonth(bytes: Buffer, start: number): boolean {
  const month = two(bytes, start + 5);
  return yearIn(bytes, start) >= 1 && bytes[start + 4] === DASH && month >= 1 && month <= 12;
}

function startsWithDay(bytes: Buffer, start: number): boolean {
  if (!startsWithMonth(bytes, start) || bytes[start + 7] !== DASH) return false;
  const day = two(bytes, start + 8);
  return day >= 1 && day <= daysIn(yearIn(bytes, start), two(bytes, start + 5));
}

const NO_DIGITS = 10_000;

const yearIn = (bytes: Buffer, start: number): number => {
  const century = two(bytes, start);
  const year = two(bytes, start + 2);
  return century === NO_DIGITS || year === NO_DIGITS ? 0 : 100 * century + year;
};

/** Two digits; more than any two digits make where there are none. */
function two(bytes: Buffer, at: number): number {
  const tens = (bytes[at] as number) - ZERO;
  const ones = (bytes[at + 1] as number) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : NO_DIGITS;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
