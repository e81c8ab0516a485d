import { Sweep } from '../../../src/contact/sweep.service.js';
import { CaseService } from '../../../src/wave/case.service.js';
import { WaveService } from '../../../src/wave/wave.service.js';
import { openWave } from '../../make/app.js';
import { type Field, inTheField } from '../../make/field.js';
import { holdCase } from '../../make/held-row.js';
import { answersUpTo, completeAnswers } from '../../make/wave-a-answers.js';
import { anna } from '../../make/actors.js';

const WAVE = 'nrd-a';
const WHOLE = completeAnswers(6);

let field: Field;
beforeAll(async () => {
  field = await inTheField(9);
});
afterEach(async () => {
  // Open again, for the people of the next test.
  await field.rows('UPDATE wave SET closed_at = NULL');
  await field.rows(
    `UPDATE issued_case SET state = 'invited', disposition = NULL, finished_on = NULL WHERE state = 'expired'`,
  );
  await field.rows('UPDATE personal_link SET revoked = false');
});
afterAll(() => field.close());

const endOf = async (person: number) =>
  (
    await field.rows('SELECT state, disposition FROM issued_case WHERE member_id = $1', [
      field.members[person],
    ])
  )[0];

it('a save that held the case while the wave closed counts in full', async () => {
  const browser = await field.visit(0);
  await browser.save(0, answersUpTo('p_country', WHOLE));
  const row = await holdCase(field.database.url, field.members[0]!);
  const closing = field.services(WaveService).close(WAVE, anna);
  await row.waiters(1);
  await row.client.query('UPDATE response SET answered_share = 0.9 WHERE member_id = $1', [field.members[0]]);
  await row.client.query('UPDATE issued_case SET revision = 2 WHERE member_id = $1', [field.members[0]]);
  await row.release();
  await closing;
  expect(await endOf(0)).toEqual({ state: 'partial', disposition: '1.2' });
});

it('a save that waited while the wave closed is kept apart, and the end stands', async () => {
  const browser = await field.visit(1);
  await browser.save(0, answersUpTo('p_country', WHOLE));
  const row = await holdCase(field.database.url, field.members[1]!);
  const late = browser.save(1, WHOLE);
  await row.waiters(1);
  await row.client.query(
    `UPDATE issued_case SET state = 'broke_off', disposition = '2.12' WHERE member_id = $1`,
    [field.members[1]],
  );
  await row.client.query('UPDATE wave SET closed_at = $1', [field.clock.now()]);
  await row.release();
  expect((await late).json).toMatchObject({ status: 410, code: 'response.kept_after_close' });
  expect(await endOf(1)).toEqual({ state: 'broke_off', disposition: '2.12' });
});

it('a close that was cut off is finished by the next sweep', async () => {
  await field.rows('UPDATE wave SET closed_at = $1', [field.clock.now()]);
  await field.services(Sweep).run();
  expect(await endOf(2)).toEqual({ state: 'expired', disposition: '3.19' });
  const [revoked] = await field.rows(
    'SELECT bool_and(revoked) AS all FROM personal_link WHERE member_id = $1',
    [field.members[2]],
  );
  expect(revoked).toEqual({ all: true });
});

it('closing again changes nothing', async () => {
  await field.services(WaveService).close(WAVE, anna);
  const before = await field.rows('SELECT * FROM issued_case ORDER BY member_id');
  const events = await field.rows('SELECT * FROM case_event ORDER BY member_id, seq');
  expect(await field.services(WaveService).close(WAVE, anna)).toBe(0);
  expect(await field.rows('SELECT * FROM issued_case ORDER BY member_id')).toEqual(before);
  expect(await field.rows('SELECT * FROM case_event ORDER BY member_id, seq')).toEqual(events);
});

it('a wave is not opened while it closes: no case is issued that nobody would end', async () => {
  await field.rows(
    `INSERT INTO member SELECT gen_random_uuid(), study_id, cohort, recruitment_source, host_country, locale, time_zone, channels, status, synthetic, joined_on
     FROM member LIMIT 1`,
  );
  const row = await holdCase(field.database.url, field.members[3]!);
  await row.client.query('UPDATE wave SET closed_at = $1', [field.clock.now()]);
  const opening = openWave(field.services, field.study);
  await row.waiters(1);
  await row.release();
  await expect(opening).rejects.toMatchObject({ code: 'wave.already_closed' });
  expect(await field.rows('SELECT FROM issued_case')).toHaveLength(9);
});

it('an unsent invitation makes another end than an unanswered one', async () => {
  await field.rows(`UPDATE issued_case SET state = 'issued' WHERE member_id = $1`, [field.members[5]]);
  await field.visit(6);
  await field.services(WaveService).close(WAVE, anna);
  expect(await Promise.all([4, 5, 6].map(endOf))).toEqual([
    { state: 'expired', disposition: '3.19' },
    { state: 'expired', disposition: '3.11' },
    { state: 'expired', disposition: '2.1121' },
  ]);
});

it('what a partial interview said about residence counts once its wave has closed, and no more once staff decide otherwise', async () => {
  const browser = await field.visit(7);
  const said = {
    ...answersUpTo('p_country', WHOLE),
    spells: [{ sp_country: 'GEO', sp_year: 2022, sp_month: 'mar' }],
  };
  expect((await browser.save(0, said)).status).toBe(201);
  await field.rows('UPDATE response SET answered_share = 0.7 WHERE member_id = $1', [field.members[7]]);
  const places = async () => {
    await field.services(Sweep).run();
    return field.rows('SELECT country FROM residence_spell WHERE member_id = $1', [field.members[7]]);
  };
  expect(await places()).toEqual([]);
  await field.services(WaveService).close(WAVE, anna);
  expect(await places()).toEqual([{ country: 'GEO' }]);
  const about = {
    waveId: WAVE,
    memberId: field.members[7]!,
    reason: 'answered by somebody else',
    actor: anna,
  };
  await field.services(CaseService).override({ ...about, code: '2.12' });
  expect(await places()).toEqual([]);
});
