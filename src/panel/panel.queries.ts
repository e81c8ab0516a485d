import { type DataSource, type EntityManager } from 'typeorm';
import { isMemberId } from './member-id.js';
import { type MemberStatus } from './member-status.js';
import { channelsOf, type NewMember } from './new-member.js';

/** Adds people to a study's panel, with the names of the ways to reach them; the ways themselves are the vault's. */
export async function addMembers(
  tx: EntityManager,
  studyId: string,
  members: (NewMember & { id: string })[],
  on: string,
): Promise<void> {
  await tx.query(
    `INSERT INTO member (id, study_id, cohort, recruitment_source, host_country, locale, time_zone, channels, status, synthetic,
                         joined_on, recruiter_id, coupon)
     SELECT id, $1, cohort, source, country, locale, zone, string_to_array(channels, ','), 'active', synthetic, $2,
            recruiter, coupon
     FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[], $10::uuid[], $11::text[],
                 $12::text[])
       AS p(id, cohort, source, country, locale, zone, synthetic, recruiter, coupon, channels)`,
    [
      studyId,
      on,
      members.map((m) => m.id),
      members.map((m) => m.cohort),
      members.map((m) => m.recruitmentSource),
      members.map((m) => m.hostCountry),
      members.map((m) => m.locale),
      members.map((m) => m.timeZone ?? null),
      members.map((m) => m.synthetic ?? false),
      members.map((m) => m.recruiterId ?? null),
      members.map((m) => m.coupon ?? null),
      members.map((m) => channelsOf(m).join(',')),
    ],
  );
}

/** Those of some ids (UUIDs) that are members of a study. */
export async function membersAmong(db: DataSource, studyId: string, ids: string[]): Promise<Set<string>> {
  const rows = await db.query<{ id: string }[]>(
    'SELECT id FROM member WHERE study_id = $1 AND id = ANY($2::uuid[])',
    [studyId, ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Whether a member belongs to the panel, with their row locked; undefined where there is none. */
export async function lockMember(tx: EntityManager, memberId: string): Promise<MemberStatus | undefined> {
  if (!isMemberId(memberId)) return undefined;
  const rows = await tx.query<{ status: MemberStatus }[]>(
    'SELECT status FROM member WHERE id = $1 FOR NO KEY UPDATE',
    [memberId],
  );
  return rows[0]?.status;
}

export async function setStatus(tx: EntityManager, memberId: string, status: MemberStatus): Promise<void> {
  await tx.query('UPDATE member SET status = $2 WHERE id = $1', [memberId, status]);
}

/** All members of a study, in pages of ids; nothing is read before the first page is asked for. */
export async function* memberPages(db: DataSource, studyId: string, size = 1000): AsyncGenerator<string[]> {
  for (let after: string | undefined; ;) {
    const rows: { id: string }[] = await db.query(
      `SELECT id FROM member WHERE study_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [studyId, after ?? null, size],
    );
    yield rows.map(({ id }) => id);
    if (rows.length < size) return;
    after = rows.at(-1)?.id;
  }
}
