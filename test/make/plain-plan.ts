import { type DataSource } from 'typeorm';
import { type ContactStep } from '../../src/study/contact-plan.js';
import { type StudyFile, type WaveFile } from '../../src/study/study.js';

/** An invitation at once, and reminders to whoever has not finished, after 5 and 12 days. */
export const plainPlan = (invitation: string): ContactStep[] => [
  { step: 'invitation', afterDays: 0, letter: invitation },
  { step: 'reminder1', afterDays: 5, letter: 'reminder' },
  { step: 'reminder2', afterDays: 12, letter: 'last-call' },
];

/** A wave with the plainest plan of its kind: each step at its hour, for everyone, by whatever channel there is. */
const plainWave = (wave: WaveFile): WaveFile => ({
  ...wave,
  contactPlan:
    wave.kind === 'check-in'
      ? wave.contactPlan.map(({ step, afterDays = 0, letter }) => ({ step, afterDays, letter }))
      : plainPlan(wave.contactPlan[0]?.letter ?? ''),
});

/** A study with plain plans, no caps and no narrower hours: what tests of the machinery count on, whatever the study itself declares. */
export function plainly(study: StudyFile): StudyFile {
  const plain = { ...study, waves: study.waves.map(plainWave) };
  delete plain.contact;
  return plain;
}

/** Puts the plain plans in place of those that were loaded. */
export async function loadPlainly(db: DataSource, study: StudyFile): Promise<void> {
  const plain = plainly(study);
  await db.query('UPDATE study SET definition = $2 WHERE id = $1', [study.id, JSON.stringify(plain)]);
  for (const wave of plain.waves)
    await db.query('UPDATE wave SET definition = $3 WHERE study_id = $1 AND letter = $2', [
      study.id,
      wave.id,
      JSON.stringify(wave),
    ]);
}
