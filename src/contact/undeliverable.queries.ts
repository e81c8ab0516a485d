import { type DataSource, type EntityManager } from 'typeorm';
import { CASE_STATES, stateAfter } from '../wave/case-state.js';
import { type AttemptKey } from './attempt.js';

/** The message came back, and no other channel is left: the case is undeliverable until they open another message. */
export async function markUndeliverable(
  db: DataSource | EntityManager,
  { member_id, wave_id }: Pick<AttemptKey, 'member_id' | 'wave_id'>,
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
