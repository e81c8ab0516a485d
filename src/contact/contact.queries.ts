import { DataSource, EntityManager } from 'typeorm';
import { CASE_STATES, type CaseState, stateAfter } from '../wave/case-state.js';

export interface PlannedStep {
  step: string;
  channel: string;
  dueAt: Date;
}

/** Plans the steps of a wave's contact plan for every case that has none yet. */
export async function planAttempts(db: EntityManager, waveId: string, steps: PlannedStep[]): Promise<number> {
  const rows = await db.query<{ planned: number }[]>(
    `WITH planned AS (
       INSERT INTO contact_attempt (member_id, wave_id, step, state, channel, due_at)
       SELECT c.member_id, c.wave_id, s.step, 'planned', s.channel, s.due_at
       FROM issued_case c CROSS JOIN unnest($2::text[], $3::text[], $4::timestamptz[]) AS s(step, channel, due_at)
       WHERE c.wave_id = $1 AND c.state = 'issued'
       ON CONFLICT ON CONSTRAINT contact_attempt_pk DO NOTHING
       RETURNING 1
     )
     SELECT count(*)::int AS planned FROM planned`,
    [waveId, steps.map((s) => s.step), steps.map((s) => s.channel), steps.map((s) => s.dueAt)],
  );
  return rows[0]?.planned ?? 0;
}

/** A planned attempt with all that decides whether it goes out. */
export interface AttemptRow {
  member_id: string;
  wave_id: string;
  step: string;
  channel: string;
  due_at: Date;
  tries: number;
  case_state: CaseState;
  member_status: 'active' | 'withdrawn' | 'dead';
  member_channels: string[];
  locale: string;
  time_zone: string | null;
  host_country: string;
  residence_country: string | null;
  residence_region: string | null;
  /** When the case can no longer be answered: the end of the member's own window, or else of the wave. */
  closes_at: Date;
  stopped: boolean;
  study_paused: boolean;
  wave_closed: boolean;
}

const ATTEMPT = `
  SELECT a.member_id, a.wave_id, a.step, a.channel, a.due_at, a.tries, c.state AS case_state, m.status AS member_status,
         m.channels AS member_channels, m.locale, m.time_zone, m.host_country, m.residence_country, m.residence_region,
         coalesce(c.closes_at, w.closes_at) AS closes_at,
         EXISTS (SELECT FROM message_stop s WHERE s.member_id = m.id AND s.channel = a.channel) AS stopped,
         y.sending_paused_at IS NOT NULL AS study_paused, w.closed_at IS NOT NULL AS wave_closed
  FROM contact_attempt a
  JOIN issued_case c USING (member_id, wave_id)
  JOIN member m ON m.id = a.member_id
  JOIN wave w ON w.id = a.wave_id
  JOIN study y ON y.id = w.study_id`;

/**
 * The longest-overdue attempt of a wave, locked together with its case: a submission under way holds the case, and the
 * attempt is left for the next look. Undefined when nothing is due.
 */
export async function lockDueAttempt(
  tx: EntityManager,
  waveId: string,
  now: Date,
): Promise<AttemptRow | undefined> {
  const rows = await tx.query<AttemptRow[]>(
    `${ATTEMPT} WHERE a.wave_id = $1 AND a.state = 'planned' AND a.due_at <= $2
     ORDER BY a.due_at LIMIT 1 FOR UPDATE OF a, c SKIP LOCKED`,
    [waveId, now],
  );
  return rows[0];
}

/** The planned attempts of a wave in the order in which they fall due, after one of them: a page at a time. */
export async function plannedAttempts(
  db: DataSource,
  waveId: string,
  limit: number,
  after: AttemptRow | undefined,
): Promise<AttemptRow[]> {
  return db.query(
    `${ATTEMPT} WHERE a.wave_id = $1 AND a.state = 'planned'
       AND ($3::timestamptz IS NULL OR (a.due_at, a.member_id, a.step) > ($3, $4::uuid, $5::text))
     ORDER BY a.due_at, a.member_id, a.step LIMIT $2`,
    [waveId, limit, after?.due_at ?? null, after?.member_id ?? null, after?.step ?? null],
  );
}

type Attempt = Pick<AttemptRow, 'member_id' | 'wave_id' | 'step'>;

