/** A string as an SQL literal. For names that questionnaires brought and that no parameter can carry (COPY has none). */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name as an SQL identifier. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * A text cell that no spreadsheet takes for a formula: what begins with = + - @, tab or carriage return gets an apostrophe
 * before it (OWASP, CSV injection).
 */
export const neutralised = (expression: string): string =>
  `CASE WHEN ${expression} ~ '^[=+\\-@\\t\\r]' THEN '''' || ${expression} ELSE ${expression} END`;
