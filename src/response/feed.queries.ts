import { DataSource, EntityManager } from 'typeorm';
import { execute, type Statement } from '../kit/statement.queries.js';
import { type CaseFeed, type Compared } from '../questionnaire/feed/fed.js';
import { type Answers } from './changes.js';

export interface InterviewRow {
  wave: string;
  on: string;
  questionnaire_id: string;
  answers: Answers;
}

/** The interviews of a member before a wave, complete or partial, in the order of time. Check-ins are none. */
export const interviewsBefore = (
  db: EntityManager,
  memberId: string,
  waveId: string,
): Promise<InterviewRow[]> =>
  db.query(
    `SELECT w.letter AS wave, coalesce(r.submitted_on, r.saved_on)::text AS on, r.questionnaire_id, r.answers
     FROM response r
     JOIN interview i ON i.member_id = r.member_id AND i.wave_id = r.wave_id
     JOIN wave w ON w.id = r.wave_id AND w.definition ->> 'kind' IS DISTINCT FROM 'check-in'
     WHERE r.member_id = $1 AND r.wave_id <> $2
     ORDER BY coalesce(r.submitted_on, r.saved_on), w.opened_at`,
    [memberId, waveId],
  );

/** Freezes what a case is shown of earlier answers; where another request was first, that one's stands. */
export async function freezeFeed(
  db: EntityManager,
  memberId: string,
  waveId: string,
  feed: CaseFeed,
  on: string,
): Promise<CaseFeed> {
  await db.query(
    `INSERT INTO case_feed (member_id, wave_id, feed, compared, frozen_on) VALUES ($1, $2, $3, '{}', $4)
     ON CONFLICT (member_id, wave_id) DO NOTHING`,
    [memberId, waveId, JSON.stringify(feed), on],
  );
  const rows = await db.query<{ feed: CaseFeed }[]>(
    'SELECT feed FROM case_feed WHERE member_id = $1 AND wave_id = $2',
    [memberId, waveId],
  );
  return rows[0]?.feed ?? feed;
}

const KEEP_COMPARED: Statement = {
  name: 'keep_compared',
  text: 'UPDATE case_feed SET compared = $3 WHERE member_id = $1 AND wave_id = $2',
};

export async function keepCompared(
  db: DataSource,
  memberId: string,
  waveId: string,
  compared: Compared,
): Promise<void> {
  await execute(db, KEEP_COMPARED, [memberId, waveId, JSON.stringify(compared)]);
}

/** The arm of an experiment that a member is in: the one drawn now, unless they were in one before. */
export async function armOf(
  db: EntityManager,
  memberId: string,
  experiment: string,
  drawn: string,
  on: string,
): Promise<string> {
  await db.query(
    `INSERT INTO experiment_arm (member_id, experiment, arm, assigned_on) VALUES ($1, $2, $3, $4)
     ON CONFLICT (member_id, experiment) DO NOTHING`,
    [memberId, experiment, drawn, on],
  );
  const rows = await db.query<{ arm: string }[]>(
    'SELECT arm FROM experiment_arm WHERE member_id = $1 AND experiment = $2',
    [memberId, experiment],
  );
  return rows[0]?.arm ?? drawn;
}
