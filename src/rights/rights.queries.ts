import { type EntityManager } from 'typeorm';
import { type MemberStatus } from '../panel/member-status.js';
import { type Channel } from '../study/channel.js';

/** A member as the acts of their own need to know them. */
export interface OwnMember {
  id: string;
  studyId: string;
  status: MemberStatus;
  locale: string;
  /** ISO 3166-1 alpha-3; null while only the host country is known. */
  residenceCountry: string | null;
  hostCountry: string;
  joinedOn: string;
  channels: Channel[];
}

const OWN_MEMBER = `
  SELECT m.id, m.study_id AS "studyId", m.status, m.locale, m.residence_country AS "residenceCountry", m.host_country AS "hostCountry",
         m.joined_on::text AS "joinedOn", m.channels
  FROM member m WHERE m.id = $1`;

export async function ownMember(tx: EntityManager, memberId: string): Promise<OwnMember | undefined> {
  const rows = await tx.query<OwnMember[]>(OWN_MEMBER, [memberId]);
  return rows[0];
}

/** The same with the row locked, as senders hold it when a message leaves. */
export async function lockOwnMember(tx: EntityManager, memberId: string): Promise<OwnMember | undefined> {
  const rows = await tx.query<OwnMember[]>(`${OWN_MEMBER} FOR NO KEY UPDATE`, [memberId]);
  return rows[0];
}

/** Takes every stop of messages in some channels back. @returns what was stopped */
export async function removeStops(
  tx: EntityManager,
  memberId: string,
  channels: readonly Channel[],
): Promise<{ channel: Channel; purpose: string }[]> {
  return tx.query(
    `WITH taken AS (
       DELETE FROM message_stop WHERE member_id = $1 AND channel = ANY($2::text[]) RETURNING channel, purpose
     ) SELECT channel, purpose FROM taken ORDER BY channel, purpose`,
    [memberId, channels],
  );
}

export async function setLocale(tx: EntityManager, memberId: string, locale: string): Promise<void> {
  await tx.query('UPDATE member SET locale = $2 WHERE id = $1', [memberId, locale]);
}

/**
 * Shuts every way in: links, codes and the page itself, what was asked for and is not answered, and addresses that are not proved yet.
 * Sessions of questionnaires stay until they lapse: whoever has left is told so there, and nothing else.
 */
export async function shutWaysIn(tx: EntityManager, memberId: string): Promise<void> {
  await tx.query('UPDATE personal_link SET revoked = true WHERE member_id = $1 AND NOT revoked', [memberId]);
  for (const table of ['link_request', 'telegram_start', 'rights_session', 'rights_link', 'address_change'])
    await tx.query(`DELETE FROM ${table} WHERE member_id = $1`, [memberId]);
}

/** The channels in which something is stopped. */
export async function stoppedChannels(tx: EntityManager, memberId: string): Promise<Channel[]> {
  const rows = await tx.query<{ channel: Channel }[]>(
    'SELECT DISTINCT channel FROM message_stop WHERE member_id = $1 ORDER BY channel',
    [memberId],
  );
  return rows.map(({ channel }) => channel);
}
