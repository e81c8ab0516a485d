/** A calendar month as YYYY-MM; months compare as text. */
export type Month = string;

/** The month of a date (YYYY-MM-DD) or of a month. */
export const monthOf = (date: string): Month => date.slice(0, 7);

/** Calendar months from one month to another; negative where the second is the earlier one. */
export const monthsFrom = (from: Month, to: Month): number => countOf(to) - countOf(from);

/** The month that lies so many months after (or, where negative, before) another. */
export function monthAfter(month: Month, months: number): Month {
  const count = countOf(month) + months;
  return monthIn(Math.floor(count / 12), (count % 12) + 1);
}

/** A month of a year; `number` counts from 1. */
export const monthIn = (year: number, number: number): Month =>
  `${String(year).padStart(4, '0')}-${String(number).padStart(2, '0')}`;

export const laterOf = (a: Month, b: Month): Month => (a > b ? a : b);
export const earlierOf = (a: Month, b: Month): Month => (a < b ? a : b);

const countOf = (month: Month): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
