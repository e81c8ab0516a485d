import { MigrationInterface, QueryRunner } from 'typeorm';

/** Tokens by which analysts' programs read the releases of a study. */
export class CreateAnalystTokens1795392000011 implements MigrationInterface {
  name = 'CreateAnalystTokens1795392000011';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE analyst_token (
        id uuid CONSTRAINT analyst_token_pk PRIMARY KEY,
        study_id text NOT NULL CONSTRAINT analyst_token_study_fk REFERENCES study,
        kind text NOT NULL CONSTRAINT analyst_token_kind_check CHECK (kind IN ('SUF', 'PUF')),
        name text NOT NULL CONSTRAINT analyst_token_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
        token_hash bytea NOT NULL CONSTRAINT analyst_token_hash_unique UNIQUE
          CONSTRAINT analyst_token_hash_check CHECK (octet_length(token_hash) = 32),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz,
        used_on date,
        CONSTRAINT analyst_token_expiry_check CHECK (expires_at > created_at AND expires_at <= created_at + interval '9600 hours')
      );
      COMMENT ON TABLE analyst_token IS 'what lets an analyst''s program read one kind of release of one study; rows stay, so that an id in the audit log has a name';
      COMMENT ON COLUMN analyst_token.name IS 'the analyst''s and their institution''s; never a respondent''s';
      COMMENT ON COLUMN analyst_token.token_hash IS 'SHA-256; the token itself is kept nowhere';
      COMMENT ON COLUMN analyst_token.expires_at IS 'at most 400 days after it was made';
      COMMENT ON COLUMN analyst_token.used_on IS 'the last day (UTC) on which it let a request in';
      CREATE INDEX analyst_token_study_ix ON analyst_token (study_id);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE analyst_token');
  }
}
