import { type DataSource, type EntityManager } from 'typeorm';
import {
  type AttemptOutcome,
  type TracingChannel,
  type TracingOutcome,
  type TracingReason,
  type TracingTask,
} from './tracing.js';

/**
 * The days on which a member was heard: answers of interviews, what they reported between waves, and a click on "do not write to me".
 * What staff report is no sign of the member.
 */
const heard = (member: string): string => `
  (SELECT coalesce(r.submitted_on, r.saved_on) AS heard_on
   FROM response r JOIN issued_case i ON i.member_id = r.member_id AND i.wave_id = r.wave_id AND i.state IN ('complete', 'partial')
   WHERE r.member_id = ${member}
   UNION ALL SELECT reported_on FROM residence_report WHERE member_id = ${member} AND reporter = 'respondent'
   UNION ALL SELECT stopped_on FROM message_stop WHERE member_id = ${member})`;

/** In which states a case means that its member is to be looked for. */
export interface LostStates {
  /** Of a check-in. */
  silent: readonly string[];
  /** Of any wave. */
  bounced: readonly string[];
}

/**
 * Opens a task for each active member who is lost since a case, and of whom nothing was heard since: since the bounce, or in the
 * whole time of a check-in. A member has one task at a time, none again for what one was closed about, and who stopped all messages
 * is left in peace.
 * @returns how many
 */
export async function openTasks(db: DataSource, states: LostStates, on: string): Promise<number> {
  const rows = await db.query<{ opened: number }[]>(
    `WITH lost AS (
       SELECT DISTINCT ON (c.member_id) c.member_id, c.wave_id, e.reason
       FROM issued_case c
       JOIN wave w ON w.id = c.wave_id
       JOIN member m ON m.id = c.member_id AND m.status = 'active'
       CROSS JOIN LATERAL (
         SELECT CASE WHEN c.state = ANY($2::text[]) THEN 'bounced' ELSE 'silent' END AS reason,
                coalesce((SELECT max(h.happened_on) FROM case_event h
                          WHERE h.member_id = c.member_id AND h.wave_id = c.wave_id AND h.event = 'bounce' AND c.state = ANY($2)),
                         c.finished_on) AS lost_on
       ) AS e
       WHERE (c.state = ANY($2) OR c.state = ANY($1::text[]) AND w.definition ->> 'kind' = 'check-in')
         AND NOT m.channels <@ ARRAY(SELECT s.channel FROM message_stop s WHERE s.member_id = m.id)
         AND NOT EXISTS (SELECT FROM tracing_task t WHERE t.member_id = c.member_id
                           AND (t.closed_on IS NULL OR t.closed_on >= e.lost_on))
         AND NOT EXISTS (SELECT FROM ${heard('c.member_id')} AS h
                         WHERE CASE e.reason WHEN 'bounced' THEN h.heard_on >= e.lost_on ELSE h.heard_on > c.issued_on END)
       ORDER BY c.member_id, e.lost_on DESC, c.wave_id
     ), opened AS (
       INSERT INTO tracing_task (member_id, seq, wave_id, reason, opened_on)
       SELECT l.member_id, (SELECT coalesce(max(seq), 0) + 1 FROM tracing_task WHERE member_id = l.member_id), l.wave_id, l.reason, $3
       FROM lost l
       ON CONFLICT DO NOTHING
       RETURNING 1
     )
     SELECT count(*)::int AS opened FROM opened`,
    [states.silent, states.bounced, on],
  );
  return rows[0]?.opened ?? 0;
}

/** Ends the tasks of whom something was heard since (`found`), and of whom the study has lost for good (`left`). @returns how many */
export async function closeAnswered(db: DataSource, on: string): Promise<number> {
  const rows = await db.query<{ closed: number }[]>(
    `WITH closed AS (
       UPDATE tracing_task t SET closed_on = e.closed_on, outcome = e.outcome
       FROM (
         SELECT o.member_id, o.seq, coalesce(h.heard_on, $1::date) AS closed_on,
                CASE WHEN m.status = 'active' THEN 'found' ELSE 'left' END AS outcome
         FROM tracing_task o
         JOIN member m ON m.id = o.member_id
         CROSS JOIN LATERAL (SELECT min(heard_on) AS heard_on FROM ${heard('o.member_id')} AS all_days
                             WHERE heard_on >= o.opened_on) AS h
         WHERE o.closed_on IS NULL AND (h.heard_on IS NOT NULL OR m.status <> 'active')
       ) AS e
       WHERE t.member_id = e.member_id AND t.seq = e.seq AND t.closed_on IS NULL
       RETURNING 1
     )
     SELECT count(*)::int AS closed FROM closed`,
    [on],
  );
  return rows[0]?.closed ?? 0;
}

