import { WaveService } from '../../../src/wave/wave.service.js';
import { type Field } from '../../make/field.js';
import { anna } from '../../make/actors.js';

/** Gives people an interview in a wave that was issued to them, with what they said to being written to again. */
export async function answered(
  field: Field,
  wave: string,
  on: string,
  people: readonly number[],
  recontact: boolean | null = true,
): Promise<void> {
  const ids = people.map((person) => field.members[person]);
  const [done] = await field.rows<{ cases: number }>(
    `WITH done AS (
       UPDATE issued_case SET state = 'complete', disposition = '1.1', disposition_edition = 'test', finished_on = $3
       WHERE wave_id = $1 AND member_id = ANY($2::uuid[]) RETURNING 1
     ) SELECT count(*)::int AS cases FROM done`,
    [`nrd-${wave}`, ids, on],
  );
  if (done?.cases !== people.length) throw new Error(`Wave ${wave} was not issued to all of them`);
  if (recontact === null) return;
  await field.rows(
    `INSERT INTO consent (member_id, wave_id, purpose, given, text_version, locale, decided_on)
     SELECT id, $1, 'recontact', $3, 'test', 'ru', $4 FROM unnest($2::uuid[]) AS id`,
    [`nrd-${wave}`, ids, recontact, on],
  );
}

/** Moves to the morning of a day. */
export const itIs = (field: Field, date: string): void => field.clock.moveTo(new Date(`${date}T08:00:00Z`));

export const closeWave = (field: Field, wave: string): Promise<number> =>
  field.services(WaveService).close(`nrd-${wave}`, anna);

/** The numbers of the people to whom a wave was issued, with the day on which their own window ends. */
export async function issuedIn(field: Field, wave: string): Promise<Record<number, string | null>> {
  const rows = await field.rows<{ member_id: string; closes: string | null }>(
    `SELECT member_id, to_char(closes_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS closes FROM issued_case WHERE wave_id = $1`,
    [`nrd-${wave}`],
  );
  return Object.fromEntries(rows.map(({ member_id, closes }) => [field.members.indexOf(member_id), closes]));
}
