import { type DataSource } from 'typeorm';

// Rows of the vault that were stored alone tell by the number of their transaction, and by their place in the file, with which rows of
// the main database they came in. Stored anew, all at once and in the order of keyed hashes, they tell nothing.

const KEYED = ['suppressed_address', 'tombstone'];
const TABLES = ['member_key', 'contact_point', ...KEYED];

/** Longer than this nobody is kept waiting for the tables: what holds them goes first, and mixing is tried again later. */
const PATIENCE = '2s';

/** Whether any two rows were stored by different transactions. */
export async function tellsTransactions(vault: DataSource): Promise<boolean> {
  const all = TABLES.map((table) => `SELECT xmin::text AS xmin FROM ${table}`).join(' UNION ALL ');
  const [{ tells } = { tells: true }] = await vault.query<{ tells: boolean }[]>(
    `SELECT count(DISTINCT xmin) > 1 AS tells FROM (${all}) AS rows`,
  );
  return tells;
}

/** Stores all rows anew by one transaction. Readers go on; writers wait. Not by TRUNCATE, after which a backup under way would find nothing. */
export async function storeAnew(vault: DataSource): Promise<void> {
  await vault.transaction(async (tx) => {
    await tx.query(`SET LOCAL lock_timeout = '${PATIENCE}'`);
    await tx.query(`LOCK TABLE ${TABLES.join()} IN SHARE ROW EXCLUSIVE MODE`);
    for (const table of TABLES)
      await tx.query(`CREATE TEMP TABLE mixing_${table} ON COMMIT DROP AS TABLE ${table}`);
    for (const table of ['member_key', ...KEYED]) await tx.query(`DELETE FROM ${table}`); // contact points go with their keys
    for (const table of TABLES)
      await tx.query(`INSERT INTO ${table} SELECT * FROM mixing_${table} AS row ORDER BY row`);
  });
}

/** Takes what stood there before out of the tables' files. */
export async function dropOldRows(vault: DataSource): Promise<void> {
  const connection = vault.createQueryRunner();
  try {
    await connection.query(`SET lock_timeout = '${PATIENCE}'`);
    for (const table of TABLES) await connection.query(`VACUUM (FULL) ${table}`);
  } finally {
    await connection.query('RESET lock_timeout');
    await connection.release();
  }
}
