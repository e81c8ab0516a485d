const SPACE = '[ \\t\\r\\n\\v\\f\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]';
const SIGN = '[=+\\-@\\uff1d\\uff0b\\uff0d\\uff20]';

/**
 * The beginning of a cell that a spreadsheet would take for a formula (OWASP, CSV injection), as a pattern that JavaScript and PostgreSQL
 * read alike: = + - @ or their wide forms, be it after spaces, or a tab or line break.
 */
export const FORMULA_CELL = `^(?=${SPACE}*${SIGN}|[\\t\\r\\n])`;

const CELL = new RegExp(FORMULA_CELL);
/** The same, and inside a cell after a semicolon, tab or line break, at which a spreadsheet of many countries, Russia among them, cuts a line whatever is quoted in it. */
const PLACES = new RegExp(`${FORMULA_CELL}|(?<=[;\\t\\r\\n])(?=${SPACE}*${SIGN})`, 'g');

/** A cell of a data file: with an apostrophe before it where it would be a formula, otherwise byte for byte as it was said. */
export const notAFormulaCell = (text: string): string => (CELL.test(text) ? `'${text}` : text);

/** A text with an apostrophe at each place where a formula would begin. */
export const notAFormula = (text: string): string => text.replace(PLACES, "'");

/** A cell of a CSV file for people (RFC 4180), always quoted. */
export const csvCell = (text: string): string => `"${notAFormula(text).replaceAll('"', '""')}"`;
