import { FORMULA_CELL } from '../kit/csv.js';

/** A string as an SQL literal. For names that questionnaires brought and that no parameter can carry (COPY has none). */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name as an SQL identifier. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A cell that no spreadsheet takes for a formula: as `notAFormulaCell`, in SQL. */
export const neutralised = (expression: string): string =>
  `CASE WHEN (${expression})::text ~ ${literal(FORMULA_CELL)} THEN '''' || (${expression})::text ELSE (${expression})::text END`;
