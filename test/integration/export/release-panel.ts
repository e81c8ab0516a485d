import { putPeopleIn } from './people.js';
import { type Panel, twoWaves } from './two-waves.js';

/** Two waves with enough people for a scientific-use release. All of them agree to the archive, but for one. */
export async function releasePanel(): Promise<Panel> {
  const panel = await twoWaves();
  await putPeopleIn(panel);
  for (const wave of ['a', 'b'])
    for (const cohort of ['first', 'second', 'third'])
      await panel.issue(await panel.member({ cohort }), wave, {
        state: 'complete',
        disposition: '1.1',
        answers: { consent_take_part: 'yes', country: 'SRB', last_word: cohort },
      });
  await panel.rows(
    `INSERT INTO consent (member_id, wave_id, purpose, given, text_version, locale, decided_on)
     SELECT DISTINCT ON (c.member_id) c.member_id, c.wave_id, 'archive', m.cohort <> 'refuted', '2026-11', 'ru', '2026-05-12'
     FROM issued_case c JOIN member m ON m.id = c.member_id ORDER BY 1, 2`,
  );
  return panel;
}
