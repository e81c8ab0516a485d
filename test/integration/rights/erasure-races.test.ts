import { randomUUID } from 'node:crypto';
import { LinkRequestService } from '../../../src/contact/link-request.service.js';
import { SenderService } from '../../../src/contact/sender.service.js';
import { ErasureEndService } from '../../../src/rights/erasure-end.service.js';
import { ErasureService } from '../../../src/rights/erasure.service.js';
import { anna } from '../../make/actors.js';
import { type Field, inTheField } from '../../make/field.js';
import { holdCase, holding } from '../../make/held-row.js';
import { tracesOf } from '../../make/traces.js';
import { saveBody, submission, type Visitor } from '../../make/visitor.js';
import { completeAnswers } from '../../make/wave-a-answers.js';

const CANARY = 'canary-31dd';
const WHOLE = completeAnswers(4, { last_word: CANARY });
const LEFT = { status: 410, code: 'response.case_withdrawn' };
const REMINDER_DUE = new Date('2026-03-07T09:00:00Z');

let field: Field;
let beforeData: () => Promise<void> = () => Promise.resolve();
beforeAll(async () => {
  field = await inTheField(11, { sink: { beforeData: () => beforeData() } });
});
afterAll(() => field.close());

const idOf = (person: number): string => field.members[person] ?? '';
const erase = (person: number) => field.services(ErasureService).erase(idOf(person), anna);
const nothingOf = async (person: number) => {
  const end = field.services(ErasureEndService);
  while ((await end.owed()).length > 0) await end.run();
  expect(await tracesOf(field.database, [idOf(person), CANARY])).toEqual(['main public.audit_entry']);
};
const lettersTo = async (person: number) => (await field.lettersTo(person)).length;

describe('an open questionnaire', () => {
  let phone: Visitor;

  test('that saves while its member is erased is answered as one who left, and nothing is stored', async () => {
    phone = await field.visit(0);
    const held = await holdCase(field.database.url, idOf(0));
    const erasing = erase(0);
    await held.waiters(1);
    const saving = phone.save(0, { consent_take_part: 'yes' });
    await held.waiters(2);
    await held.release();
    await erasing;
    expect((await saving).json).toMatchObject(LEFT);
    expect((await phone.submit(0, WHOLE)).json).toMatchObject(LEFT);
    await nothingOf(0);
  });

  test('of which a save came just before loses that with everything else', async () => {
    phone = await field.visit(1);
    const held = await holdCase(field.database.url, idOf(1));
    const saving = phone.submit(0, WHOLE);
    await held.waiters(1);
    const erasing = erase(1);
    await held.waiters(2);
    await held.release();
    expect((await saving).status).toBe(201);
    await erasing;
    await nothingOf(1);
  });

  test('of a wave that has closed meanwhile leaves nothing in the quarantine', async () => {
    phone = await field.visit(2);
    await field.rows('UPDATE issued_case SET closes_at = $2 WHERE member_id = $1', [
      idOf(2),
      field.clock.now(),
    ]);
    expect((await phone.post('revisions', saveBody(0, { consent_take_part: 'yes' }))).json).toMatchObject({
      code: 'response.kept_after_close',
    });
    const held = await holdCase(field.database.url, idOf(2));
    const erasing = erase(2);
    await held.waiters(1);
    const saving = phone.post('submission', submission(0, WHOLE));
    await held.waiters(2);
    await held.release();
    await erasing;
    expect((await saving).json).toMatchObject(LEFT);
    await nothingOf(2);
  });
});

describe('two at once', () => {
  test('erase a member once', async () => {
    const tried = await Promise.allSettled([erase(3), erase(3)]);
    expect(tried.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(tried.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'panel.unknown_member' },
    });
    await expect(erase(3)).rejects.toMatchObject({ code: 'panel.unknown_member' });
    const entries = await field.rows(
      `SELECT FROM audit_entry WHERE act = 'member.erased' AND subject_id = $1`,
      [idOf(3)],
    );
    expect(entries).toHaveLength(1);
    await nothingOf(3);
  });

  test('that wait for each other: the erasure begins anew, and both are done', async () => {
    const held = await holding(field.database.url, 'SELECT FROM member WHERE id = $1 FOR NO KEY UPDATE', [
      idOf(4),
    ]);
    const erasing = erase(4);
    await held.waiters(1); // it holds the case
    await held.client.query('SELECT FROM issued_case WHERE member_id = $1 FOR UPDATE', [idOf(4)]);
    await held.release();
    expect(await erasing).toMatchObject({ act: 'erase' });
    await nothingOf(4);
  });
});

