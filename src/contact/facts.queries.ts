import { type DataSource, type EntityManager } from 'typeorm';
import { standingConsents } from '../consent/standing-sql.js';
import { executeIn, type Statement } from '../kit/statement.queries.js';
import { type MemberStatus } from '../panel/member-status.js';
import { type Channel } from '../study/channel.js';
import { type CaseState } from '../wave/case-state.js';
import { type ChannelFacts, type ContactFacts } from './decide/decision.js';

/** All that the tables say about a planned message. */
export interface FactsRow {
  member_id: string;
  wave_id: string;
  step: string;
  falls_due_at: Date;
  /** The channel that it is planned for; null where nothing is planned yet. */
  planned_channel: Channel | null;
  case_state: CaseState;
  submitted: boolean;
  page: string | null;
  last_active_at: Date | null;
  remind_at: Date | null;
  /** When the case can no longer be answered: the end of the member's own window, or else of the wave. */
  closes_at: Date;
  wave_closed: boolean;
  study_paused: boolean;
  fenced: boolean;
  member_status: MemberStatus;
  addresses: Channel[];
  locale: string;
  cohort: string;
  recruitment_source: string;
  host_country: string;
  residence_country: string | null;
  residence_region: string | null;
  time_zone: string | null;
  pauses: ContactFacts['pauses'] | null;
  troubles: Partial<Record<Channel, NonNullable<ChannelFacts['trouble']>>> | null;
  stopped: Channel[] | null;
  /** Each consent as it stands now. */
  consents: Record<string, boolean> | null;
  /** When messages left for this member, as far back as a frequency cap looks. */
  recent: Date[] | null;
  study_id: string;
  /** Other ones as soon as the wave, the study or a letter was changed. */
  wave_version: string;
  study_version: string;
  letters_version: string | null;
  /** Of everything above: equal as long as nothing has changed. */
  fingerprint: string;
}

/** The messages whose facts are asked for: keys of attempts, or what would be planned for whoever has no case yet. */
export interface Wanted {
  member_id: string;
  wave_id: string;
  step: string;
  falls_due_at: Date;
  /** When their case would close; null where they have one. */
  closes_at: Date | null;
}

/** How far back a frequency cap may look: the longest that a study can declare. */
const RECENT = `interval '90 days'`;

/**
 * `OFFSET 0` has each fact looked up once, though the fingerprint reads them all again.
 * @param source  a relation of Wanted, with the instant of the look (`looked_at`) that "recent" counts back from
 */
export const factsSql = (source: string): string => `
  SELECT f.*, md5(f::text) AS fingerprint FROM (
    SELECT a.member_id, a.wave_id, a.step, a.falls_due_at, a.planned_channel, coalesce(c.state, 'issued') AS case_state,
           r.submitted_on IS NOT NULL AS submitted, r.page, c.last_active_at, c.remind_at,
           coalesce(c.closes_at, a.closes_at, w.closes_at) AS closes_at, w.closed_at IS NOT NULL AS wave_closed,
           y.sending_paused_at IS NOT NULL AS study_paused,
           coalesce((SELECT s.fenced_at IS NOT NULL FROM sending_fence s), false) AS fenced,
           m.status AS member_status, m.channels AS addresses, m.locale, m.cohort, m.recruitment_source,
           m.host_country, m.residence_country, m.residence_region, m.time_zone,
           (SELECT jsonb_agg(jsonb_build_object('fromOn', p.from_on, 'untilOn', p.until_on) ORDER BY p.seq)
            FROM member_pause p WHERE p.member_id = a.member_id) AS pauses,
           (SELECT jsonb_object_agg(t.channel, t.kind ORDER BY t.channel)
            FROM channel_trouble t WHERE t.member_id = a.member_id) AS troubles,
           (SELECT array_agg(DISTINCT s.channel ORDER BY s.channel) FROM message_stop s WHERE s.member_id = a.member_id
              AND s.purpose IN ('all', coalesce(w.definition ->> 'kind', 'survey'), 'wave:' || a.wave_id)) AS stopped,
           (SELECT jsonb_object_agg(d.purpose, d.given ORDER BY d.purpose)
            FROM ${standingConsents('a.member_id')} AS d) AS consents,
           (SELECT array_agg(coalesce(o.sent_at, o.claimed_at) ORDER BY coalesce(o.sent_at, o.claimed_at))
            FROM contact_attempt o WHERE o.member_id = a.member_id AND o.state IN ('sending', 'sent', 'unknown')
              AND coalesce(o.sent_at, o.claimed_at) > a.looked_at - ${RECENT}) AS recent,
           y.id AS study_id, w.xmin::text AS wave_version, y.xmin::text AS study_version,
           (SELECT count(*) || '/' || max(l.xmin::text::bigint) FROM letter l WHERE l.study_id = y.id) AS letters_version
    FROM ${source} AS a
    JOIN member m ON m.id = a.member_id
    JOIN wave w ON w.id = a.wave_id
    JOIN study y ON y.id = w.study_id
    LEFT JOIN issued_case c ON c.member_id = a.member_id AND c.wave_id = a.wave_id
    LEFT JOIN response r ON r.member_id = a.member_id AND r.wave_id = a.wave_id
    OFFSET 0
  ) AS f`;

