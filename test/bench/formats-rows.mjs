// A million made-up rows of fifty columns, twice: as a plain table of typed columns, and as a release keeps them, one array of texts a row.

/** Pseudo-random whole numbers that are the same in every run: of a row, and of what is drawn for it. */
const draw = (nr) => `(hashint8(nr::bigint * 1000 + ${nr}) & 2147483647)`;
const WORDS = [
  'Сербия',
  'Белград',
  'безработный',
  'Новый Сад',
  'Черногория, Подгорица',
  'учитель',
  'Ереван',
  'программист',
];
const many = (count, name, column) =>
  Array.from({ length: count }, (_, at) => ({ name: `${name}${at + 1}`, ...column(at) }));

/** The key, in whose order the rows are; codes with reasons, larger numbers, decimals, days, short texts, and one longer text. */
export const COLUMNS = [
  { name: 'pidp', type: 'numeric', sql: '100000000 + 800 * nr' },
  ...many(35, 'code', (at) => ({
    type: 'numeric',
    isCode: true,
    sql: `(CASE ${draw(at)} % 10 WHEN 0 THEN -1 - ${draw(100 + at)} % 8 WHEN 1 THEN NULL ELSE 1 + ${draw(200 + at)} % 7 END)::int`,
  })),
  ...many(4, 'number', (at) => ({ type: 'numeric', sql: `100000000 + ${draw(300 + at)} % 900000000` })),
  ...many(3, 'decimal', (at) => ({
    type: 'numeric',
    sql: `(${draw(400 + at)} % 1000000)::double precision / 1000`,
  })),
  ...many(2, 'day', (at) => ({ type: 'date', sql: `date '2022-02-24' + ${draw(500 + at)} % 1500` })),
  ...many(4, 'word', (at) => ({
    type: 'string',
    sql: `CASE ${draw(600 + at)} % 4 WHEN 0 THEN NULL ELSE ('{${WORDS.map((word) => `"${word}"`).join(',')}}'::text[])[1 + ${draw(700 + at)} % 8] END`,
  })),
  {
    name: 'text',
    type: 'string',
    sql: `'Своими словами, ' || md5(nr::text) || CASE nr % 3 WHEN 0 THEN ', и ещё «да»' ELSE ' и "нет"' END`,
  },
];

/** Makes `plain` and `release_row`, both numbered from 1. */
export async function fillTables(db, rows) {
  const texts = COLUMNS.map(({ name }) => `${name}::text`).join(', ');
  await db.query(
    `CREATE TABLE plain AS SELECT nr, ${COLUMNS.map(({ name, sql }) => `${sql} AS ${name}`).join(', ')} FROM generate_series(1, ${rows}) AS nr`,
  );
  await db.query(`CREATE TABLE release_row AS SELECT nr, ARRAY[${texts}] AS cells FROM plain`);
  for (const table of ['plain', 'release_row']) await db.query(`ALTER TABLE ${table} ADD PRIMARY KEY (nr)`);
  await db.query('VACUUM ANALYZE');
  await db.query('CHECKPOINT');
}
