import { type EntityManager } from 'typeorm';
import { type NewMember } from './new-member.js';

/** Adds people to a study's panel, without any way to reach them: that is the vault's. */
export async function addMembers(
  tx: EntityManager,
  studyId: string,
  members: (NewMember & { id: string })[],
  on: string,
): Promise<void> {
  await tx.query(
    `INSERT INTO member (id, study_id, cohort, recruitment_source, host_country, locale, time_zone, channels, status, synthetic, joined_on)
     SELECT id, $1, cohort, source, country, locale, zone, '{email}', 'active', synthetic, $2
     FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[])
       AS p(id, cohort, source, country, locale, zone, synthetic)`,
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
    ],
  );
}
