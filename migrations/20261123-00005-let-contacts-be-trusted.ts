import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Contacts that can be trusted: attempts that are claimed for a while and marked as leaving in the last moment, a log of what became
 * of each, channels that fail, pauses, stops by purpose, links that people ask for, and the fence after a restore.
 */
export class LetContactsBeTrusted1795392000005 implements MigrationInterface {
  name = 'LetContactsBeTrusted1795392000005';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE wave ADD contact_plan jsonb, ADD issuing boolean NOT NULL DEFAULT false;
      COMMENT ON COLUMN wave.contact_plan IS 'the plan as staff edited it here; null where the one of the definition holds';
      COMMENT ON COLUMN wave.issuing IS 'cases are still to be issued to whoever is eligible now: an opening that goes on, or was cut off';
      CREATE INDEX wave_issuing_ix ON wave (id) WHERE issuing;

      ALTER TABLE letter ADD edited boolean NOT NULL DEFAULT false, ADD as_loaded jsonb;
      COMMENT ON COLUMN letter.edited IS 'staff changed it here: loading the study leaves it as it is';
      COMMENT ON COLUMN letter.as_loaded IS 'subject and body of the file when it was loaded last, where staff changed the letter since';

      ALTER TABLE issued_case ADD plan_from timestamptz, ADD remind_at timestamptz;
      UPDATE issued_case c SET plan_from = coalesce(
        (SELECT min(a.due_at) FROM contact_attempt a WHERE a.member_id = c.member_id AND a.wave_id = c.wave_id), c.issued_on::timestamptz);
      ALTER TABLE issued_case ALTER plan_from SET NOT NULL;
      COMMENT ON COLUMN issued_case.plan_from IS 'the instant of issue, from which the steps of the contact plan count';
      COMMENT ON COLUMN issued_case.remind_at IS 'when the person asked to be reminded; no other step is sent before';

      ALTER TABLE contact_attempt ADD falls_due_at timestamptz, ADD claim uuid;
      UPDATE contact_attempt SET falls_due_at = due_at;
      ALTER TABLE contact_attempt ALTER falls_due_at SET NOT NULL;
      COMMENT ON COLUMN contact_attempt.falls_due_at IS 'when the plan has it fall due';
      COMMENT ON COLUMN contact_attempt.due_at IS 'when it is looked at next: later than it falls due while it waits, is claimed, or is tried again';
      COMMENT ON COLUMN contact_attempt.claim IS 'who prepares it now; void once due_at has come';
      COMMENT ON COLUMN contact_attempt.claimed_at IS 'when it was marked as leaving';
      COMMENT ON COLUMN contact_attempt.channel IS 'the channel that it is planned for, or left by';
      DROP INDEX contact_attempt_due_ix;
      CREATE INDEX contact_attempt_due_ix ON contact_attempt (channel, due_at) WHERE state = 'planned';
      CREATE UNIQUE INDEX contact_attempt_message_unique ON contact_attempt (message_id) WHERE message_id IS NOT NULL;

      CREATE TABLE contact_event (
        member_id uuid NOT NULL,
        wave_id text NOT NULL,
        step text NOT NULL,
        seq integer NOT NULL,
        event text NOT NULL,
        channel text NOT NULL,
        reason text,
        decided_by text,
        happened_at timestamptz NOT NULL,
        CONSTRAINT contact_event_pk PRIMARY KEY (member_id, wave_id, step, seq),
        CONSTRAINT contact_event_attempt_fk FOREIGN KEY (member_id, wave_id, step) REFERENCES contact_attempt
      );
      COMMENT ON TABLE contact_event IS 'what became of a message, in order: never changed';

      CREATE TABLE channel_trouble (
        member_id uuid NOT NULL CONSTRAINT channel_trouble_member_fk REFERENCES member,
        channel text NOT NULL,
        kind text NOT NULL CONSTRAINT channel_trouble_kind_check CHECK (kind IN ('bounced', 'blocked', 'complaint', 'suppressed')),
        reason text,
        since_on date NOT NULL,
        CONSTRAINT channel_trouble_pk PRIMARY KEY (member_id, channel)
      );
      COMMENT ON TABLE channel_trouble IS 'an address that takes no messages, until another one is stored or staff clear it';

      CREATE TABLE member_pause (
        member_id uuid NOT NULL CONSTRAINT member_pause_member_fk REFERENCES member,
        seq integer NOT NULL,
        from_on date NOT NULL,
        until_on date,
        asked_by text NOT NULL CONSTRAINT member_pause_by_check CHECK (asked_by IN ('respondent', 'staff')),
        CONSTRAINT member_pause_pk PRIMARY KEY (member_id, seq),
        CONSTRAINT member_pause_order_check CHECK (until_on > from_on)
      );
      COMMENT ON COLUMN member_pause.until_on IS 'first day on which messages go out again; null is until further notice';

