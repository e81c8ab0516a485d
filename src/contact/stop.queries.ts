import { type EntityManager } from 'typeorm';
import { type Channel } from '../study/channel.js';

/** The message that an unsubscribe link stands in. */
export interface StoppedMessage {
  member_id: string;
  wave_id: string;
  channel: Channel;
}

/**
 * The message that holds an unsubscribe link, with its member locked: senders hold that lock when a message leaves, so none leaves once
 * a stop is acknowledged. A message that stands in no plan came by e-mail.
 */
export async function lockStoppedMessage(
  tx: EntityManager,
  stopHash: Buffer,
): Promise<StoppedMessage | undefined> {
  const rows = await tx.query<StoppedMessage[]>(
    `SELECT l.member_id, l.wave_id, coalesce(a.channel, 'email') AS channel
     FROM personal_link l JOIN member m ON m.id = l.member_id LEFT JOIN contact_attempt a USING (member_id, wave_id, step)
     WHERE l.stop_hash = $1 FOR NO KEY UPDATE OF m`,
    [stopHash],
  );
  return rows[0];
}

/**
 * A stop takes back what the person had asked to be reminded of by this channel; what they ask for later is sent nevertheless.
 * @param purpose  `all`, `survey`, `check-in` or `wave:<id>`; a repeated stop keeps its first day
 */
export async function addStop(
  tx: EntityManager,
  { member_id, channel }: Pick<StoppedMessage, 'member_id' | 'channel'>,
  purpose: string,
  on: string,
): Promise<void> {
  await tx.query(
    `WITH taken_back AS (
       UPDATE contact_attempt SET state = 'suppressed', reason = 'unsubscribed', claim = NULL
       WHERE member_id = $1 AND state = 'planned' AND step LIKE 'asked-%' AND channel = $2
     )
     INSERT INTO message_stop (member_id, channel, purpose, stopped_on) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [member_id, channel, purpose, on],
  );
}

export async function removeStop(
  tx: EntityManager,
  { member_id, channel }: StoppedMessage,
  purpose: string,
): Promise<void> {
  await tx.query('DELETE FROM message_stop WHERE member_id = $1 AND channel = $2 AND purpose = $3', [
    member_id,
    channel,
    purpose,
  ]);
}
