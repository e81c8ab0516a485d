import { AAPOR_EDITION } from '../../../src/wave/disposition.js';
import { SenderService } from '../../../src/contact/sender.service.js';
import { CaseService } from '../../../src/wave/case.service.js';
import { addDays } from '../../../src/kit/clock.js';
import { type Field, inTheField } from '../../make/field.js';
import { holdCase } from '../../make/held-row.js';
import { named } from '../../make/actors.js';

let field: Field;
let nobody = 0;
const someone = () => nobody++;
beforeAll(async () => {
  field = await inTheField(12);
});
afterAll(() => field.close());

const cases = () => field.services(CaseService);
const override = (person: number, code: string, differs: object = {}) =>
  cases().override({
    waveId: 'nrd-a',
    memberId: field.members[person]!,
    code,
    reason: 'a relative wrote',
    actor: named('Field manager'),
    ...differs,
  });
const end = (person: number, as: 'withdrawn' | 'dead', reason = 'asked by phone') =>
  cases().endMembership({ memberId: field.members[person]!, as, reason, actor: named('Field manager') });

/** State and computed disposition, the override that counts, and the history. */
async function caseOf(person: number) {
  const [found] = await field.rows<{ state: string; disposition: string | null; finished_on: string | null }>(
    `SELECT c.state, c.disposition, c.finished_on,
            (SELECT disposition FROM disposition_override o WHERE o.member_id = c.member_id ORDER BY seq DESC LIMIT 1) AS "override",
            (SELECT array_agg(event || coalesce(': ' || reason, '') ORDER BY seq) FROM case_event e WHERE e.member_id = c.member_id) AS history
     FROM issued_case c WHERE member_id = $1`,
    [field.members[person]],
  );
  return found;
}
const being = (person: number, state: string) =>
  field.rows('UPDATE issued_case SET state = $2 WHERE member_id = $1', [field.members[person], state]);

describe('an override', () => {
  it('ends a case that is under way, and keeps what was computed beside it', async () => {
    const person = someone();
    expect(await override(person, '2.31')).toEqual({ ended: true });
    expect(await caseOf(person)).toEqual({
      state: 'expired',
      disposition: '3.19',
      finished_on: '2026-03-02',
      override: '2.31',
      history: ['issue', 'invite', 'override: a relative wrote'],
    });
    const visit = field.visit(person);
    await expect(visit).rejects.toThrow(/did not open/);
  });

  it('of a finished case changes neither state nor computed code; the last one counts and none is lost', async () => {
    const person = someone();
    await being(person, 'complete');
    await field.rows(
      `UPDATE issued_case SET disposition = '1.1', finished_on = '2026-03-02' WHERE member_id = $1`,
      [field.members[person]],
    );
    expect(await override(person, '4.81')).toEqual({ ended: false });
    await override(person, '1.2', { reason: ' same person, second half ', actor: named('Another') });
    expect(await caseOf(person)).toMatchObject({ state: 'complete', disposition: '1.1', override: '1.2' });
    const kept = await field.rows(
      `SELECT disposition, disposition_edition, reason, decided_by, decided_on FROM disposition_override
       WHERE member_id = $1 ORDER BY seq`,
      [field.members[person]],
    );
    const same = { disposition_edition: AAPOR_EDITION, decided_on: '2026-03-02' };
    expect(kept).toEqual([
      { ...same, disposition: '4.81', reason: 'a relative wrote', decided_by: 'Field manager' },
      { ...same, disposition: '1.2', reason: 'same person, second half', decided_by: 'Another' },
    ]);
  });

  it('that says what the state says leaves the case under way', async () => {
    const person = someone();
    expect(await override(person, '3.19')).toEqual({ ended: false });
    expect(await caseOf(person)).toMatchObject({ state: 'invited', disposition: null, override: '3.19' });
  });

  it('waits for a save that holds the case', async () => {
    const person = someone();
    const row = await holdCase(field.database.url, field.members[person]!);
    const overriding = override(person, '2.20');
    await row.waiters(1);
    await row.client.query(
      `UPDATE issued_case SET state = 'complete', finished_on = '2026-03-02' WHERE member_id = $1`,
      [field.members[person]],
    );
    await row.release();
    expect(await overriding).toEqual({ ended: false });
    expect(await caseOf(person)).toMatchObject({ state: 'complete', override: '2.20' });
  });

  it.each([
    [{ code: '5.1' }, 'wave.unknown_code'],
    [{ reason: '  ' }, 'wave.reason_missing'],
    [{ actor: named('') }, 'wave.reason_missing'],
    [{ waveId: 'nrd-b' }, 'wave.unknown_case'],
    [{ memberId: 'someone' }, 'wave.unknown_case'],
  ])('%j is refused', async (differs, code) => {
    const before = await field.rows('SELECT count(*) FROM disposition_override');
    await expect(override(0, '2.20', differs)).rejects.toMatchObject({ code });
    expect(await field.rows('SELECT count(*) FROM disposition_override')).toEqual(before);
  });
});

