import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What happens to a member in a wave. Every table is keyed by the member first: the key forbids the double send and the
 * double submit, and the tables can be distributed by member. Answers carry dates, never times.
 */
export class CreateCasesAndAnswers1795305600002 implements MigrationInterface {
  name = 'CreateCasesAndAnswers1795305600002';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE issued_case (
        member_id uuid NOT NULL CONSTRAINT issued_case_member_fk REFERENCES member,
        wave_id text NOT NULL CONSTRAINT issued_case_wave_fk REFERENCES wave,
        state text NOT NULL CONSTRAINT issued_case_state_check CHECK (state IN ('issued', 'invited', 'opened', 'started',
          'partial', 'complete', 'refused', 'broke_off', 'expired', 'ineligible', 'withdrawn', 'undeliverable')),
        questionnaire_id text CONSTRAINT issued_case_questionnaire_fk REFERENCES questionnaire_version,
        revision integer NOT NULL DEFAULT 0,
        locale text NOT NULL,
        issued_on date NOT NULL,
        last_active_at timestamptz,
        finished_on date,
        disposition text,
        disposition_edition text,
        CONSTRAINT issued_case_pk PRIMARY KEY (member_id, wave_id)
      );
      COMMENT ON COLUMN issued_case.questionnaire_id IS 'the version that the case was opened with; it keeps it';
      COMMENT ON COLUMN issued_case.revision IS 'number of the last saved revision: saving moves it on by one or fails';
      COMMENT ON COLUMN issued_case.last_active_at IS 'hour of the last act in a case under way, for reminders; null once finished';
      CREATE INDEX issued_case_wave_ix ON issued_case (wave_id, state);
      CREATE INDEX issued_case_questionnaire_ix ON issued_case (questionnaire_id);

      CREATE TABLE case_event (
        member_id uuid NOT NULL,
        wave_id text NOT NULL,
        seq integer NOT NULL,
        event text NOT NULL,
        state text NOT NULL,
        happened_on date NOT NULL,
        reason text,
        CONSTRAINT case_event_pk PRIMARY KEY (member_id, wave_id, seq),
        CONSTRAINT case_event_case_fk FOREIGN KEY (member_id, wave_id) REFERENCES issued_case
      );

      CREATE TABLE response (
        member_id uuid NOT NULL,
        wave_id text NOT NULL,
        questionnaire_id text NOT NULL,
        answers jsonb NOT NULL,
        record jsonb NOT NULL,
        children jsonb NOT NULL,
        coder text NOT NULL,
        answered_share real NOT NULL,
        page text,
        reached text,
        locale text NOT NULL,
        saved_on date NOT NULL,
        submitted_on date,
        submission_id uuid,
        submission_hash bytea,
        receipt text,
        CONSTRAINT response_pk PRIMARY KEY (member_id, wave_id),
        CONSTRAINT response_case_fk FOREIGN KEY (member_id, wave_id) REFERENCES issued_case
      );
      COMMENT ON COLUMN response.questionnaire_id IS 'as in the case, which refers to the version: one reference is enough on the busiest way';
      COMMENT ON COLUMN response.record IS 'the answers coded by the questionnaire''s variables, missing reasons included';
      COMMENT ON COLUMN response.coder IS 'version of the code that made the record; an older one is coded again before an export';

      CREATE TABLE revision (
        member_id uuid NOT NULL,
        wave_id text NOT NULL,
        revision integer NOT NULL,
        save_id uuid NOT NULL,
        body_hash bytea NOT NULL,
        session_id uuid NOT NULL,
        changes jsonb NOT NULL,
        saved_on date NOT NULL,
        CONSTRAINT revision_pk PRIMARY KEY (member_id, wave_id, revision),
        CONSTRAINT revision_save_unique UNIQUE (member_id, wave_id, save_id),
        CONSTRAINT revision_case_fk FOREIGN KEY (member_id, wave_id) REFERENCES issued_case
      );
      COMMENT ON COLUMN revision.changes IS 'item to its new answer, or to null where the answer was taken back';

      CREATE TABLE consent (
        member_id uuid NOT NULL,
        wave_id text NOT NULL,
        purpose text NOT NULL,
        given boolean NOT NULL,
        text_version text NOT NULL,
        locale text NOT NULL,
        decided_on date NOT NULL,
        CONSTRAINT consent_pk PRIMARY KEY (member_id, wave_id, purpose),
        CONSTRAINT consent_case_fk FOREIGN KEY (member_id, wave_id) REFERENCES issued_case
      );

      CREATE TABLE residence_spell (
        member_id uuid NOT NULL CONSTRAINT residence_spell_member_fk REFERENCES member,
        seq integer NOT NULL,
        country char(3) NOT NULL,
        region text,
        moved_in_on date NOT NULL,
        moved_out_on date,
        precision text NOT NULL CONSTRAINT residence_spell_precision_check CHECK (precision IN ('day', 'month', 'season', 'year')),
        legal_basis text,
        source_wave_id text NOT NULL CONSTRAINT residence_spell_wave_fk REFERENCES wave,
        CONSTRAINT residence_spell_pk PRIMARY KEY (member_id, source_wave_id, seq),
        CONSTRAINT residence_spell_order_check CHECK (moved_out_on IS NULL OR moved_out_on >= moved_in_on)
      );
      CREATE INDEX residence_spell_wave_ix ON residence_spell (source_wave_id);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE residence_spell, consent, revision, response, case_event, issued_case');
  }
}
