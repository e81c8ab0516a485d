import pg from 'pg';
import { type VaultKeys } from '../../src/vault/vault-keys.node.js';
import { type Feature } from './seizure-joins.js';

/** A column, or what PostgreSQL itself keeps of a row. */
interface Observed {
  table: string;
  name: string;
  /** SQL that gives a number, or a text to be put in order. */
  sql: string;
}

const ident = (name: string) => `"${name}"`;

/** All that a thief can put in order about the rows of some tables. */
async function observedIn(client: pg.Client, tables: readonly string[]): Promise<Observed[]> {
  const { rows } = await client.query<{ table: string; column: string; type: string }>(
    `SELECT table_name AS table, column_name AS column, data_type AS type FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = ANY($1) ORDER BY 1, 2`,
    [tables],
  );
  const own = tables.flatMap((table): Observed[] => [
    { table, name: 'xmin', sql: 'r.xmin::text::bigint' },
    { table, name: 'age', sql: 'age(r.xmin)' },
    // page and place in the page
    { table, name: 'ctid', sql: `(r.ctid::text::point)[0] * 10000 + (r.ctid::text::point)[1]` },
    { table, name: 'size', sql: 'pg_column_size(r.*)' },
  ]);
  const columns = rows.flatMap(({ table, column, type }): Observed[] => {
    const value = `r.${ident(column)}`;
    const size = { table, name: `size of ${column}`, sql: `pg_column_size(${value})` };
    if (/^(timestamp|date)/.test(type)) return [{ table, name: column, sql: `extract(epoch FROM ${value})` }];
    if (/^(integer|bigint|smallint|numeric)/.test(type)) return [{ table, name: column, sql: value }];
    if (type === 'bytea' || type === 'uuid') return [{ table, name: column, sql: `${value}::text` }, size];
    return [
      { table, name: column, sql: `md5(${value}::text)` },
      { table, name: `${column} in order`, sql: `${value}::text` },
      size,
    ];
  });
  return [...own, ...columns];
}

/** Tables of a database that have one of some columns. */
async function tablesWith(client: pg.Client, columns: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await client.query<{ table: string; columns: string[] }>(
    `SELECT table_name AS table, array_agg(column_name::text) AS columns FROM information_schema.columns
     JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND column_name = ANY($1) GROUP BY 1 ORDER BY 1`,
    [columns],
  );
  return new Map(rows.map(({ table, columns: found }) => [table, found]));
}

/** Of several rows of one person the first and the last. */
async function featuresOf(
  client: pg.Client,
  { table, name, sql }: Observed,
  person: string,
): Promise<Feature[]> {
  const { rows } = await client.query<{ person: string | null; first: number; last: number }>(
    `WITH ranked AS (
       SELECT ${person} AS person, dense_rank() OVER (ORDER BY ${sql}) AS rank, ${sql} AS value FROM ${ident(table)} AS r
     ) SELECT person, min(rank)::int AS first, max(rank)::int AS last FROM ranked WHERE value IS NOT NULL GROUP BY 1`,
  );
  const known = rows.flatMap((row) => (row.person === null ? [] : [{ ...row, person: row.person }]));
  const first = { name: `${table}.${name}`, of: new Map(known.map((row) => [row.person, row.first])) };
  if (known.every((row) => row.first === row.last)) return [first];
  return [first, { name: `${table}.${name}, last`, of: new Map(known.map((row) => [row.person, row.last])) }];
}

/** Numbers of transactions as they are: the two databases of a server count them together. */
async function transactionsOf(client: pg.Client, table: string, person: string): Promise<Feature> {
  const { rows } = await client.query<{ person: string | null; xmin: string }>(
    `SELECT ${person} AS person, max(r.xmin::text::bigint)::text AS xmin FROM ${ident(table)} AS r GROUP BY 1`,
  );
  const of = new Map(rows.flatMap(({ person: who, xmin }) => (who === null ? [] : [[who, Number(xmin)]])));
  return { name: `${table}, transaction`, of };
}

