import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The panel through time: where members live and how that became known, what earlier answers a case was shown, windows of
 * single cases, rules fixed at a wave's opening, overridden dispositions, recruitment by referral, and the tracing of the silent.
 */
export class FollowMembersThroughTime1795305600004 implements MigrationInterface {
  name = 'FollowMembersThroughTime1795305600004';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE member
        ADD recruiter_id uuid CONSTRAINT member_recruiter_fk REFERENCES member,
        ADD coupon text,
        ADD residence_country char(3),
        ADD residence_region text,
        ADD residence_coder text;
      COMMENT ON COLUMN member.residence_country IS 'where they are last known to live; null while only the host country of recruitment is known';
      COMMENT ON COLUMN member.residence_coder IS 'version of the code that derived the spells and moves; null or another one: they are derived again';
      CREATE INDEX member_residence_stale_ix ON member (id) WHERE residence_coder IS NULL;
      CREATE INDEX member_recruiter_ix ON member (recruiter_id);

      ALTER TABLE wave ADD partial_rule jsonb, ADD crucial jsonb;
      COMMENT ON COLUMN wave.partial_rule IS 'as it stood when the wave was opened, and fixed from then on; so are the crucial items';
      UPDATE wave w SET partial_rule = y.definition -> 'partialRule', crucial = y.definition -> 'crucial'
        FROM study y WHERE y.id = w.study_id AND w.opened_at IS NOT NULL;
      CREATE FUNCTION wave_rule_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF OLD.opened_at IS NOT NULL AND (OLD.partial_rule, OLD.crucial) IS DISTINCT FROM (NEW.partial_rule, NEW.crucial) THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'wave_rule_is_fixed',
              MESSAGE = 'the partial rule and the crucial items of an opened wave are fixed';
          END IF;
          RETURN NEW;
        END $$;
      CREATE TRIGGER wave_rule_is_fixed BEFORE UPDATE ON wave FOR EACH ROW EXECUTE FUNCTION wave_rule_is_fixed();

      ALTER TABLE issued_case ADD closes_at timestamptz;
      COMMENT ON COLUMN issued_case.closes_at IS 'the end of the member''s own window in a rolling wave; null where the wave''s holds';

      CREATE TABLE disposition_override (
        member_id uuid NOT NULL,
        wave_id text NOT NULL,
        seq integer NOT NULL,
        disposition text NOT NULL,
        disposition_edition text NOT NULL,
        reason text NOT NULL CONSTRAINT disposition_override_reason_check CHECK (reason <> ''),
        decided_by text NOT NULL,
        decided_on date NOT NULL,
        CONSTRAINT disposition_override_pk PRIMARY KEY (member_id, wave_id, seq),
        CONSTRAINT disposition_override_case_fk FOREIGN KEY (member_id, wave_id) REFERENCES issued_case
      );
      COMMENT ON TABLE disposition_override IS 'what staff decided instead of the computed disposition; the last one counts, none is ever changed';

      CREATE VIEW interview AS
        SELECT c.member_id, c.wave_id FROM issued_case c
        WHERE coalesce(
          (SELECT o.disposition FROM disposition_override o
           WHERE o.member_id = c.member_id AND o.wave_id = c.wave_id ORDER BY o.seq DESC LIMIT 1),
          c.disposition) IN ('1.1', '1.2');
      COMMENT ON VIEW interview IS 'cases that count as having spoken: complete, or partial with sufficient information';

      CREATE TABLE case_feed (
        member_id uuid NOT NULL,
        wave_id text NOT NULL,
        feed jsonb NOT NULL,
        compared jsonb NOT NULL,
        frozen_on date NOT NULL,
        CONSTRAINT case_feed_pk PRIMARY KEY (member_id, wave_id),
        CONSTRAINT case_feed_case_fk FOREIGN KEY (member_id, wave_id) REFERENCES issued_case
      );
      COMMENT ON COLUMN case_feed.feed IS 'the earlier answers that the questionnaire refers to, as they stood when it was opened';
      COMMENT ON COLUMN case_feed.compared IS 'item to whether its new answer differs from the earlier one, and to the answers that were compared';

      CREATE TABLE experiment_arm (
        member_id uuid NOT NULL CONSTRAINT experiment_arm_member_fk REFERENCES member,
        experiment text NOT NULL,
        arm text NOT NULL,
        assigned_on date NOT NULL,
        CONSTRAINT experiment_arm_pk PRIMARY KEY (member_id, experiment)
      );

      CREATE TABLE residence_report (
        member_id uuid NOT NULL CONSTRAINT residence_report_member_fk REFERENCES member,
        seq integer NOT NULL,
        reporter text NOT NULL CONSTRAINT residence_report_reporter_check CHECK (reporter IN ('respondent', 'staff')),
        answers jsonb NOT NULL,
        reported_on date NOT NULL,
        CONSTRAINT residence_report_pk PRIMARY KEY (member_id, seq)
      );
      COMMENT ON TABLE residence_report IS 'what was said between waves about where a member lives: answers to the items of the residence module';

