import { MigrationInterface, QueryRunner } from 'typeorm';

/** A ledger of who was erased, by a keyed hash alone: a restore of an older backup finds by it whom to erase again. */
export class RememberWhoWasErased1795392000003 implements MigrationInterface {
  name = 'RememberWhoWasErased1795392000003';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE tombstone (
        name bytea CONSTRAINT tombstone_pk PRIMARY KEY,
        erased_on date NOT NULL
      );
      COMMENT ON TABLE tombstone IS 'only grows. A name is another keyed hash than the owner of a key: the two cannot be joined';
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE tombstone');
  }
}