/** How many rows a table has of each. */
async function countsOf(client: pg.Client, table: string, person: string): Promise<Feature> {
  const { rows } = await client.query<{ person: string | null; count: number }>(
    `SELECT ${person} AS person, count(*)::int AS count FROM ${ident(table)} AS r GROUP BY 1`,
  );
  const of = new Map(rows.flatMap(({ person: who, count }) => (who === null ? [] : [[who, count]])));
  return { name: `${table}, count`, of };
}

async function all(client: pg.Client, people: ReadonlyMap<string, string>): Promise<Feature[]> {
  const features: Feature[] = [];
  for (const observed of await observedIn(client, [...people.keys()]))
    features.push(...(await featuresOf(client, observed, people.get(observed.table) ?? 'NULL')));
  for (const [table, person] of people)
    features.push(await transactionsOf(client, table, person), await countsOf(client, table, person));
  return features.filter(({ of }) => of.size > 0);
}

/** What the main database says of each member, by the member's id. */
export async function seenInMain(client: pg.Client): Promise<Feature[]> {
  const tables = await tablesWith(client, ['member_id']);
  const people = new Map([...tables.keys()].map((table) => [table, 'r.member_id::text']));
  return all(client, people.set('member', 'r.id::text'));
}

/**
 * What the vault says of each owner or blind index, by the id of the member whom it is about: that the thief does not know, and it is what
 * they would find out. Contact points by channel: in which channels somebody is reached, both databases say (`reachGroups`).
 */
export async function seenInVault(
  client: pg.Client,
  keys: VaultKeys,
  members: readonly string[],
): Promise<Feature[]> {
  const tables = await tablesWith(client, ['owner', 'blind_index']);
  const owners = new Map(members.map((id) => [keys.ownerOf(id).toString('hex'), id]));
  const { rows } = await client.query<{ owner: string; channel: string; index: string }>(
    `SELECT encode(owner, 'hex') AS owner, channel, encode(blind_index, 'hex') AS index FROM contact_point`,
  );
  const ownerAt = new Map(rows.map(({ index, owner }) => [index, owner]));
  const people = new Map(
    [...tables]
      .filter(([table]) => table !== 'contact_point')
      .map(([table, columns]) => [
        table,
        columns.includes('owner') ? `encode(r.owner, 'hex')` : `encode(r.blind_index, 'hex')`,
      ]),
  );
  const channels = [...new Set(rows.map(({ channel }) => channel))];
  const features = await all(client, people);
  for (const channel of channels) features.push(...(await ofChannel(client, channel)));
  return features.map(({ name, of }) => ({
    name,
    of: new Map(
      [...of].flatMap(([who, value]) => {
        const member = owners.get(who) ?? owners.get(ownerAt.get(who) ?? '');
        return member === undefined ? [] : [[member, value] as const];
      }),
    ),
  }));
}

/** How many people the vault says to be reached in the same channels: so many at least cannot be told apart by that. */
export async function reachGroups(client: pg.Client): Promise<Record<string, number>> {
  const { rows } = await client.query<{ channels: string; people: number }>(
    `SELECT channels, count(*)::int AS people FROM (
       SELECT string_agg(channel, '+' ORDER BY channel) AS channels FROM contact_point GROUP BY owner
     ) AS owners GROUP BY 1 ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ channels, people }) => [channels, people]));
}

async function ofChannel(client: pg.Client, channel: string): Promise<Feature[]> {
  const { rows } = await client.query<{ owner: string } & Record<string, number | string>>(
    `SELECT encode(r.owner, 'hex') AS owner, r.xmin::text::bigint::float8 AS transaction,
       row_number() OVER (ORDER BY r.ctid)::int AS ctid, octet_length(r.value) AS size,
       row_number() OVER (ORDER BY r.owner)::int AS "order of owners", row_number() OVER (ORDER BY r.blind_index)::int AS "order of indexes"
     FROM contact_point AS r WHERE channel = $1`,
    [channel],
  );
  return ['transaction', 'ctid', 'size', 'order of owners', 'order of indexes'].map((name) => ({
    name: `contact_point of ${channel}, ${name}`,
    of: new Map(rows.map((row) => [row.owner, Number(row[name])])),
  }));
}
