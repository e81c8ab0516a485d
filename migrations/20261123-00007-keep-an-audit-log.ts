import { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A log of what staff, tokens and respondents' rights do. An entry is written in the transaction of its act, and gets its number and its
 * place in the chain by a deferred trigger when that transaction commits: nobody holds the head's lock but during a commit, after all
 * other locks of the transaction, so no deadlock can come of it.
 *
 * An entry's hash is SHA-256 over the UTF-8 of `onward-audit-1` and these fields in order: nr, hash of the entry before (hexadecimal), at
 * (ISO 8601, UTC, milliseconds), act, actor's kind, actor's id, study, subject's kind, subject's id, detail. A field is written as its
 * length in bytes, `:` and itself (a netstring), or as `-` where it is null; no two entries are written alike.
 *
 * Revisions of answers are sealed in batches: each knows its seal, and the salt that keeps an answer from being guessed by the seal's root.
 */
export class KeepAnAuditLog1795392000007 implements MigrationInterface {
  name = 'KeepAnAuditLog1795392000007';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE audit_head (
        single boolean CONSTRAINT audit_head_pk PRIMARY KEY DEFAULT true CONSTRAINT audit_head_single_check CHECK (single),
        nr bigint NOT NULL,
        hash bytea NOT NULL
      );
      COMMENT ON TABLE audit_head IS 'number and hash of the last entry; its lock puts the commits of acts in a row';
      INSERT INTO audit_head (nr, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

      CREATE TABLE audit_entry (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_entry_pk PRIMARY KEY,
        nr bigint CONSTRAINT audit_entry_nr_unique UNIQUE,
        at timestamptz(3) NOT NULL,
        act text NOT NULL,
        actor_kind text NOT NULL CONSTRAINT audit_entry_actor_check CHECK (actor_kind IN ('staff', 'token', 'member', 'shell', 'system')),
        actor_id text,
        study_id text,
        subject_kind text,
        subject_id text,
        detail text,
        previous bytea,
        hash bytea,
        CONSTRAINT audit_entry_chain_check CHECK (num_nulls(nr, previous, hash) IN (0, 3))
      );
      COMMENT ON TABLE audit_entry IS 'what was done, by whom, in order: never changed. It outlives what it speaks of, so it refers to nothing';
      COMMENT ON COLUMN audit_entry.nr IS 'given with the hashes when the transaction commits: without a gap';
      COMMENT ON COLUMN audit_entry.at IS 'what respondents do is kept to the hour';
      COMMENT ON COLUMN audit_entry.detail IS 'JSON as it was hashed';
      COMMENT ON COLUMN audit_entry.previous IS 'hash of the entry before';
      CREATE INDEX audit_entry_act_ix ON audit_entry (act, nr);

      CREATE FUNCTION audit_field(value text) RETURNS text LANGUAGE sql IMMUTABLE AS
        $$ SELECT coalesce(octet_length(value) || ':' || value, '-') $$;

      CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        DECLARE
          head audit_head;
        BEGIN
          SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
          UPDATE audit_head SET nr = head.nr + 1, hash = sha256(convert_to('onward-audit-1'
            || audit_field((head.nr + 1)::text) || audit_field(encode(head.hash, 'hex'))
            || audit_field(to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
            || audit_field(NEW.act) || audit_field(NEW.actor_kind) || audit_field(NEW.actor_id) || audit_field(NEW.study_id)
            || audit_field(NEW.subject_kind) || audit_field(NEW.subject_id) || audit_field(NEW.detail), 'UTF8'));
          UPDATE audit_entry e SET nr = h.nr, previous = head.hash, hash = h.hash FROM audit_head h WHERE e.id = NEW.id;
          RETURN NULL;
        END $$;
      CREATE CONSTRAINT TRIGGER audit_entry_chain AFTER INSERT ON audit_entry DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION audit_chain();

      CREATE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'INSERT' THEN
            IF NEW.nr IS NULL THEN RETURN NEW; END IF;
          ELSIF TG_OP = 'UPDATE' THEN
            IF OLD.nr IS NULL AND NEW.nr IS NOT NULL AND to_jsonb(OLD) - '{nr,previous,hash}'::text[] = to_jsonb(NEW) - '{nr,previous,hash}'::text[]
            THEN RETURN NEW; END IF;
          END IF;
          RAISE 'the audit log is appended to, never changed' USING ERRCODE = 'insufficient_privilege';
        END $$;
      CREATE TRIGGER audit_entry_guard BEFORE INSERT OR UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_guard();
      CREATE TRIGGER audit_entry_stays BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_guard();

      CREATE SEQUENCE answer_seal;
      ALTER TABLE revision ADD sealed_in bigint, ADD seal_salt uuid,
        ADD CONSTRAINT revision_seal_check CHECK ((sealed_in IS NULL) = (seal_salt IS NULL));
      COMMENT ON COLUMN revision.sealed_in IS 'the seal that the entry answers.sealed of the audit log names; null until the next one';
      COMMENT ON COLUMN revision.seal_salt IS 'part of what was sealed, so that nobody guesses an answer by the seal';
      CREATE INDEX revision_unsealed_ix ON revision (member_id, wave_id, revision) WHERE sealed_in IS NULL;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE revision DROP sealed_in, DROP seal_salt;
      DROP SEQUENCE answer_seal;
      DROP TABLE audit_entry, audit_head;
      DROP FUNCTION audit_chain, audit_guard, audit_field;
    `);
  }
}
