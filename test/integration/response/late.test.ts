import { randomUUID } from 'node:crypto';
import { lateAnswersCommands } from '../../../src/response/late.cli.js';
import { waveCommands } from '../../../src/wave/wave.cli.js';
import { WaveService } from '../../../src/wave/wave.service.js';
import { runCommand } from '../../make/command.js';
import { type Field, inTheField } from '../../make/field.js';
import { holdCase } from '../../make/held-row.js';
import { saveBody, submission, type Visitor } from '../../make/visitor.js';
import { completeAnswers } from '../../make/wave-a-answers.js';

const CANARY = 'canary-5f3a';
const WHOLE = completeAnswers(4, { last_word: CANARY });
const KEPT = { status: 410, code: 'response.kept_after_close' };

let field: Field;
let phones: Visitor[];
let saidWhileItClosed: Promise<{ json: Record<string, unknown> }>;
beforeAll(async () => {
  field = await inTheField(6);
  phones = await Promise.all(field.members.map((_, person) => field.visit(person)));
  // The last one's save waits for its case while the wave closes over it.
  const row = await holdCase(field.database.url, field.members[5]!);
  saidWhileItClosed = phones[5]!.save(0, WHOLE);
  await row.waiters(1);
  await row.client.query(
    `UPDATE issued_case SET state = 'expired', finished_on = current_date WHERE member_id = $1`,
    [field.members[5]],
  );
  await row.client.query('UPDATE wave SET closes_at = $1', [field.clock.now()]);
  await row.release();
  await saidWhileItClosed;
  await field.services(WaveService).closeOverdue();
});
afterAll(() => field.close());

const keptOf = (person: number) =>
  field.rows<{ save_id: string; submitted: boolean; base: number; answers: object; kept_on: string }>(
    'SELECT save_id, submitted, base, answers, kept_on FROM late_answers WHERE member_id = $1 ORDER BY submitted',
    [field.members[person]],
  );

it('answers that come after the close are kept as they were sent, with the day and never the hour', async () => {
  const [save, sent] = [saveBody(0, { consent_take_part: 'yes' }), submission(0, WHOLE)];
  expect((await phones[0]!.post('revisions', save)).json).toMatchObject(KEPT);
  expect((await phones[0]!.post('submission', sent)).json).toMatchObject(KEPT);
  expect(await keptOf(0)).toMatchObject([
    { save_id: save['saveId'], submitted: false, base: 0, answers: { consent_take_part: 'yes' } },
    { save_id: sent['submissionId'], submitted: true, answers: WHOLE, kept_on: '2026-03-02' },
  ]);
});

it('repeated they are one, and another body under their id is refused', async () => {
  const body = submission(0, WHOLE);
  const replies = await Promise.all(Array.from({ length: 8 }, () => phones[1]!.post('submission', body)));
  for (const reply of replies) expect(reply.json).toMatchObject(KEPT);
  const other = await phones[1]!.post('submission', { ...body, answers: { consent_take_part: 'no' } });
  expect(other.json).toMatchObject({ status: 409, code: 'response.submission_id_reused' });
  expect(await keptOf(1)).toHaveLength(1);
});

it('they are checked as any others are', async () => {
  const reply = await phones[2]!.submit(0, { ...WHOLE, country: 'XXX' });
  expect(reply.json).toMatchObject({ status: 422, code: 'response.refused' });
  expect(await keptOf(2)).toEqual([]);
});

it('nobody can fill the disk with them', async () => {
  for (let nr = 0; nr < 20; nr += 1)
    expect((await phones[3]!.save(0, WHOLE, { saveId: randomUUID() })).json).toMatchObject(KEPT);
  expect((await phones[3]!.save(0, WHOLE)).json).toMatchObject({ status: 410, code: 'wave.closed' });
  expect(await keptOf(3)).toHaveLength(20);
});

it('of someone who leaves in that moment nothing is kept', async () => {
  const row = await holdCase(field.database.url, field.members[4]!);
  const late = phones[4]!.submit(0, WHOLE);
  await row.client.query(`UPDATE member SET status = 'withdrawn' WHERE id = $1`, [field.members[4]]);
  await row.waiters(1);
  await row.release();
  expect((await late).json).toMatchObject({ status: 410, code: 'response.case_withdrawn' });
  expect(await keptOf(4)).toEqual([]);
});

it('a save that the close overtook is kept, too', async () => {
  expect((await saidWhileItClosed).json).toMatchObject(KEPT);
  expect(await keptOf(5)).toHaveLength(1);
});

it('staff are told whose they are, and no answer', async () => {
  const said = await runCommand(
    field.services,
    [waveCommands, lateAnswersCommands],
    ...['wave', 'late-answers', '--wave', 'a', '--json'],
  );
  const { cases } = said.json[0] as { cases: { member_id: string; kept: number; submitted: boolean }[] };
  expect(cases).toHaveLength(4);
  expect(cases.find(({ member_id }) => member_id === field.members[0])).toMatchObject({
    kept: 2,
    submitted: true,
    state: 'expired',
  });
  const lines = await runCommand(
    field.services,
    [waveCommands, lateAnswersCommands],
    ...['wave', 'late-answers', '--wave', 'a'],
  );
  expect(lines.lines.at(-1)).toBe('4 cases have answers that came after the close. No export holds them.');
  expect(JSON.stringify([said, lines])).not.toContain(CANARY);
});
