import { type DataSource, type EntityManager } from 'typeorm';
import { type WaveFile } from '../study/study.js';
import { WaveRow } from '../wave/wave.entity.js';
import { UnknownWave } from '../wave/wave.problems.js';
import { waveFileOf } from '../wave/wave.service.js';
import { type StepTiming } from './timing.js';

/** A wave with the contact plan in force. @throws UnknownWave */
export async function waveInForce(
  db: DataSource | EntityManager,
  waveId: string,
): Promise<{ studyId: string; letter: string; file: WaveFile }> {
  const row = await db.getRepository(WaveRow).findOneBy({ id: waveId });
  if (!row) throw UnknownWave({ wave: waveId });
  return { studyId: row.studyId, letter: row.letter, file: waveFileOf(row) };
}

/**
 * The instant at which a step falls due for a case. The spread over the minutes is by the first 16 bits of the member's id, as in
 * `timing.ts`, its twin, which knows no less than a millisecond.
 */
const FALLS_DUE = `
  date_trunc('milliseconds', CASE WHEN s.days_before IS NULL THEN c.plan_from + s.hours_after * interval '1 hour'
       ELSE greatest(coalesce(c.closes_at, w.closes_at) - s.days_before * interval '1 day', c.plan_from) END
  + ('x' || left(c.member_id::text, 4))::bit(16)::int / 65536.0 * s.spread * interval '1 minute')`;

const STEPS = `unnest($2::text[], $3::text[], $4::int[], $5::int[], $6::int[]) AS s(step, channel, hours_after, days_before, spread)`;

const timing = (steps: readonly StepTiming[]): unknown[] => [
  steps.map((s) => s.step),
  steps.map((s) => s.channel),
  steps.map((s) => s.hoursAfter),
  steps.map((s) => s.daysBeforeClose),
  steps.map((s) => s.spreadMinutes),
];

/**
 * Plans steps for cases of a wave; a step that was planned before stays as it is.
 * @param memberIds  whose cases; null is all that are not finished
 * @returns how many messages were planned
 */
export async function planAttempts(
  tx: EntityManager,
  waveId: string,
  steps: readonly StepTiming[],
  memberIds: readonly string[] | null,
): Promise<number> {
  const rows = await tx.query<{ planned: number }[]>(
    `WITH planned AS (
       INSERT INTO contact_attempt (member_id, wave_id, step, state, channel, falls_due_at, due_at)
       SELECT d.member_id, d.wave_id, d.step, 'planned', d.channel, d.at, d.at FROM (
         SELECT c.member_id, c.wave_id, s.step, s.channel, ${FALLS_DUE} AS at
         FROM issued_case c JOIN wave w ON w.id = c.wave_id CROSS JOIN ${STEPS}
         WHERE c.wave_id = $1 AND c.finished_on IS NULL AND ($7::uuid[] IS NULL OR c.member_id = ANY($7))
       ) AS d
       ON CONFLICT ON CONSTRAINT contact_attempt_pk DO NOTHING
       RETURNING 1
     )
     SELECT count(*)::int AS planned FROM planned`,
    [waveId, ...timing(steps), memberIds],
  );
  return rows[0]?.planned ?? 0;
}

/** What a plan alone held back: it is looked at again when the plan has changed. */
const HELD_BACK_BY_PLAN = ['window_over', 'wave_closed', 'step_removed', 'condition_false', 'frequency_cap'];

/**
 * Moves what is planned to where the plan has it now, and takes up again what the plan had held back. What waits for its next look or
 * is being prepared is looked at anew: a preparation under way finds its facts changed and does not send.
 * @returns how many messages were moved
 */
export async function replanAttempts(
  tx: EntityManager,
  waveId: string,
  steps: readonly StepTiming[],
): Promise<number> {
  const rows = await tx.query<{ moved: number }[]>(
    `WITH moved AS (
       UPDATE contact_attempt a
       SET falls_due_at = ${FALLS_DUE}, due_at = ${FALLS_DUE}, channel = s.channel, state = 'planned', reason = NULL, claim = NULL
       FROM issued_case c, wave w, ${STEPS}
       WHERE a.wave_id = $1 AND c.member_id = a.member_id AND c.wave_id = a.wave_id AND w.id = a.wave_id AND s.step = a.step
         AND c.finished_on IS NULL AND (a.state = 'planned' OR a.state = 'suppressed' AND a.reason = ANY($7::text[]))
       RETURNING 1
     ), gone AS (
       UPDATE contact_attempt a SET due_at = a.falls_due_at, claim = NULL
       WHERE a.wave_id = $1 AND a.state = 'planned' AND a.step <> ALL($2::text[])
     )
     SELECT count(*)::int AS moved FROM moved`,
    [waveId, ...timing(steps), HELD_BACK_BY_PLAN],
  );
  return rows[0]?.moved ?? 0;
}
