import { MigrationInterface, QueryRunner } from 'typeorm';

/** What is owed to whom (contact attempts), the ways in (links, sessions), the scheduler's slots, and exports' keys. */
export class CreateContactsAndAccess1795305600003 implements MigrationInterface {
  name = 'CreateContactsAndAccess1795305600003';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE contact_attempt (
        member_id uuid NOT NULL,
        wave_id text NOT NULL,
        step text NOT NULL,
        state text NOT NULL CONSTRAINT contact_attempt_state_check
          CHECK (state IN ('planned', 'sending', 'sent', 'suppressed', 'failed', 'unknown')),
        channel text NOT NULL,
        due_at timestamptz NOT NULL,
        tries integer NOT NULL DEFAULT 0,
        claimed_at timestamptz,
        sent_at timestamptz,
        reason text,
        locale text,
        message_id text,
        CONSTRAINT contact_attempt_pk PRIMARY KEY (member_id, wave_id, step),
        CONSTRAINT contact_attempt_case_fk FOREIGN KEY (member_id, wave_id) REFERENCES issued_case
      );
      CREATE INDEX contact_attempt_due_ix ON contact_attempt (wave_id, due_at) WHERE state = 'planned';
      CREATE INDEX contact_attempt_sending_ix ON contact_attempt (claimed_at) WHERE state = 'sending';

      CREATE TABLE personal_link (
        token_hash bytea CONSTRAINT personal_link_pk PRIMARY KEY,
        member_id uuid NOT NULL,
        wave_id text NOT NULL,
        step text NOT NULL,
        stop_hash bytea NOT NULL CONSTRAINT personal_link_stop_unique UNIQUE,
        revoked boolean NOT NULL DEFAULT false,
        CONSTRAINT personal_link_case_fk FOREIGN KEY (member_id, wave_id) REFERENCES issued_case
      );
      COMMENT ON COLUMN personal_link.token_hash IS 'SHA-256 of the 256-bit token; the token itself is only in the message';
      COMMENT ON COLUMN personal_link.stop_hash IS 'SHA-256 of the token of the same message''s unsubscribe link';
      CREATE INDEX personal_link_case_ix ON personal_link (member_id, wave_id);

      CREATE TABLE respondent_session (
        token_hash bytea CONSTRAINT respondent_session_pk PRIMARY KEY,
        id uuid NOT NULL CONSTRAINT respondent_session_id_unique UNIQUE,
        member_id uuid NOT NULL,
        wave_id text NOT NULL,
        open_items jsonb,
        expires_on date NOT NULL,
        CONSTRAINT respondent_session_case_fk FOREIGN KEY (member_id, wave_id) REFERENCES issued_case
      );
      COMMENT ON COLUMN respondent_session.open_items IS 'items that this session may read and write; null is all';
      CREATE INDEX respondent_session_case_ix ON respondent_session (member_id, wave_id);

      CREATE TABLE message_stop (
        member_id uuid NOT NULL CONSTRAINT message_stop_member_fk REFERENCES member,
        channel text NOT NULL,
        stopped_on date NOT NULL,
        CONSTRAINT message_stop_pk PRIMARY KEY (member_id, channel)
      );

      CREATE TABLE cron_run (
        name text NOT NULL,
        slot timestamptz NOT NULL,
        CONSTRAINT cron_run_pk PRIMARY KEY (name, slot)
      );

      CREATE TABLE export_run (
        id uuid CONSTRAINT export_run_pk PRIMARY KEY,
        study_id text NOT NULL CONSTRAINT export_run_study_fk REFERENCES study,
        pidp_key bytea NOT NULL,
        created_at timestamptz NOT NULL
      );
      COMMENT ON COLUMN export_run.pidp_key IS 'makes the person numbers of this export: the way back from a file to a member';
      CREATE INDEX export_run_study_ix ON export_run (study_id);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      'DROP TABLE export_run, cron_run, message_stop, respondent_session, personal_link, contact_attempt',
    );
  }
}
