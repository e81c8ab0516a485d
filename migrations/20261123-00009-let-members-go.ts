import { MigrationInterface, QueryRunner } from 'typeorm';

/** What stays when a member is erased: what the vault still has to do, counts, seals that hold, and the answer to a device that was left open. */
export class LetMembersGo1795392000009 implements MigrationInterface {
  name = 'LetMembersGo1795392000009';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE erasure_owed (
        member_id uuid CONSTRAINT erasure_owed_pk PRIMARY KEY,
        study_id text NOT NULL CONSTRAINT erasure_owed_study_fk REFERENCES study,
        erased_on date NOT NULL,
        receipt bytea
      );
      COMMENT ON TABLE erasure_owed IS 'members who are erased here, and whom the vault has still to forget';
      COMMENT ON COLUMN erasure_owed.receipt IS 'the receipt that says so when it is done; null where nobody holds one';
      CREATE INDEX erasure_owed_study_ix ON erasure_owed (study_id);

      CREATE TABLE erased_members (
        study_id text CONSTRAINT erased_members_pk PRIMARY KEY CONSTRAINT erased_members_study_fk REFERENCES study,
        erased integer NOT NULL
      );
      COMMENT ON TABLE erased_members IS 'how many were erased, and no more of them';

      CREATE TABLE erased_cases (
        wave_id text NOT NULL CONSTRAINT erased_cases_wave_fk REFERENCES wave,
        disposition text NOT NULL,
        erased integer NOT NULL,
        CONSTRAINT erased_cases_pk PRIMARY KEY (wave_id, disposition)
      );
      COMMENT ON TABLE erased_cases IS 'how many cases went with their members, by the last disposition that they had';

      CREATE TABLE erased_leaf (
        sealed_in bigint NOT NULL,
        position integer NOT NULL,
        leaf bytea NOT NULL,
        CONSTRAINT erased_leaf_pk PRIMARY KEY (sealed_in, position)
      );
      COMMENT ON TABLE erased_leaf IS 'what keeps a seal whole whose answers were erased: a salted digest, of which nothing can be guessed once the salt is gone';
      COMMENT ON COLUMN erased_leaf.position IS 'from 1, in the order of the seal';
      CREATE INDEX revision_sealed_ix ON revision (sealed_in) WHERE sealed_in IS NOT NULL;

      CREATE TABLE left_session (
        token_hash bytea CONSTRAINT left_session_pk PRIMARY KEY,
        expires_on date NOT NULL
      );
      COMMENT ON TABLE left_session IS 'sessions of people who were erased: what their devices still send is refused as from one who left, and nobody is named';
      CREATE INDEX left_session_expires_ix ON left_session (expires_on);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE left_session, erased_leaf, erased_cases, erased_members, erasure_owed;
      DROP INDEX revision_sealed_ix;
    `);
  }
}
