import { type DataSource } from 'typeorm';

/** The questionnaires of a study's opened waves, the newest first. */
export async function questionnairesOf(db: DataSource, studyId: string): Promise<string[]> {
  const rows = await db.query<{ questionnaire_id: string }[]>(
    `SELECT questionnaire_id FROM wave WHERE study_id = $1 AND opened_at IS NOT NULL AND questionnaire_id IS NOT NULL
     ORDER BY opened_at DESC, letter DESC`,
    [studyId],
  );
  return rows.map((row) => row.questionnaire_id);
}
