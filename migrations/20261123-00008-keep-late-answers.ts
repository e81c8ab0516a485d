import { MigrationInterface, QueryRunner } from 'typeorm';

/** Answers that came after the close of their wave are kept apart from those that count. */
export class KeepLateAnswers1795392000008 implements MigrationInterface {
  name = 'KeepLateAnswers1795392000008';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE late_answers (
        member_id uuid NOT NULL,
        wave_id text NOT NULL,
        save_id uuid NOT NULL,
        body_hash bytea NOT NULL,
        session_id uuid NOT NULL,
        base integer NOT NULL,
        submitted boolean NOT NULL,
        answers jsonb NOT NULL,
        locale text NOT NULL,
        kept_on date NOT NULL,
        CONSTRAINT late_answers_pk PRIMARY KEY (member_id, wave_id, save_id),
        CONSTRAINT late_answers_case_fk FOREIGN KEY (member_id, wave_id) REFERENCES issued_case
      );
      COMMENT ON TABLE late_answers IS 'a quarantine: nothing reads the answers, and no export holds them';
      COMMENT ON COLUMN late_answers.base IS 'the revision that the person saw when they answered';
      COMMENT ON COLUMN late_answers.submitted IS 'whether the person sent the questionnaire, or saved on the way';
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE late_answers');
  }
}
