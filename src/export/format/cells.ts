/**
 * Some rows of a table. The cell of row r and column c (from 0) is number `r × columns + c`: `lengths` bytes of `bytes` from `starts`,
 * in UTF-8; a length of −1 is an empty cell. Nothing is decoded before it is needed.
 */
export interface CellBlock {
  rows: number;
  columns: number;
  bytes: Buffer;
  starts: Int32Array;
  lengths: Int32Array;
}

const ZERO = 48;
const MINUS = 45;
const POINT = 46;
/** Digits of which a double holds every number exactly, as it does these powers of ten: one division of them rounds as the text would. */
const EXACT_DIGITS = 15;
const POWERS = Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power);

/** A cell as a number; undefined for an empty cell, NaN for what is none. Numbers of up to 15 digits, which most are, take no string. */
export function numberIn({ bytes, starts, lengths }: CellBlock, cell: number): number | undefined {
  const length = lengths[cell] as number;
  if (length < 0) return undefined;
  const start = starts[cell] as number;
  const end = start + length;
  const isNegative = bytes[start] === MINUS;
  const first = isNegative ? start + 1 : start;
  let value = 0;
  let at = first;
  for (; at < end; at += 1) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  const whole = at - first;
  if (whole === 0 || whole > EXACT_DIGITS) return slowly(bytes, start, end);
  if (at < end) {
    if (bytes[at] !== POINT || end - first - 1 > EXACT_DIGITS) return slowly(bytes, start, end);
    const decimals = end - at - 1;
    for (at += 1; at < end; at += 1) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit < 0 || digit > 9) return slowly(bytes, start, end);
      value = value * 10 + digit;
    }
    if (decimals === 0) return NaN;
    value /= POWERS[decimals] as number;
  }
  return isNegative ? -value : value;
}

const DECIMAL = /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/;

function slowly(bytes: Buffer, start: number, end: number): number {
  const text = bytes.toString('latin1', start, end);
  return DECIMAL.test(text) ? Number(text) : NaN;
}

/** A cell as text; undefined for an empty cell. */
export function textIn({ bytes, starts, lengths }: CellBlock, cell: number): string | undefined {
  const length = lengths[cell] as number;
  const start = starts[cell] as number;
  return length < 0 ? undefined : bytes.toString('utf8', start, start + length);
}

/** The bytes of a cell, without a copy; undefined for an empty cell. */
export function bytesIn({ bytes, starts, lengths }: CellBlock, cell: number): Buffer | undefined {
  const length = lengths[cell] as number;
  const start = starts[cell] as number;
  return length < 0 ? undefined : bytes.subarray(start, start + length);
}