/** Opens a task by staff's decision; false where one is open already. */
export async function openTask(tx: EntityManager, memberId: string, on: string): Promise<boolean> {
  const rows = await tx.query<{ opened: number }[]>(
    `WITH opened AS (
       INSERT INTO tracing_task (member_id, seq, reason, opened_on)
       SELECT $1, (SELECT coalesce(max(seq), 0) + 1 FROM tracing_task WHERE member_id = $1), 'staff', $2
       ON CONFLICT DO NOTHING
       RETURNING 1
     )
     SELECT count(*)::int AS opened FROM opened`,
    [memberId, on],
  );
  return rows[0]?.opened === 1;
}

/** Notes an attempt in the member's open task; false where none is open. */
export async function addAttempt(
  tx: EntityManager,
  memberId: string,
  { channel, outcome, on }: { channel: TracingChannel; outcome: AttemptOutcome; on: string },
): Promise<boolean> {
  const rows = await tx.query<{ added: number }[]>(
    `WITH task AS (
       SELECT member_id, seq FROM tracing_task WHERE member_id = $1 AND closed_on IS NULL FOR UPDATE
     ), added AS (
       INSERT INTO tracing_attempt (member_id, task_seq, seq, channel, outcome, attempted_on)
       SELECT t.member_id, t.seq,
              (SELECT coalesce(max(a.seq), 0) + 1 FROM tracing_attempt a WHERE a.member_id = t.member_id AND a.task_seq = t.seq),
              $2, $3, $4
       FROM task t
       RETURNING 1
     )
     SELECT count(*)::int AS added FROM added`,
    [memberId, channel, outcome, on],
  );
  return rows[0]?.added === 1;
}

/** Ends the member's open task; false where none is open. */
export async function closeTask(
  tx: EntityManager,
  memberId: string,
  outcome: TracingOutcome,
  on: string,
): Promise<boolean> {
  const rows = await tx.query<{ closed: number }[]>(
    `WITH closed AS (
       UPDATE tracing_task SET closed_on = $3, outcome = $2 WHERE member_id = $1 AND closed_on IS NULL RETURNING 1
     )
     SELECT count(*)::int AS closed FROM closed`,
    [memberId, outcome, on],
  );
  return rows[0]?.closed === 1;
}

/** The tasks of a study, the oldest first. */
export const tracingTasks = (db: DataSource, studyId: string, onlyOpen: boolean): Promise<TracingTask[]> =>
  db.query(
    `SELECT t.member_id AS "memberId", t.seq AS task, w.letter AS wave, t.reason, t.opened_on::text AS "openedOn",
            t.closed_on::text AS "closedOn", t.outcome,
            coalesce((SELECT jsonb_agg(jsonb_build_object('channel', a.channel, 'outcome', a.outcome, 'on', a.attempted_on) ORDER BY a.seq)
                      FROM tracing_attempt a WHERE a.member_id = t.member_id AND a.task_seq = t.seq), '[]') AS attempts
     FROM tracing_task t JOIN member m ON m.id = t.member_id LEFT JOIN wave w ON w.id = t.wave_id
     WHERE m.study_id = $1 AND (NOT $2::boolean OR t.closed_on IS NULL)
     ORDER BY t.opened_on, t.member_id, t.seq`,
    [studyId, onlyOpen],
  );

/** How many members of a study are looked for, by reason. */
export const openTaskCounts = (
  db: DataSource,
  studyId: string,
): Promise<{ reason: TracingReason; members: number }[]> =>
  db.query(
    `SELECT t.reason, count(*)::int AS members FROM tracing_task t JOIN member m ON m.id = t.member_id
     WHERE m.study_id = $1 AND t.closed_on IS NULL GROUP BY 1 ORDER BY 1`,
    [studyId],
  );