      CREATE TABLE residence_revision (
        member_id uuid NOT NULL CONSTRAINT residence_revision_member_fk REFERENCES member,
        nr integer NOT NULL,
        source_wave_id text CONSTRAINT residence_revision_wave_fk REFERENCES wave,
        kind text NOT NULL,
        reported_on date NOT NULL,
        issues jsonb NOT NULL,
        CONSTRAINT residence_revision_pk PRIMARY KEY (member_id, nr)
      );
      COMMENT ON TABLE residence_revision IS 'one row for each report that the history follows from, and what in it could not be taken as said';
      CREATE INDEX residence_revision_wave_ix ON residence_revision (source_wave_id);

      ALTER TABLE residence_spell
        ADD since_nr integer NOT NULL DEFAULT 1,
        ADD until_nr integer,
        ADD dating text NOT NULL DEFAULT 'stated' CONSTRAINT residence_spell_dating_check CHECK (dating IN ('stated', 'bounded', 'undated')),
        ADD stated_from date,
        ADD stated_to date,
        ADD last_confirmed_on date,
        ADD fed_forward text NOT NULL DEFAULT 'not_shown' CONSTRAINT residence_spell_fed_check CHECK (fed_forward IN ('confirmed', 'changed', 'disputed', 'not_shown')),
        DROP CONSTRAINT residence_spell_pk,
        ALTER source_wave_id DROP NOT NULL;
      ALTER TABLE residence_spell
        ADD CONSTRAINT residence_spell_pk PRIMARY KEY (member_id, since_nr, seq),
        ALTER since_nr DROP DEFAULT,
        ALTER dating DROP DEFAULT,
        ALTER fed_forward DROP DEFAULT;
      COMMENT ON COLUMN residence_spell.since_nr IS 'the revision that this version of the spell came with';
      COMMENT ON COLUMN residence_spell.until_nr IS 'the revision that put another version in its place; null where it stands now';

      CREATE TABLE residence_move (
        member_id uuid NOT NULL CONSTRAINT residence_move_member_fk REFERENCES member,
        seq integer NOT NULL,
        from_country char(3) NOT NULL,
        to_country char(3) NOT NULL,
        moved_on date NOT NULL,
        not_before_on date NOT NULL,
        class text NOT NULL CONSTRAINT residence_move_class_check
          CHECK (class IN ('host_to_eu', 'host_to_us', 'host_to_host', 'return_to_russia', 'to_other')),
        precision text NOT NULL,
        dating text NOT NULL,
        source_wave_id text CONSTRAINT residence_move_wave_fk REFERENCES wave,
        CONSTRAINT residence_move_pk PRIMARY KEY (member_id, seq)
      );
      COMMENT ON COLUMN residence_move.moved_on IS 'first day of the month of arrival';
      CREATE INDEX residence_move_wave_ix ON residence_move (source_wave_id);

      CREATE TABLE tracing_task (
        member_id uuid NOT NULL CONSTRAINT tracing_task_member_fk REFERENCES member,
        seq integer NOT NULL,
        wave_id text CONSTRAINT tracing_task_wave_fk REFERENCES wave,
        reason text NOT NULL CONSTRAINT tracing_task_reason_check CHECK (reason IN ('silent', 'bounced', 'staff')),
        opened_on date NOT NULL,
        closed_on date,
        outcome text CONSTRAINT tracing_task_outcome_check CHECK (outcome IN ('found', 'not_found', 'left')),
        CONSTRAINT tracing_task_pk PRIMARY KEY (member_id, seq),
        CONSTRAINT tracing_task_end_check CHECK ((closed_on IS NULL) = (outcome IS NULL))
      );
      CREATE INDEX tracing_task_wave_ix ON tracing_task (wave_id);
      CREATE UNIQUE INDEX tracing_task_open_unique ON tracing_task (member_id) WHERE closed_on IS NULL;

      CREATE TABLE tracing_attempt (
        member_id uuid NOT NULL,
        task_seq integer NOT NULL,
        seq integer NOT NULL,
        channel text NOT NULL,
        outcome text NOT NULL CONSTRAINT tracing_attempt_outcome_check CHECK (outcome IN ('reached', 'no_answer', 'new_contact', 'refused')),
        attempted_on date NOT NULL,
        CONSTRAINT tracing_attempt_pk PRIMARY KEY (member_id, task_seq, seq),
        CONSTRAINT tracing_attempt_task_fk FOREIGN KEY (member_id, task_seq) REFERENCES tracing_task
      );
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP VIEW interview;
      DROP TABLE tracing_attempt, tracing_task, residence_move, residence_revision, residence_report, experiment_arm,
        case_feed, disposition_override;
      DELETE FROM residence_spell WHERE until_nr IS NOT NULL OR source_wave_id IS NULL;
      ALTER TABLE residence_spell
        DROP CONSTRAINT residence_spell_pk,
        DROP since_nr, DROP until_nr, DROP dating, DROP stated_from, DROP stated_to, DROP last_confirmed_on, DROP fed_forward,
        ALTER source_wave_id SET NOT NULL,
        ADD CONSTRAINT residence_spell_pk PRIMARY KEY (member_id, source_wave_id, seq);
      ALTER TABLE issued_case DROP closes_at;
      DROP TRIGGER wave_rule_is_fixed ON wave;
      DROP FUNCTION wave_rule_is_fixed;
      ALTER TABLE wave DROP partial_rule, DROP crucial;
      ALTER TABLE member DROP recruiter_id, DROP coupon, DROP residence_country, DROP residence_region, DROP residence_coder;
    `);
  }
}