/** Sets what became of an attempt. */
export async function settleAttempt(
  db: EntityManager,
  { member_id, wave_id, step }: Attempt,
  to: {
    state: 'planned' | 'sending' | 'sent' | 'suppressed' | 'failed' | 'unknown';
    reason?: string;
    dueAt?: Date;
    claimedAt?: Date;
    sentAt?: Date;
    tries?: number;
    locale?: string;
    messageId?: string;
  },
): Promise<void> {
  await db.query(
    `UPDATE contact_attempt SET state = $4, reason = $5, due_at = coalesce($6, due_at), claimed_at = $7,
       sent_at = coalesce($8, sent_at), tries = coalesce($9, tries), locale = coalesce($10, locale),
       message_id = coalesce($11, message_id)
     WHERE member_id = $1 AND wave_id = $2 AND step = $3`,
    [
      member_id,
      wave_id,
      step,
      to.state,
      to.reason ?? null,
      to.dueAt ?? null,
      to.claimedAt ?? null,
      to.sentAt ?? null,
      to.tries ?? null,
      to.locale ?? null,
      to.messageId ?? null,
    ],
  );
}

/** The case was invited: state and history, where it still waited for that. */
export async function markInvited(
  db: EntityManager,
  { member_id, wave_id }: Attempt,
  on: string,
): Promise<void> {
  await db.query(
    `WITH moved AS (
       UPDATE issued_case SET state = 'invited' WHERE member_id = $1 AND wave_id = $2 AND state = 'issued' RETURNING 1
     )
     INSERT INTO case_event (member_id, wave_id, seq, event, state, happened_on)
     SELECT $1, $2, (SELECT coalesce(max(seq), 0) + 1 FROM case_event WHERE member_id = $1 AND wave_id = $2), 'invite', 'invited', $3
     FROM moved`,
    [member_id, wave_id, on],
  );
}

/** The message came back: the case is undeliverable where it still waited for the person, until they open another message. */
export async function markUndeliverable(
  db: EntityManager,
  { member_id, wave_id }: Attempt,
  on: string,
): Promise<void> {
  await db.query(
    `WITH moved AS (
       UPDATE issued_case SET state = 'undeliverable' WHERE member_id = $1 AND wave_id = $2 AND state = ANY($4::text[]) RETURNING 1
     )
     INSERT INTO case_event (member_id, wave_id, seq, event, state, happened_on)
     SELECT $1, $2, (SELECT coalesce(max(seq), 0) + 1 FROM case_event WHERE member_id = $1 AND wave_id = $2), 'bounce', 'undeliverable', $3
     FROM moved`,
    [member_id, wave_id, on, BOUNCES],
  );
}

const BOUNCES = CASE_STATES.filter(
  (state) => state !== 'undeliverable' && stateAfter(state, 'bounce') === 'undeliverable',
);

export async function addPersonalLink(
  db: EntityManager,
  { member_id, wave_id, step }: Attempt,
  tokenHash: Buffer,
  stopHash: Buffer,
): Promise<void> {
  await db.query(
    `INSERT INTO personal_link (token_hash, member_id, wave_id, step, stop_hash) VALUES ($1, $2, $3, $4, $5)`,
    [tokenHash, member_id, wave_id, step, stopHash],
  );
}

/** Messages that a crash left half-way are unknown, and are never sent again by themselves. */
export async function lapseSending(db: DataSource, claimedBefore: Date): Promise<number> {
  const rows = await db.query<{ lapsed: number }[]>(
    `WITH lapsed AS (
       UPDATE contact_attempt SET state = 'unknown', reason = 'interrupted' WHERE state = 'sending' AND claimed_at < $1 RETURNING 1
     ) SELECT count(*)::int AS lapsed FROM lapsed`,
    [claimedBefore],
  );
  return rows[0]?.lapsed ?? 0;
}

/** Waves with something due. */
export async function wavesWithDueAttempts(db: DataSource, now: Date): Promise<string[]> {
  const rows = await db.query<{ id: string }[]>(
    `SELECT w.id FROM wave w WHERE EXISTS (
       SELECT FROM contact_attempt a WHERE a.wave_id = w.id AND a.state = 'planned' AND a.due_at <= $1)`,
    [now],
  );
  return rows.map((row) => row.id);
}

/** Stops a channel's messages for the member who got the message with this unsubscribe link; false when it is unknown. */
export async function stopMessages(
  db: DataSource,
  stopHash: Buffer,
  channel: string,
  on: string,
): Promise<boolean> {
  const rows = await db.query<{ found: number }[]>(
    `WITH link AS (SELECT member_id FROM personal_link WHERE stop_hash = $1),
          stopped AS (INSERT INTO message_stop (member_id, channel, stopped_on) SELECT member_id, $2, $3 FROM link ON CONFLICT DO NOTHING)
     SELECT count(*)::int AS found FROM link`,
    [stopHash, channel, on],
  );
  return rows[0]?.found === 1;
}
