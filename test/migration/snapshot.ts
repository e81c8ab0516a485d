import { type QueryRunner } from 'typeorm';

/** The rows of every table as one checksum each. */
export async function dataOf(db: QueryRunner): Promise<Record<string, string>> {
  const tables = (await db.query(
    `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY 1`,
  )) as { name: string }[];
  const sums: Record<string, string> = {};
  for (const { name } of tables) {
    const [{ sum, rows }] = (await db.query(
      `SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) AS sum, count(*)::int AS rows FROM "${name}" t`,
    )) as [{ sum: string; rows: number }];
    sums[name] = `${rows} ${sum}`;
  }
  return sums;
}

const PARTS = [
  // The order among the columns that there are: a number that a dropped column had is not given again.
  `SELECT table_name, column_name, row_number() OVER (PARTITION BY table_name ORDER BY ordinal_position), data_type, is_nullable, column_default, identity_generation
   FROM information_schema.columns WHERE table_schema = 'public'`,
  `SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace`,
  `SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'`,
  `SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'`,
  `SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal`,
  `SELECT p.oid::regprocedure::text, prosrc FROM pg_proc p WHERE pronamespace = 'public'::regnamespace`,
  `SELECT typname, typtype FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')`,
  `SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace`,
  `SELECT objoid::regclass::text, attname, description FROM pg_description
   LEFT JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid AND objsubid > 0
   WHERE classoid = 'pg_class'::regclass AND objoid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)`,
];

/** All that the schema says, in a fixed order. */
export async function schemaOf(db: QueryRunner): Promise<string[]> {
  const lines: string[] = [];
  for (const part of PARTS)
    for (const row of (await db.query(part)) as object[]) lines.push(JSON.stringify(Object.values(row)));
  return lines.filter((line) => !line.includes('"migrations')).sort();
}
