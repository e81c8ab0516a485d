import { MigrationInterface, QueryRunner } from 'typeorm';

/** Members decide on their own page what becomes of them; consents change outside of waves. */
export class LetMembersDecide1795392000010 implements MigrationInterface {
  name = 'LetMembersDecide1795392000010';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE SEQUENCE consent_order;
      ALTER TABLE consent ADD nr bigint;
      UPDATE consent k SET nr = o.nr
      FROM (SELECT c.member_id, c.wave_id, c.purpose,
                   row_number() OVER (ORDER BY c.decided_on, w.opened_at, c.wave_id, c.member_id, c.purpose) AS nr
            FROM consent c JOIN wave w ON w.id = c.wave_id) AS o
      WHERE k.member_id = o.member_id AND k.wave_id = o.wave_id AND k.purpose = o.purpose;
      SELECT setval('consent_order', 1 + (SELECT count(*) FROM consent), false);
      ALTER TABLE consent ALTER nr SET DEFAULT nextval('consent_order'), ALTER nr SET NOT NULL;
      COMMENT ON COLUMN consent.nr IS 'which of a member''s decisions came later: days alone do not tell';

      CREATE TABLE consent_change (
        member_id uuid NOT NULL CONSTRAINT consent_change_member_fk REFERENCES member,
        nr bigint NOT NULL DEFAULT nextval('consent_order'),
        purpose text NOT NULL,
        given boolean NOT NULL,
        text_version text NOT NULL,
        locale text NOT NULL,
        decided_on date NOT NULL,
        way text NOT NULL CONSTRAINT consent_change_way_check CHECK (way IN ('own_page', 'stop_page', 'staff')),
        CONSTRAINT consent_change_pk PRIMARY KEY (member_id, nr)
      );
      COMMENT ON TABLE consent_change IS 'consents given or withdrawn outside of waves; numbered together with those of waves, the last one counts';

      CREATE TABLE rights_receipt (
        code_hash bytea CONSTRAINT rights_receipt_pk PRIMARY KEY,
        study_id text NOT NULL CONSTRAINT rights_receipt_study_fk REFERENCES study,
        act text NOT NULL,
        done_on date NOT NULL,
        state text NOT NULL CONSTRAINT rights_receipt_state_check CHECK (state IN ('done', 'under_way', 'not_done'))
      );
      COMMENT ON TABLE rights_receipt IS 'what was done for somebody whom only the holder of the code knows; it outlives an erasure';
      CREATE INDEX rights_receipt_study_ix ON rights_receipt (study_id);

      CREATE TABLE address_change (
        id uuid CONSTRAINT address_change_pk PRIMARY KEY,
        member_id uuid NOT NULL CONSTRAINT address_change_member_fk REFERENCES member,
        sealed bytea NOT NULL,
        locale text NOT NULL,
        asked_at timestamptz NOT NULL,
        proved_at timestamptz,
        receipt bytea,
        CONSTRAINT address_change_receipt_check CHECK ((proved_at IS NULL) = (receipt IS NULL))
      );
      COMMENT ON TABLE address_change IS 'new addresses until the vault has them; sealed for its eyes only';
      COMMENT ON COLUMN address_change.receipt IS 'the receipt that says what became of it';
      CREATE INDEX address_change_member_ix ON address_change (member_id);
      CREATE INDEX address_change_proved_ix ON address_change (proved_at) WHERE proved_at IS NOT NULL;

      CREATE TABLE rights_link (
        token_hash bytea CONSTRAINT rights_link_pk PRIMARY KEY,
        member_id uuid NOT NULL CONSTRAINT rights_link_member_fk REFERENCES member,
        expires_at timestamptz NOT NULL,
        change_id uuid CONSTRAINT rights_link_change_fk REFERENCES address_change ON DELETE CASCADE
      );
      COMMENT ON TABLE rights_link IS 'proofs of a mailbox, good for one click; of a new address where it names a change';
      CREATE INDEX rights_link_member_ix ON rights_link (member_id);
      CREATE INDEX rights_link_change_ix ON rights_link (change_id);

      CREATE TABLE rights_session (
        token_hash bytea CONSTRAINT rights_session_pk PRIMARY KEY,
        member_id uuid NOT NULL CONSTRAINT rights_session_member_fk REFERENCES member,
        idle_until timestamptz NOT NULL,
        ends_at timestamptz NOT NULL
      );
      CREATE INDEX rights_session_member_ix ON rights_session (member_id);

      ALTER TABLE link_request
        ADD purpose text NOT NULL DEFAULT 'interview'
          CONSTRAINT link_request_purpose_check CHECK (purpose IN ('interview', 'own_page', 'new_address', 'address_changed')),
        ADD change_id uuid CONSTRAINT link_request_change_fk REFERENCES address_change ON DELETE SET NULL,
        DROP CONSTRAINT link_request_sealed_check,
        ADD CONSTRAINT link_request_sealed_check CHECK (
          CASE WHEN state <> 'asked' THEN sealed IS NULL
               WHEN purpose = 'own_page' THEN sealed IS NOT NULL OR member_id IS NOT NULL
               ELSE sealed IS NOT NULL END);
      ALTER TABLE link_request ALTER purpose DROP DEFAULT;
      CREATE INDEX link_request_change_ix ON link_request (change_id);

      ALTER TABLE telegram_start ALTER wave_id DROP NOT NULL,
        ADD CONSTRAINT telegram_start_member_fk FOREIGN KEY (member_id) REFERENCES member;
      COMMENT ON COLUMN telegram_start.wave_id IS 'null where the code was asked for on the member''s own page';
      COMMENT ON COLUMN link_request.member_id IS 'whose it was found to be; from the beginning where their own session asked';
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DELETE FROM telegram_start WHERE wave_id IS NULL;
      COMMENT ON COLUMN telegram_start.wave_id IS NULL;
      ALTER TABLE telegram_start DROP CONSTRAINT telegram_start_member_fk, ALTER wave_id SET NOT NULL;
      DELETE FROM link_request WHERE purpose <> 'interview';
      ALTER TABLE link_request DROP CONSTRAINT link_request_sealed_check, DROP change_id, DROP purpose,
        ADD CONSTRAINT link_request_sealed_check CHECK ((state = 'asked') = (sealed IS NOT NULL));
      COMMENT ON COLUMN link_request.member_id IS NULL;
      DROP TABLE rights_session, rights_link, address_change, rights_receipt, consent_change;
      ALTER TABLE consent DROP nr;
      DROP SEQUENCE consent_order;
    `);
  }
}
