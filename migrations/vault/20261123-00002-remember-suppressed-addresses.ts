import { MigrationInterface, QueryRunner } from 'typeorm';

/** Addresses that must not be written to again, by their blind index alone: also after the person behind them is forgotten. */
export class RememberSuppressedAddresses1795392000002 implements MigrationInterface {
  name = 'RememberSuppressedAddresses1795392000002';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE suppressed_address (
        channel text NOT NULL,
        blind_index bytea NOT NULL,
        reason text NOT NULL CONSTRAINT suppressed_address_reason_check CHECK (reason IN ('bounced', 'complaint', 'staff')),
        CONSTRAINT suppressed_address_pk PRIMARY KEY (channel, blind_index)
      );
      CREATE TABLE sending_mark (
        single boolean CONSTRAINT sending_mark_pk PRIMARY KEY CONSTRAINT sending_mark_single_check CHECK (single),
        mark bigint NOT NULL
      );
      COMMENT ON TABLE sending_mark IS 'counts on together with the main database''s: one that lags behind was restored from an older backup';
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE sending_mark, suppressed_address');
  }
}