/** @param at  the parameter with the instant of the look */
const attempts = (at: string) => `(SELECT member_id, wave_id, step, falls_due_at, channel AS planned_channel,
    NULL::timestamptz AS closes_at, ${at}::timestamptz AS looked_at
  FROM contact_attempt`;

const OF_ATTEMPTS: Statement = {
  name: 'contact_facts',
  text: factsSql(
    `${attempts('$4')} WHERE (member_id, wave_id, step) IN (SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[])))`,
  ),
};

/** The facts of some attempts, in no order. */
export async function factsOfAttempts(
  tx: EntityManager,
  keys: readonly Pick<Wanted, 'member_id' | 'wave_id' | 'step'>[],
  now: Date,
): Promise<FactsRow[]> {
  if (keys.length === 0) return [];
  return executeIn(tx, OF_ATTEMPTS, [
    keys.map((k) => k.member_id),
    keys.map((k) => k.wave_id),
    keys.map((k) => k.step),
    now,
  ]);
}

/** The facts of all that is planned for some members, in the order in which it is looked at. */
export async function factsOfPlanned(
  db: DataSource | EntityManager,
  memberIds: readonly string[],
  now: Date,
): Promise<FactsRow[]> {
  return db.query(
    `SELECT g.* FROM (${factsSql(`${attempts('$2')} WHERE member_id = ANY($1::uuid[]) AND state = 'planned')`)}) AS g
     JOIN contact_attempt a USING (member_id, wave_id, step) ORDER BY g.member_id, a.due_at, g.wave_id, g.step`,
    [memberIds, now],
  );
}

/** The planned attempts of a wave that are looked at soonest. */
export async function factsOfNext(
  db: DataSource | EntityManager,
  waveId: string,
  limit: number,
  now: Date,
): Promise<FactsRow[]> {
  return db.query(
    `SELECT g.* FROM (${factsSql(
      `${attempts('$3')} WHERE wave_id = $1 AND state = 'planned' ORDER BY due_at, member_id, step LIMIT $2)`,
    )}) AS g JOIN contact_attempt a USING (member_id, wave_id, step) ORDER BY a.due_at, g.member_id, g.step`,
    [waveId, limit, now],
  );
}

/** The facts of messages that would be planned for members without a case. */
export async function factsOfWished(
  db: DataSource | EntityManager,
  wanted: readonly Wanted[],
  now: Date,
): Promise<FactsRow[]> {
  return db.query(
    `${factsSql(
      `(SELECT *, NULL::text AS planned_channel, $6::timestamptz AS looked_at
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
          AS u(member_id, wave_id, step, falls_due_at, closes_at))`,
    )} ORDER BY f.member_id, f.falls_due_at, f.step`,
    [
      wanted.map((w) => w.member_id),
      wanted.map((w) => w.wave_id),
      wanted.map((w) => w.step),
      wanted.map((w) => w.falls_due_at),
      wanted.map((w) => w.closes_at),
      now,
    ],
  );
}