describe('the end of a membership', () => {
  it('by withdrawal ends what is under way as an explicit refusal, and no message follows', async () => {
    const person = someone();
    const letters = (await field.lettersTo(person)).length;
    expect(await end(person, 'withdrawn')).toEqual({ ended: 1 });
    expect(await caseOf(person)).toEqual({
      state: 'withdrawn',
      disposition: '2.111',
      finished_on: '2026-03-02',
      override: null,
      history: ['issue', 'invite', 'withdraw: asked by phone'],
    });
    await field.rows(
      'UPDATE contact_attempt SET falls_due_at = $2, due_at = $2 WHERE member_id = $1 AND state = $3',
      [field.members[person], field.clock.now(), 'planned'],
    );
    await field.services(SenderService).sendDue('email', new AbortController().signal);
    expect(await field.lettersTo(person)).toHaveLength(letters);
    expect(await end(person, 'withdrawn')).toEqual({ ended: 0 });
  });

  it('by death ends it as the deceased; what was answered enough stays a partial interview', async () => {
    const [silent, spoke] = [someone(), someone()];
    await being(spoke, 'started');
    await field.rows(
      `INSERT INTO response (member_id, wave_id, questionnaire_id, answers, record, children, coder, answered_share, locale, saved_on)
       SELECT $1, id, questionnaire_id, '{}', '{}', '{}', 'test', 0.6, 'ru', '2026-03-02' FROM wave WHERE id = 'nrd-a'`,
      [field.members[spoke]],
    );
    for (const person of [silent, spoke]) await end(person, 'dead', 'a relative wrote');
    expect(await caseOf(silent)).toEqual({
      state: 'expired',
      disposition: '3.19',
      finished_on: '2026-03-02',
      override: '2.31',
      history: ['issue', 'invite', 'close: a relative wrote', 'override: a relative wrote'],
    });
    expect(await caseOf(spoke)).toMatchObject({ state: 'partial', disposition: '1.2', override: null });
    expect(await field.rows('SELECT status FROM member WHERE id = $1', [field.members[silent]])).toEqual([
      { status: 'dead' },
    ]);
    await expect(end(silent, 'withdrawn')).rejects.toMatchObject({ code: 'panel.already_left' });
  });

  it('leaves finished cases as they are', async () => {
    const person = someone();
    await being(person, 'complete');
    await field.rows(`UPDATE issued_case SET disposition = '1.1', finished_on = $2 WHERE member_id = $1`, [
      field.members[person],
      field.clock.now(),
    ]);
    expect(await end(person, 'dead', 'a relative wrote')).toEqual({ ended: 0 });
    expect(await caseOf(person)).toMatchObject({ state: 'complete', disposition: '1.1', override: null });
  });

  it('of nobody, or without a reason, is refused', async () => {
    await expect(
      cases().endMembership({ memberId: 'x', as: 'dead', reason: 'r', actor: named('b') }),
    ).rejects.toMatchObject({ code: 'panel.unknown_member' });
    await expect(end(0, 'dead', ' ')).rejects.toMatchObject({ code: 'wave.reason_missing' });
  });
});

it('a case whose mail bounced ends with its wave, and is still undelivered', async () => {
  const person = someone();
  await being(person, 'undeliverable');
  field.clock.moveTo(addDays(field.clock.now(), 31));
  await field.deliver();
  expect(await caseOf(person)).toMatchObject({
    state: 'undeliverable',
    disposition: '3.30',
    finished_on: '2026-04-02',
  });
});