test('a case that is issued while an erasure waits goes with it, and what is being planned for it', async () => {
  const url = field.database.url;
  const member = await holding(url, 'SELECT FROM member WHERE id = $1 FOR NO KEY UPDATE', [idOf(8)]);
  const erasing = erase(8);
  await member.waiters(1); // it holds the cases that there were
  await field.rows(
    `INSERT INTO issued_case (member_id, wave_id, state, locale, issued_on, plan_from) VALUES ($1, 'nrd-b', 'issued', 'ru', '2026-03-02', now())`,
    [idOf(8)],
  );
  const planning = await holding(
    url,
    `INSERT INTO contact_attempt (member_id, wave_id, step, state, channel, falls_due_at, due_at)
     VALUES ($1, 'nrd-b', 'invitation', 'planned', 'email', now(), now())`,
    [idOf(8)],
  );
  await member.release();
  await planning.waiters(1);
  await planning.release();
  expect(await erasing).toMatchObject({ act: 'erase' });
  await nothingOf(8);
});

test('an address that is being kept by two connections is waited for before anything is held that they need', async () => {
  await field.rows(`INSERT INTO address_change VALUES ($2, $1, '\\x01', 'ru', now(), now(), '\\x02')`, [
    idOf(5),
    randomUUID(),
  ]);
  const url = field.database.url;
  const keeping = await holding(url, 'SELECT FROM address_change WHERE member_id = $1 FOR UPDATE', [idOf(5)]);
  const erasing = erase(5);
  await keeping.waiters(1);
  await field.rows(
    `INSERT INTO link_request (id, study_id, sealed, locale, state, due_at, member_id, purpose)
     VALUES ($2, $3, '\\x01', 'ru', 'asked', now() + interval '1 year', $1, 'address_changed')`,
    [idOf(5), randomUUID(), field.study.id],
  );
  await keeping.release();
  expect(await erasing).toMatchObject({ act: 'erase' });
  await nothingOf(5);
});

describe('a message that is due', () => {
  beforeAll(() => field.clock.moveTo(REMINDER_DUE));

  test('does not leave while its member is being erased, nor after', async () => {
    const held = await holdCase(field.database.url, idOf(10));
    const erasing = erase(10);
    await held.waiters(1);
    await field.services(SenderService).sendDue('email', new AbortController().signal);
    expect([await lettersTo(10), await lettersTo(9)]).toEqual([1, 2]);
    await held.release();
    await erasing;
    await field.deliver();
    expect([await lettersTo(10), await lettersTo(9)]).toEqual([1, 2]);
    await nothingOf(10);
  });

  test('does not leave where its member is erased between the decision and its first byte', async () => {
    field.clock.moveTo(new Date('2026-03-14T09:00:00Z'));
    let erasing: Promise<unknown> | undefined;
    beforeData = async () => {
      erasing ??= erase(6);
      await erasing;
    };
    await field.deliver();
    beforeData = () => Promise.resolve();
    expect(erasing).toBeDefined();
    expect([await lettersTo(6), await lettersTo(9)]).toEqual([2, 3]);
    await nothingOf(6);
  });

  test('does not leave either where they had asked for it', async () => {
    let erasing: Promise<unknown> | undefined;
    beforeData = async () => {
      erasing ??= erase(7);
      await erasing;
    };
    const before = await lettersTo(7);
    const links = field.services(LinkRequestService);
    await links.publishKeys();
    await links.ask('nrd', field.emailOf(7), 'ru');
    await links.work(new AbortController().signal);
    beforeData = () => Promise.resolve();
    expect(erasing).toBeDefined();
    expect(await lettersTo(7)).toBe(before);
    await nothingOf(7);
  });
});
