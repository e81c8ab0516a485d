import { type ClientBase } from 'pg';
import pgCopy from 'pg-copy-streams';
import { type HiddenName } from '../../analysis/disclosure/hide-in-files.js';
import { type CellBlock } from '../format/cells.js';
import { blocksOf } from '../format/copy-binary.js';
import { literal } from '../sql-text.js';

/** How often each of some cells of a file says each value: `cell` is its place among them. Empty cells say none. */
export async function countsOfValues(
  db: ClientBase,
  from: string,
  cells: readonly string[],
): Promise<{ cell: number; value: string; rows: number }[]> {
  const array = cells.map((sql) => `(${sql})::text`).join(', ');
  const { rows } = await db.query<{ cell: number; value: string; rows: number }>(
    `SELECT u.nr::int - 1 AS cell, u.value, count(*)::int AS rows
     FROM (SELECT ARRAY[${array}]::text[] AS cells FROM ${from}) AS f, unnest(f.cells) WITH ORDINALITY AS u(value, nr)
     WHERE u.value <> '' GROUP BY 1, 2`,
  );
  return rows;
}

/** Everybody's number in the release, with a place from 0 in its order. */
export async function placesOfPeople(db: ClientBase): Promise<Map<string, number>> {
  const { rows } = await db.query<{ pidp: number }>('SELECT pidp FROM export_pidp ORDER BY pidp');
  return new Map(rows.map(({ pidp }, place) => [String(pidp), place]));
}

/** The person's number and some cells of each row of a file, as text. */
export const valuesOf = (
  db: ClientBase,
  from: string,
  cells: readonly string[],
): AsyncGenerator<CellBlock> => {
  const array = ['t.pidp', ...cells].map((sql) => `(${sql})::text`).join(', ');
  const copy = pgCopy.to(`COPY (SELECT ARRAY[${array}]::text[] FROM ${from}) TO STDOUT (FORMAT binary)`);
  return blocksOf(db.query(copy) as AsyncIterable<Buffer>, cells.length + 1);
};

/** Keeps, until the transaction ends, of whom what is hidden. */
export async function keepHidden(
  db: ClientBase,
  people: ReadonlyMap<string, number>,
  hidden: readonly HiddenName[],
): Promise<void> {
  const numbers = [...people.keys()];
  await db.query(
    'CREATE TEMP TABLE release_hidden (pidp integer, name text, PRIMARY KEY (pidp, name)) ON COMMIT DROP',
  );
  await db.query('INSERT INTO release_hidden SELECT DISTINCT * FROM unnest($1::int[], $2::text[])', [
    hidden.map(({ person }) => numbers[person]),
    hidden.map(({ name }) => name),
  ]);
  await db.query('ANALYZE release_hidden');
}

/**
 * A cell, or what stands in its place where it is hidden. Empty cells stay empty.
 * @param name  what is hidden; null: anything
 */
export const unlessHidden = (sql: string, name: string | null, code: string | null): string =>
  `CASE WHEN (${sql}) IS NOT NULL THEN ${whereHidden(sql, name, code)} END`;

/** The same, of empty cells too. */
export const whereHidden = (sql: string, name: string | null, code: string | null): string =>
  `CASE WHEN EXISTS (
       SELECT FROM release_hidden h WHERE h.pidp = t.pidp ${name === null ? '' : `AND h.name = ${literal(name)}`})
     THEN ${code === null ? 'NULL' : literal(code)} ELSE (${sql})::text END`;
