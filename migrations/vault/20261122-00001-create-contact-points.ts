import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How to reach people, in a database of its own. `owner` is a keyed hash of the member's id, so that without the master
 * key the rows cannot be joined to the panel; values are encrypted under a key per member, wrapped by the master key.
 * No times: an order of events would join what the keys keep apart.
 */
export class CreateContactPoints1795305600001 implements MigrationInterface {
  name = 'CreateContactPoints1795305600001';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE member_key (
        owner bytea CONSTRAINT member_key_pk PRIMARY KEY,
        wrapped_key bytea NOT NULL,
        master_version integer NOT NULL
      );
      CREATE TABLE contact_point (
        owner bytea NOT NULL CONSTRAINT contact_point_owner_fk REFERENCES member_key ON DELETE CASCADE,
        channel text NOT NULL,
        value bytea NOT NULL,
        blind_index bytea NOT NULL,
        CONSTRAINT contact_point_pk PRIMARY KEY (owner, channel),
        CONSTRAINT contact_point_value_unique UNIQUE (channel, blind_index)
      );
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE contact_point, member_key');
  }
}
