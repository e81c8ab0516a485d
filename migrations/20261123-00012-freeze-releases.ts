import { MigrationInterface, QueryRunner } from 'typeorm';

/** What was released to analysts: rows that stand as they were, but for people who are erased since. */
export class FreezeReleases1795392000012 implements MigrationInterface {
  name = 'FreezeReleases1795392000012';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE release (
        id uuid CONSTRAINT release_pk PRIMARY KEY,
        study_id text NOT NULL CONSTRAINT release_study_fk REFERENCES study,
        kind text NOT NULL CONSTRAINT release_kind_check CHECK (kind IN ('SUF', 'PUF')),
        version text NOT NULL CONSTRAINT release_version_check CHECK (version ~ '^[0-9]{1,3}[.][0-9]{1,3}$'),
        made_at timestamptz NOT NULL,
        people integer NOT NULL,
        erased integer NOT NULL DEFAULT 0,
        definition jsonb NOT NULL,
        published boolean NOT NULL DEFAULT false
      );
      CREATE INDEX release_study_ix ON release (study_id);
      CREATE UNIQUE INDEX release_unique ON release (study_id, kind, version) WHERE published;
      COMMENT ON COLUMN release.published IS 'false while its rows are written, and for ever where that was broken off';
      COMMENT ON COLUMN release.people IS 'how many stood in it when it was made';
      COMMENT ON COLUMN release.erased IS 'how many of them were erased since';

      CREATE TABLE release_person (
        member_id uuid NOT NULL CONSTRAINT release_person_member_fk REFERENCES member,
        release_id uuid NOT NULL CONSTRAINT release_person_release_fk REFERENCES release,
        pidp integer NOT NULL,
        CONSTRAINT release_person_pk PRIMARY KEY (member_id, release_id),
        CONSTRAINT release_person_pidp_unique UNIQUE (release_id, pidp)
      );
      COMMENT ON TABLE release_person IS 'the number that each person has in a release: the way back from a file to a member';

      CREATE TABLE release_file (
        release_id uuid NOT NULL CONSTRAINT release_file_release_fk REFERENCES release,
        nr integer NOT NULL,
        name text NOT NULL,
        definition jsonb NOT NULL,
        person_cell integer,
        CONSTRAINT release_file_pk PRIMARY KEY (release_id, nr),
        CONSTRAINT release_file_name_unique UNIQUE (release_id, name)
      );
      COMMENT ON COLUMN release_file.person_cell IS 'place (from 1) of the cell that holds another person''s number; null where none does';

      CREATE TABLE release_row (
        release_id uuid NOT NULL,
        file_nr integer NOT NULL,
        seq integer NOT NULL,
        pidp integer,
        cells text[] NOT NULL,
        CONSTRAINT release_row_pk PRIMARY KEY (release_id, file_nr, seq),
        CONSTRAINT release_row_file_fk FOREIGN KEY (release_id, file_nr) REFERENCES release_file,
        CONSTRAINT release_row_person_fk FOREIGN KEY (release_id, pidp) REFERENCES release_person (release_id, pidp) ON DELETE CASCADE
      );
      COMMENT ON TABLE release_row IS 'a row of a file as it was released; null cells are system missing';
      COMMENT ON COLUMN release_row.pidp IS 'whom it is about; null in files about no person';
      CREATE INDEX release_row_person_ix ON release_row (release_id, pidp);

      CREATE TABLE release_digest (
        release_id uuid NOT NULL CONSTRAINT release_digest_release_fk REFERENCES release,
        erased integer NOT NULL,
        choice text NOT NULL,
        file text NOT NULL,
        sha256 bytea NOT NULL,
        CONSTRAINT release_digest_pk PRIMARY KEY (release_id, erased, choice, file)
      );
      COMMENT ON TABLE release_digest IS 'what each file was when it was first written: later ones must be the same';
      COMMENT ON COLUMN release_digest.choice IS 'languages, formats and layouts that were asked for, where the file depends on them';

      CREATE TABLE release_part (
        release_id uuid NOT NULL CONSTRAINT release_part_release_fk REFERENCES release,
        file text NOT NULL,
        nr integer NOT NULL,
        bytes bytea NOT NULL,
        CONSTRAINT release_part_pk PRIMARY KEY (release_id, file, nr)
      );
      ALTER TABLE release_part ALTER COLUMN bytes SET STORAGE EXTERNAL;
      COMMENT ON TABLE release_part IS 'files ready to be downloaded, in parts of one mebibyte from 0; made anew where they are not there';

      CREATE TABLE release_download (
        release_id uuid NOT NULL CONSTRAINT release_download_release_fk REFERENCES release,
        file text NOT NULL,
        size bigint NOT NULL,
        sha256 bytea NOT NULL,
        CONSTRAINT release_download_pk PRIMARY KEY (release_id, file)
      );

      CREATE FUNCTION release_stands() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF OLD.published AND NOT NEW.published THEN
          RAISE EXCEPTION 'a release that was published stays so' USING ERRCODE = 'check_violation', CONSTRAINT = 'release_stands';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER release_stands BEFORE UPDATE ON release FOR EACH ROW EXECUTE FUNCTION release_stands();

      CREATE FUNCTION release_discard(broken uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
      BEGIN
        IF EXISTS (SELECT FROM release WHERE id = broken AND published) THEN
          RAISE EXCEPTION 'a release that was published stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'release_stands';
        END IF;
        DELETE FROM release_row WHERE release_id = broken;
        DELETE FROM release_file WHERE release_id = broken;
        DELETE FROM release_person WHERE release_id = broken;
        DELETE FROM release WHERE id = broken;
      END $$;
      COMMENT ON FUNCTION release_discard IS 'takes away what a release that was broken off has left';

      CREATE FUNCTION release_forget() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
      BEGIN
        UPDATE release SET erased = erased + 1 WHERE id = OLD.release_id;
        DELETE FROM release_part WHERE release_id = OLD.release_id;
        DELETE FROM release_download WHERE release_id = OLD.release_id;
        UPDATE release_row r SET cells[f.person_cell] = NULL
        FROM release_file f
        WHERE f.release_id = OLD.release_id AND f.person_cell IS NOT NULL
          AND r.release_id = f.release_id AND r.file_nr = f.nr AND r.cells[f.person_cell] = OLD.pidp::text;
        RETURN OLD;
      END $$;
      COMMENT ON FUNCTION release_forget IS 'whoever is erased leaves every release in the same moment, with what others'' rows say of them and what waits to be downloaded';
      CREATE TRIGGER release_person_forget BEFORE DELETE ON release_person FOR EACH ROW EXECUTE FUNCTION release_forget();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE release_download, release_part, release_digest, release_row, release_file, release_person, release;
      DROP FUNCTION release_forget, release_discard, release_stands;
    `);
  }
}
