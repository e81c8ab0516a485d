import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What names people and addresses under every master key, wrapped by the one of a version; several rows only while the master key
 * changes. A vault that has none yet goes on with the names that followed from its first key.
 */
export class KeepALookupSecret1795392000004 implements MigrationInterface {
  name = 'KeepALookupSecret1795392000004';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE vault_secret (
        version integer CONSTRAINT vault_secret_pk PRIMARY KEY,
        wrapped bytea NOT NULL
      );
      CREATE INDEX member_key_master_version ON member_key (master_version, owner);
      COMMENT ON TABLE vault_secret IS 'one row, or one for each master key that is still in use';
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX member_key_master_version; DROP TABLE vault_secret');
  }
}
