import { type CaseState } from '../../../src/wave/case-state.js';
import { ON, type Panel } from './two-waves.js';

const SERBIA = [
  { sp_country: 'TUR', sp_year: 2022, sp_month: 'mar', sp_region: '=Стамбул' },
  { sp_country: 'SRB', sp_year: 2023, sp_month: 'summer' },
];
const ALIKE = {
  consent_take_part: 'yes',
  country: 'SRB',
  left_russia: 'after',
  init_has: 'now',
  ident_main: 'exile',
};
const FIRST = { ...ALIKE, spells: SERBIA, work_strategy: 'local', occupation: 'инженер', last_word: null };
const FEED = {
  items: { init_has: { value: 'now', words: { ru: 'Есть сейчас', en: 'Has now' }, wave: 'a', on: ON['a'] } },
  residence: {
    ...{
      country: 'SRB',
      region: null,
      words: { ru: 'Сербия', en: 'Serbia' },
      class: 'host',
      wave: 'a',
      on: ON['a'],
    },
    spells: [],
  },
  interviewOn: ON['a'],
  modes: { init_has: 'proactive' },
};
const SECOND = {
  ...{ ...ALIKE, country: 'DEU', res_same: 'moved', init_same: 'same', init_has: undefined },
  spells: [{ sp_country: 'DEU', sp_year: 2026, sp_month: 'oct' }],
};
/** How check-ins ended: state of the case, and what was answered. */
export const CHECK_INS: { state: CaseState; answers?: Record<string, unknown> }[] = [
  { state: 'complete', answers: { contact_ok: 'yes', any_change: ['none'] } },
  { state: 'complete', answers: { contact_ok: 'yes', any_change: ['refused'] } },
  { state: 'complete', answers: { contact_ok: 'yes', any_change: ['work'] } },
  { state: 'partial', answers: { contact_ok: 'no' } },
  { state: 'complete', answers: { contact_ok: 'yes', spells: [{ sp_country: 'GEO' }] } },
  { state: 'complete', answers: { contact_ok: 'yes', spells: [{}] } },
  { state: 'complete', answers: { contact_ok: 'yes', res_same: 'moved' } },
  { state: 'undeliverable' },
  { state: 'expired' },
  { state: 'broke_off', answers: { any_change: ['work'] } },
  { state: 'opened' },
  { state: 'refused' },
];

/** How many are in the panel after `putPeopleIn`. */
export const PEOPLE = 7 + CHECK_INS.length;

/** People with awkward histories, each in a cohort of their own name; one begins with a sign that spreadsheets calculate. */
export async function putPeopleIn({ member, issue, rows }: Panel): Promise<void> {
  const moved = await member({ cohort: 'moved' });
  await issue(moved, 'a', { state: 'complete', disposition: '1.1', answers: FIRST });
  await issue(moved, 'b', { state: 'complete', disposition: '1.1', answers: SECOND, feed: FEED });
  const invited = await member({ cohort: 'invited', recruiter_id: moved, coupon: 'K7' });
  await issue(invited, 'a', {
    state: 'complete',
    disposition: '1.1',
    answers: { ...FIRST, last_word: '=1+1' },
  });
  await issue(invited, 'b', { state: 'expired', disposition: '3.19' });
  const late = await member({ recruiter_id: invited, cohort: '=late' });
  await issue(late, 'a', { state: 'refused', disposition: '2.111' });
  await issue(late, 'b', {
    state: 'partial',
    disposition: '1.2',
    answers: { ...ALIKE, last_word: 'да' },
    sent: null,
  });
  const refuted = await member({ cohort: 'refuted' });
  await issue(refuted, 'a', { state: 'complete', disposition: '1.1', answers: FIRST, overrides: ['2.12'] });
  const restored = await member({ cohort: 'restored', status: 'dead' });
  await issue(restored, 'a', {
    state: 'broke_off',
    disposition: '2.12',
    answers: FIRST,
    sent: null,
    overrides: ['2.30', '1.2'],
  });
  const underWay = await member({ cohort: 'underWay' });
  await issue(underWay, 'b', { state: 'started', answers: { ...ALIKE }, sent: null });
  await member({ cohort: 'neverIssued' });
  for (const { state, answers } of CHECK_INS) {
    const id = await member();
    await issue(id, 'k', { state, ...(state === 'opened' ? {} : { disposition: '1.1' }) });
    if (answers)
      await rows(
        `INSERT INTO response (member_id, wave_id, questionnaire_id, answers, record, children, coder, answered_share, locale, saved_on)
         SELECT $1, id, questionnaire_id, $2, '{}', '{}', 'none', 1, 'ru', $3 FROM wave WHERE letter = 'k'`,
        [id, JSON.stringify(answers), ON['k']],
      );
  }
  await rows(
    `INSERT INTO residence_report (member_id, seq, reporter, answers, reported_on)
     VALUES ($1, 1, 'staff', '{"res_same": "moved", "spells": [{"sp_country": "RUS", "sp_year": 2026, "sp_month": "sep"}]}', '2026-10-05')`,
    [invited],
  );
  await rows(
    `INSERT INTO experiment_arm (member_id, experiment, arm, assigned_on) VALUES ($1, 'init_mode', 'independent', '2026-11-01')`,
    [moved],
  );
  for (const [step, state, sent] of [
    ['reminder', 'suppressed', null],
    ['invitation', 'sent', '2026-05-02T23:30:00+00'],
  ])
    await rows(
      `INSERT INTO contact_attempt (member_id, wave_id, step, state, channel, falls_due_at, due_at, tries, sent_at, reason, locale)
       SELECT $1, id, $2, $3, 'email', due, due, 1, $4, CASE $3 WHEN 'suppressed' THEN 'completed' END, 'ru' FROM wave, LATERAL (SELECT CASE $2 WHEN 'reminder' THEN timestamptz '2026-05-09 10:00+00' ELSE '2026-05-02 10:00+00' END AS due) AS d
       WHERE letter = 'a'`,
      [moved, step, state, sent],
    );
}
