import { type EntityManager } from 'typeorm';

/** Held, in the main database, by every transaction that writes to the vault as well, and by whoever catches both at one moment. */
export const BOTH_DATABASES_LOCK = 7_215_012;

/**
 * Says that a transaction of the main database writes to the vault too: from here to its end no backup catches one database with this and
 * the other without. Such transactions do not wait for each other; a backup holds them up for the moment in which it begins.
 */
export async function writesToBoth(tx: EntityManager): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock_shared($1)', [BOTH_DATABASES_LOCK]);
}
