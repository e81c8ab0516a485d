import { type EntityManager } from 'typeorm';
import { type Channel } from '../study/channel.js';

/** An address of a member that takes no messages; never the address itself. */
export interface ChannelTrouble {
  memberId: string;
  channel: Channel;
  kind: 'bounced' | 'blocked' | 'complaint' | 'suppressed';
  /** A code, such as `dsn_5.1.1`. */
  reason?: string;
  /** YYYY-MM-DD */
  sinceOn: string;
}

/**
 * Notes troubles in the main database. Of two about one channel the newer holds, but a complaint stays.
 * @param troubles  at most one of a member and channel
 */
export async function addTrouble(tx: EntityManager, troubles: ChannelTrouble[]): Promise<void> {
  await tx.query(
    `INSERT INTO channel_trouble (member_id, channel, kind, reason, since_on)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[])
     ON CONFLICT ON CONSTRAINT channel_trouble_pk DO UPDATE
       SET kind = excluded.kind, reason = excluded.reason, since_on = excluded.since_on
       WHERE channel_trouble.kind <> 'complaint'`,
    [
      troubles.map(({ memberId }) => memberId),
      troubles.map(({ channel }) => channel),
      troubles.map(({ kind }) => kind),
      troubles.map(({ reason }) => reason ?? null),
      troubles.map(({ sinceOn }) => sinceOn),
    ],
  );
}

/** Another address was stored, or staff say that this one takes messages again. */
export async function clearTrouble(tx: EntityManager, memberId: string, channel: Channel): Promise<void> {
  await tx.query('DELETE FROM channel_trouble WHERE member_id = $1 AND channel = $2', [memberId, channel]);
}
