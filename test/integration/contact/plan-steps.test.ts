import { ContactService } from '../../../src/contact/contact.service.js';
import { addDays, HOUR_MS } from '../../../src/kit/clock.js';
import { BEGINS } from '../../make/app.js';
import { Desk } from '../../make/desk.js';
import { type Field, inTheField } from '../../make/field.js';
import { completeAnswers } from '../../make/wave-a-answers.js';

const PLAN = [
  { step: 'invitation', afterDays: 0, letter: 'invitation' },
  {
    step: 'stalled',
    afterDays: 2,
    withinDays: 8,
    letter: 'reminder',
    when: {
      all: [
        { fact: 'case.state', in: ['started'] },
        { fact: 'case.page', in: ['p_country'] },
        { fact: 'case.idle_hours', atLeast: 48 },
      ],
    },
  },
  {
    step: 'not-opened',
    afterDays: 5,
    letter: 'reminder',
    when: { fact: 'case.opened', is: false },
  },
  { step: 'last', kind: 'last-call', beforeCloseDays: 3, letter: 'last-call' },
  { step: 'thanks', kind: 'thanks', afterHours: 1, letter: 'thanks' },
];
const [STALLS, NEVER_OPENS, SENDS] = [0, 1, 2];

let field: Field;
beforeAll(async () => {
  field = await inTheField(3);
  await new Desk(field).ask('PUT', '/api/contact/nrd/waves/a/plan', PLAN);
  const stalling = await field.visit(STALLS);
  await stalling.save(0, { consent_take_part: 'yes' }, { page: 'p_country', reached: 'p_country' });
  const sending = await field.visit(SENDS);
  const sent = await sending.submit(0, completeAnswers(1, { consent_email: 'yes' }));
  if (sent.status !== 201) throw new Error(`Not taken: ${sent.status} ${sent.text}`);
});
afterAll(() => field.close());

const steps = async (person: number) =>
  Object.fromEntries(
    (
      await field.rows<{ step: string; state: string; reason: string | null }>(
        'SELECT step, state, reason FROM contact_attempt WHERE member_id = $1',
        [field.members[person]],
      )
    ).map(({ step, state, reason }) => [step, state === 'suppressed' ? `${state}: ${reason}` : state]),
  );
const subjects = async (person: number) => (await field.lettersTo(person)).map(({ subject }) => subject);
const at = async (instant: Date) => {
  field.clock.moveTo(instant);
  await field.deliver();
};

it('whoever sends the questionnaire is thanked once, after the hour, and by nothing else', async () => {
  expect(await steps(SENDS)).toMatchObject({ thanks: 'planned' });
  await at(new Date(BEGINS.getTime() + HOUR_MS));
  expect(await subjects(SENDS)).toHaveLength(1);
  await at(new Date(BEGINS.getTime() + 2 * HOUR_MS));
  expect(await subjects(SENDS)).toEqual(['Приглашение к опросу', 'Спасибо']);
  const [thanks] = await field.rows<{ due: Date }>(
    `SELECT falls_due_at AS due FROM contact_attempt WHERE member_id = $1 AND step = 'thanks'`,
    [field.members[SENDS]],
  );
  expect(thanks?.due.getTime()).toBe(BEGINS.getTime() + 2 * HOUR_MS); // nothing tells the minute of the submission
});

it('a step waits for its condition: opened, on that page, and idle for 48 hours', async () => {
  const foretold = new Map<string, Date>();
  for await (const { memberId, step, decision } of field
    .services(ContactService)
    .dryRun('nrd-a', addDays(BEGINS, 2)))
    if (step === 'stalled' && decision.kind === 'wait') foretold.set(memberId, decision.until);
  await at(new Date(addDays(BEGINS, 2).getTime() - HOUR_MS));
  expect(await subjects(STALLS)).toHaveLength(1);
  await at(addDays(BEGINS, 2));
  expect(await subjects(STALLS)).toEqual(['Приглашение к опросу', 'Опрос ещё открыт']);
  expect(await steps(NEVER_OPENS)).toMatchObject({ stalled: 'planned' });
  expect(foretold.has(field.members[NEVER_OPENS]!)).toBe(true);
  expect(foretold.has(field.members[STALLS]!)).toBe(false);
});

it('and goes when its window has passed; the others go to whom they are for', async () => {
  await at(addDays(BEGINS, 5));
  expect(await steps(NEVER_OPENS)).toMatchObject({ 'not-opened': 'sent' });
  expect(await steps(STALLS)).toMatchObject({ 'not-opened': 'suppressed: condition_false' });
  await at(addDays(BEGINS, 10));
  expect((await steps(NEVER_OPENS))['stalled']).toMatch(/^suppressed: (condition_false|window_over)$/);
  await at(addDays(BEGINS, 27));
  for (const person of [STALLS, NEVER_OPENS]) expect(await steps(person)).toMatchObject({ last: 'sent' });
  expect(await steps(SENDS)).toEqual({
    invitation: 'sent',
    stalled: 'suppressed: completed',
    'not-opened': 'suppressed: completed',
    last: 'suppressed: completed',
    thanks: 'sent',
    reminder1: 'suppressed: step_removed', // of the plan before
    reminder2: 'suppressed: step_removed',
  });
});