      ALTER TABLE message_stop ADD purpose text NOT NULL DEFAULT 'all',
        DROP CONSTRAINT message_stop_pk,
        ADD CONSTRAINT message_stop_purpose_check CHECK (purpose IN ('all', 'survey', 'check-in') OR purpose LIKE 'wave:%');
      ALTER TABLE message_stop ADD CONSTRAINT message_stop_pk PRIMARY KEY (member_id, channel, purpose), ALTER purpose DROP DEFAULT;

      CREATE TABLE channel_state (
        channel text CONSTRAINT channel_state_pk PRIMARY KEY,
        retry_at timestamptz,
        failures integer NOT NULL DEFAULT 0,
        reason text
      );
      COMMENT ON TABLE channel_state IS 'a channel whose server is away is left alone until retry_at, by all processes';

      CREATE UNLOGGED TABLE send_rate (
        channel text NOT NULL,
        slot bigint NOT NULL,
        taken integer NOT NULL,
        CONSTRAINT send_rate_pk PRIMARY KEY (channel, slot)
      );
      COMMENT ON TABLE send_rate IS 'how many messages all processes together have begun in a slot of time';

      CREATE TABLE sending_fence (
        single boolean CONSTRAINT sending_fence_pk PRIMARY KEY DEFAULT true CONSTRAINT sending_fence_single_check CHECK (single),
        database_identity text NOT NULL,
        mark bigint NOT NULL DEFAULT 0,
        fenced_at timestamptz,
        reason text
      );
      COMMENT ON COLUMN sending_fence.database_identity IS 'the server that this database was last known to live on: on another one it was restored';
      COMMENT ON COLUMN sending_fence.mark IS 'counts on together with the vault''s: behind it, this database was restored from an older backup';

      CREATE TABLE telegram_start (
        code_hash bytea CONSTRAINT telegram_start_pk PRIMARY KEY,
        member_id uuid NOT NULL,
        wave_id text NOT NULL,
        locale text NOT NULL,
        expires_on date NOT NULL,
        CONSTRAINT telegram_start_case_fk FOREIGN KEY (member_id, wave_id) REFERENCES issued_case
      );
      COMMENT ON TABLE telegram_start IS 'one-time codes by which a person joins their chat to their membership';
      CREATE INDEX telegram_start_case_ix ON telegram_start (member_id, wave_id);

      CREATE TABLE telegram_update (
        update_id bigint CONSTRAINT telegram_update_pk PRIMARY KEY,
        seen_on date NOT NULL
      );
      COMMENT ON TABLE telegram_update IS 'updates that were worked off, so that none counts twice; nothing of what they said';

      CREATE TABLE sealing_key (
        study_id text CONSTRAINT sealing_key_pk PRIMARY KEY CONSTRAINT sealing_key_study_fk REFERENCES study,
        public_key bytea NOT NULL
      );
      COMMENT ON TABLE sealing_key IS 'what a process without access to the vault seals an address with, for one that has it';

      CREATE TABLE link_request (
        id uuid CONSTRAINT link_request_pk PRIMARY KEY,
        study_id text NOT NULL CONSTRAINT link_request_study_fk REFERENCES study,
        sealed bytea,
        locale text NOT NULL,
        state text NOT NULL CONSTRAINT link_request_state_check CHECK (state IN ('asked', 'sent', 'nobody', 'too_many', 'failed')),
        tries integer NOT NULL DEFAULT 0,
        due_at timestamptz NOT NULL,
        claim uuid,
        member_id uuid CONSTRAINT link_request_member_fk REFERENCES member,
        CONSTRAINT link_request_sealed_check CHECK ((state = 'asked') = (sealed IS NOT NULL))
      );
      COMMENT ON COLUMN link_request.sealed IS 'the address, for the vault''s eyes only; gone once it was answered';
      CREATE INDEX link_request_due_ix ON link_request (due_at) WHERE state = 'asked';
      CREATE INDEX link_request_member_ix ON link_request (member_id);
      CREATE INDEX link_request_study_ix ON link_request (study_id);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE link_request, sealing_key, telegram_update, telegram_start, sending_fence, send_rate, channel_state, member_pause,
        channel_trouble, contact_event;
      DELETE FROM message_stop WHERE purpose <> 'all';
      ALTER TABLE message_stop DROP CONSTRAINT message_stop_pk, DROP purpose;
      ALTER TABLE message_stop ADD CONSTRAINT message_stop_pk PRIMARY KEY (member_id, channel);
      DROP INDEX contact_attempt_message_unique, contact_attempt_due_ix;
      ALTER TABLE contact_attempt DROP falls_due_at, DROP claim;
      CREATE INDEX contact_attempt_due_ix ON contact_attempt (wave_id, due_at) WHERE state = 'planned';
      COMMENT ON COLUMN contact_attempt.due_at IS NULL;
      COMMENT ON COLUMN contact_attempt.claimed_at IS NULL;
      COMMENT ON COLUMN contact_attempt.channel IS NULL;
      ALTER TABLE issued_case DROP plan_from, DROP remind_at;
      ALTER TABLE letter DROP edited, DROP as_loaded;
      ALTER TABLE wave DROP contact_plan, DROP issuing;
    `);
  }
}
