import { type CellBlock } from '../format/cells.js';
import { dayAt, monthAt, secondAt } from '../format/written-date.js';

/** Stata counts from January 1960. */
const EPOCH_MONTHS = 1960 * 12;
const EPOCH_DAYS = 3653;
const EPOCH_SECONDS = EPOCH_DAYS * 86_400;
/** The first year that Stata knows. */
const LEAST_MONTHS = 100 * 12;
const LEAST_DAYS = dayAt(Buffer.from('0100-01-01'), 0, 10);

const from = (least: number, value: number): number => (value >= least ? value : NaN);

/** A date as Stata keeps it in `%td`: days from 1960-01-01. @returns undefined for an empty cell, NaN for what is no date from the year 100 on */
export function dayIn({ bytes, starts, lengths }: CellBlock, cell: number): number | undefined {
  const [start, length] = [starts[cell] as number, lengths[cell] as number];
  return length < 0 ? undefined : from(LEAST_DAYS, dayAt(bytes, start, start + length)) + EPOCH_DAYS;
}

/** A month in `%tm`: months from January 1960. @returns as dayIn */
export function monthIn({ bytes, starts, lengths }: CellBlock, cell: number): number | undefined {
  const [start, length] = [starts[cell] as number, lengths[cell] as number];
  return length < 0 ? undefined : from(LEAST_MONTHS, monthAt(bytes, start, start + length)) - EPOCH_MONTHS;
}

/** A date with a time in `%tc`: milliseconds from 1960-01-01T00:00, of no time zone and without leap seconds. @returns as dayIn */
export function millisecondIn({ bytes, starts, lengths }: CellBlock, cell: number): number | undefined {
  const [start, length] = [starts[cell] as number, lengths[cell] as number];
  if (length < 0) return undefined;
  return (from(LEAST_DAYS * 86_400, secondAt(bytes, start, start + length)) + EPOCH_SECONDS) * 1000;
}
