import { MigrationInterface, QueryRunner } from 'typeorm';

/** Studies, the questionnaires and letters that they were loaded with, waves, and the people in the panel. */
export class CreateStudiesAndPanel1795305600001 implements MigrationInterface {
  name = 'CreateStudiesAndPanel1795305600001';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE study (
        id text CONSTRAINT study_pk PRIMARY KEY,
        code text NOT NULL CONSTRAINT study_code_unique UNIQUE,
        definition jsonb NOT NULL,
        loaded_at timestamptz NOT NULL,
        sending_paused_at timestamptz
      );
      COMMENT ON COLUMN study.definition IS 'study.json as it was loaded last';

      CREATE TABLE questionnaire_version (
        id text CONSTRAINT questionnaire_version_pk PRIMARY KEY,
        study_id text NOT NULL CONSTRAINT questionnaire_version_study_fk REFERENCES study,
        content text NOT NULL,
        imported_at timestamptz NOT NULL
      );
      COMMENT ON COLUMN questionnaire_version.id IS 'SHA-256 of the content, hexadecimal: a version never changes';
      CREATE INDEX questionnaire_version_study_ix ON questionnaire_version (study_id);

      CREATE TABLE letter (
        study_id text NOT NULL CONSTRAINT letter_study_fk REFERENCES study,
        name text NOT NULL,
        locale text NOT NULL,
        subject text NOT NULL,
        body text NOT NULL,
        CONSTRAINT letter_pk PRIMARY KEY (study_id, name, locale)
      );

      CREATE TABLE wave (
        id text CONSTRAINT wave_pk PRIMARY KEY,
        study_id text NOT NULL CONSTRAINT wave_study_fk REFERENCES study,
        letter text NOT NULL CONSTRAINT wave_letter_check CHECK (letter ~ '^[a-z]$'),
        definition jsonb NOT NULL,
        questionnaire_id text NOT NULL CONSTRAINT wave_questionnaire_fk REFERENCES questionnaire_version,
        opened_at timestamptz,
        closes_at timestamptz,
        closed_at timestamptz,
        CONSTRAINT wave_study_letter_unique UNIQUE (study_id, letter)
      );
      CREATE INDEX wave_questionnaire_ix ON wave (questionnaire_id);

      CREATE TABLE member (
        id uuid CONSTRAINT member_pk PRIMARY KEY,
        study_id text NOT NULL CONSTRAINT member_study_fk REFERENCES study,
        cohort text NOT NULL,
        recruitment_source text NOT NULL,
        host_country char(3) NOT NULL,
        locale text NOT NULL,
        time_zone text,
        channels text[] NOT NULL,
        status text NOT NULL CONSTRAINT member_status_check CHECK (status IN ('active', 'withdrawn', 'dead')),
        synthetic boolean NOT NULL,
        joined_on date NOT NULL
      );
      CREATE INDEX member_study_ix ON member (study_id);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE member, wave, letter, questionnaire_version, study');
  }
}
