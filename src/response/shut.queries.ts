import { type DataSource, type EntityManager } from 'typeorm';

/** Revokes every personal link of a study. @returns how many there were */
export async function revokeLinks(tx: EntityManager, studyId: string): Promise<number> {
  const [row] = await tx.query<{ count: number }[]>(
    `WITH shut AS (
       UPDATE personal_link l SET revoked = true FROM member m
       WHERE m.id = l.member_id AND m.study_id = $1 AND NOT l.revoked RETURNING 1
     )
     SELECT count(*)::int AS count FROM shut`,
    [studyId],
  );
  return row?.count ?? 0;
}

/** Ends every session of a study's respondents. @returns how many there were */
export async function endSessions(tx: EntityManager, studyId: string): Promise<number> {
  const [row] = await tx.query<{ count: number }[]>(
    `WITH gone AS (
       DELETE FROM respondent_session s USING member m WHERE m.id = s.member_id AND m.study_id = $1 RETURNING 1
     )
     SELECT count(*)::int AS count FROM gone`,
    [studyId],
  );
  return row?.count ?? 0;
}

/** Forgets the sessions that have lapsed: they open nothing any more, and say who was there. */
export async function forgetLapsedSessions(db: DataSource, today: string): Promise<void> {
  await db.query('DELETE FROM respondent_session WHERE expires_on < $1', [today]);
}
