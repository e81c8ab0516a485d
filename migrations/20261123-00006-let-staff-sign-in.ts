import { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts of the staff, what they may do, how they prove who they are, and their sessions. */
export class LetStaffSignIn1795392000006 implements MigrationInterface {
  name = 'LetStaffSignIn1795392000006';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE staff_account (
        id uuid CONSTRAINT staff_account_pk PRIMARY KEY,
        email_index bytea NOT NULL CONSTRAINT staff_account_email_unique UNIQUE,
        email bytea NOT NULL,
        password_hash text,
        totp_secret bytea,
        totp_step bigint,
        invited_at timestamptz NOT NULL,
        accepted_at timestamptz,
        revoked_at timestamptz,
        CONSTRAINT staff_account_password_check CHECK (accepted_at IS NOT NULL OR password_hash IS NULL)
      );
      COMMENT ON COLUMN staff_account.email_index IS 'keyed hash of the address, by which it is found';
      COMMENT ON COLUMN staff_account.email IS 'sealed under a key that is not in the database, as is the secret';
      COMMENT ON COLUMN staff_account.password_hash IS 'Argon2id, with its parameters';
      COMMENT ON COLUMN staff_account.totp_step IS 'the step of the last code that was taken: it and those before are not taken again';

      CREATE TABLE staff_grant (
        account_id uuid NOT NULL CONSTRAINT staff_grant_account_fk REFERENCES staff_account ON DELETE CASCADE,
        role text NOT NULL CONSTRAINT staff_grant_role_check CHECK (role IN ('owner', 'researcher', 'field_manager', 'analyst')),
        study_id text CONSTRAINT staff_grant_study_fk REFERENCES study ON DELETE CASCADE,
        granted_at timestamptz NOT NULL,
        nr bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT staff_grant_pk PRIMARY KEY,
        CONSTRAINT staff_grant_unique UNIQUE NULLS NOT DISTINCT (account_id, role, study_id)
      );
      COMMENT ON COLUMN staff_grant.study_id IS 'null: every study';
      CREATE INDEX staff_grant_study_ix ON staff_grant (study_id);

      CREATE TABLE staff_link (
        token_hash bytea CONSTRAINT staff_link_pk PRIMARY KEY,
        account_id uuid NOT NULL CONSTRAINT staff_link_account_fk REFERENCES staff_account ON DELETE CASCADE,
        purpose text NOT NULL CONSTRAINT staff_link_purpose_check CHECK (purpose IN ('invitation', 'second_factor')),
        lapses_at timestamptz NOT NULL,
        CONSTRAINT staff_link_account_unique UNIQUE (account_id)
      );
      COMMENT ON TABLE staff_link IS 'a link that somebody holds and has not used; a newer one takes its place';

      CREATE TABLE staff_passkey (
        credential_id bytea CONSTRAINT staff_passkey_pk PRIMARY KEY,
        account_id uuid NOT NULL CONSTRAINT staff_passkey_account_fk REFERENCES staff_account ON DELETE CASCADE,
        public_key bytea NOT NULL,
        counter bigint NOT NULL,
        transports text[] NOT NULL
      );
      CREATE INDEX staff_passkey_account_ix ON staff_passkey (account_id);

      CREATE TABLE staff_recovery_code (
        account_id uuid NOT NULL CONSTRAINT staff_recovery_code_account_fk REFERENCES staff_account ON DELETE CASCADE,
        code_hash bytea NOT NULL,
        CONSTRAINT staff_recovery_code_pk PRIMARY KEY (account_id, code_hash)
      );
      COMMENT ON TABLE staff_recovery_code IS 'keyed hashes of codes that were not used yet';

      CREATE TABLE staff_session (
        token_hash bytea CONSTRAINT staff_session_pk PRIMARY KEY,
        account_id uuid NOT NULL CONSTRAINT staff_session_account_fk REFERENCES staff_account ON DELETE CASCADE,
        stage text NOT NULL CONSTRAINT staff_session_stage_check CHECK (stage IN ('password', 'enrolment', 'signed_in')),
        seen_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        proven_until timestamptz,
        challenge text,
        password_hash text,
        totp_secret bytea
      );
      COMMENT ON COLUMN staff_session.proven_until IS 'until then a second factor counts as just proved';
      COMMENT ON COLUMN staff_session.challenge IS 'what a passkey is to sign now, once';
      COMMENT ON COLUMN staff_session.password_hash IS 'chosen, but not the account''s before a second factor is set up; so is the secret';
      CREATE INDEX staff_session_account_ix ON staff_session (account_id);

      CREATE TABLE sign_in_delay (
        key bytea CONSTRAINT sign_in_delay_pk PRIMARY KEY,
        failures int NOT NULL,
        retry_at timestamptz NOT NULL
      );
      COMMENT ON TABLE sign_in_delay IS 'tries in a row that failed, by the keyed hash of an address that was typed, whether an account has it or not';
      CREATE INDEX sign_in_delay_retry_ix ON sign_in_delay (retry_at);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE sign_in_delay, staff_session, staff_recovery_code, staff_passkey, staff_link, staff_grant, staff_account;
    `);
  }
}
