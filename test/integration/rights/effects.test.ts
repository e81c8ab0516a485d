import { parse } from 'csv-parse/sync';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { ConsentService } from '../../../src/consent/consent.service.js';
import { ExportService } from '../../../src/export/export.service.js';
import { addDays } from '../../../src/kit/clock.js';
import { ReceiptService } from '../../../src/rights/receipt.service.js';
import { RightsService } from '../../../src/rights/rights.service.js';
import { BEGINS, openWave } from '../../make/app.js';
import { anna } from '../../make/actors.js';
import { type Field, inTheField } from '../../make/field.js';
import { completeAnswers } from '../../make/wave-a-answers.js';

let field: Field;
let rights: RightsService;
const EMAIL_ONLY = new Map([['email', false]]);
const NAMES = [
  'recontact',
  'email',
  'stops',
  'pauses',
  'leaves',
  'plain',
  'undecided',
  'answered',
  'again',
] as const;
type Name = (typeof NAMES)[number];
const nr = (name: Name) => NAMES.indexOf(name);
const id = (name: Name) => field.members[nr(name)] ?? '';
const letters = async (name: Name) => (await field.lettersTo(nr(name))).length;

beforeAll(async () => {
  field = await inTheField(NAMES.length);
  rights = field.services(RightsService);
});
afterAll(() => field.close());

/** How often each act was noted of a member. */
const actsOf = async (member: string) =>
  (
    await field.rows<{ act: string }>('SELECT act FROM audit_entry WHERE subject_id = $1 ORDER BY nr', [
      member,
    ])
  ).map(({ act }) => act);

it('each grade holds at once for what would have been sent next, with a receipt and an entry in the log', async () => {
  const visitor = await field.visit(nr('leaves'));
  await rights.decide(id('recontact'), new Map([['recontact', false]]), 'ru');
  await rights.decide(id('email'), EMAIL_ONLY, 'ru');
  await rights.decide(id('again'), EMAIL_ONLY, 'ru');
  await rights.decide(id('again'), new Map([['email', true]]), 'en');
  await rights.stopMessages(id('stops'), 'email');
  await rights.pause(id('pauses'), 'open');
  const receipt = await rights.leave(id('leaves'));
  expect(receipt).toMatchObject({ act: 'leave', on: '2026-03-02' });
  expect(await visitor.interview()).toMatchObject({ status: 410 });
  expect(await visitor.save(0, { country: 'SRB' })).toMatchObject({ status: 410 });
  for (let day = 1; day < 12; day += 1) {
    field.clock.moveTo(addDays(BEGINS, day));
    await field.deliver();
  }
  const counts = Object.fromEntries(
    await Promise.all(NAMES.map(async (name) => [name, await letters(name)])),
  );
  const usual = counts['plain'] as number;
  expect(usual).toBeGreaterThan(1);
  expect(counts).toEqual({
    ...{ recontact: 1, email: 1, stops: 1, pauses: 1, leaves: 1 },
    ...{ plain: usual, undecided: usual, answered: usual, again: usual },
  });
  const reasons = await field.rows<{ reason: string }>(
    `SELECT DISTINCT reason FROM contact_attempt WHERE member_id = $1 AND state = 'suppressed'`,
    [id('recontact')],
  );
  expect(reasons).toEqual([{ reason: 'no_recontact' }]);
  expect(await actsOf(id('recontact'))).toEqual(['consent.changed']);
  expect(await actsOf(id('again'))).toEqual(['consent.changed', 'consent.changed']);
  expect(await actsOf(id('stops'))).toEqual(['messages.stopped']);
  expect(await actsOf(id('pauses'))).toEqual(['member.paused']);
  expect(await actsOf(id('leaves'))).toEqual(['member.ended']);
});

it('who left has no open case and no way in, and keeps what was stored', async () => {
  const [state] = await field.rows(
    `SELECT m.status, c.state, (SELECT bool_and(l.revoked) FROM personal_link l WHERE l.member_id = m.id) AS revoked,
            (SELECT count(*)::int FROM response r WHERE r.member_id = m.id) AS responses
     FROM member m JOIN issued_case c ON c.member_id = m.id WHERE m.id = $1`,
    [id('leaves')],
  );
  expect(state).toEqual({ status: 'withdrawn', state: 'withdrawn', revoked: true, responses: 0 });
  for (const again of [
    () => rights.leave(id('leaves')),
    () => rights.pause(id('leaves'), 'month'),
    () => rights.decide(id('leaves'), EMAIL_ONLY, 'ru'),
  ])
    await expect(again()).rejects.toMatchObject({ code: 'rights.has_left' });
});

it('taken back, messages go out again', async () => {
  await rights.restartMessages(id('stops'), 'all');
  await rights.resume(id('pauses'));
  expect(await field.rows('SELECT FROM message_stop WHERE member_id = $1', [id('stops')])).toEqual([]);
  expect(await actsOf(id('stops'))).toEqual(['messages.stopped', 'messages.stop_undone']);
  expect(await actsOf(id('pauses'))).toEqual(['member.paused', 'member.resumed']);
  const before = await letters('pauses');
  for (let day = 13; day < 20; day += 1) {
    field.clock.moveTo(addDays(BEGINS, day));
    await field.deliver();
  }
  expect(await letters('pauses')).toBeGreaterThan(before);
});

it('a receipt says what was done when, of nobody, and to nobody without its code', async () => {
  const receipts = field.services(ReceiptService);
  const given = await rights.pause(id('undecided'), 'month');
  expect(await receipts.check(given.code.toLowerCase().replaceAll('-', ' '))).toEqual({
    ...{ act: 'pause', on: given.on, state: 'done' },
  });
  expect(await receipts.check('0000-0000-0000')).toBeUndefined();
  const rows = await field.rows<Record<string, unknown>>('SELECT * FROM rights_receipt');
  expect(Object.keys(rows[0] ?? {}).sort()).toEqual(['act', 'code_hash', 'done_on', 'state', 'study_id']);
  expect(JSON.stringify(rows)).not.toContain(given.code);
});

it('a wave’s answer comes after an earlier change of the same day, and a later change after the answer', async () => {
  const member = id('answered');
  const standing = async () => {
    const shown = await rights.consentsOf(member);
    return shown.find(({ purpose }) => purpose === 'archive')?.given;
  };
  expect(await standing()).toBeNull();
  await rights.decide(member, new Map([['archive', false]]), 'ru');
  expect(await standing()).toBe(false);
  const visitor = await field.visit(nr('answered'));
  const answers = {
    ...completeAnswers(5),
    consent_archive: 'yes',
    consent_recontact: 'yes',
    consent_public_use: 'no',
  };
  expect(await visitor.submit(0, answers)).toMatchObject({ status: 201 });
  expect(await standing()).toBe(true);
  await rights.decide(member, new Map([['archive', false]]), 'ru');
  expect(await standing()).toBe(false);
  expect(await rights.decide(member, new Map([['archive', false]]), 'ru')).toBeUndefined();
  await rights.decide(member, new Map([['archive', true]]), 'ru');
  expect(await standing()).toBe(true);
});

it('only a consent that stands by itself can be changed, and nothing of a refused change is kept', async () => {
  const before = await field.rows('SELECT nr FROM consent_change WHERE member_id = $1', [id('plain')]);
  for (const purpose of ['take_part', 'nothing'])
    await expect(
      rights.decide(
        id('plain'),
        new Map([
          ['archive', true],
          [purpose, false],
        ]),
        'ru',
      ),
    ).rejects.toMatchObject({ code: 'consent.unknown' });
  expect(await field.rows('SELECT nr FROM consent_change WHERE member_id = $1', [id('plain')])).toEqual(
    before,
  );
});

it('the words are those for where a person lives', async () => {
  const words = async (residenceCountry: string | null) => {
    const member = { id: id('plain'), studyId: field.study.id, residenceCountry };
    const shown = await field.services(ConsentService).shown(field.services(DataSource).manager, member);
    return shown.find(({ purpose }) => purpose === 'take_part')?.text['en'];
  };
  expect(await words('DEU')).not.toBe(await words('SRB'));
  expect(await words(null)).toBe(await words('SRB'));
});

describe('exports', () => {
  const exported = async (purpose?: string) => {
    const folder = await mkdtemp(join(tmpdir(), 'onward-export-'));
    const files = await field.services(ExportService).export(field.study.id, folder, anna, { purpose });
    const read = async (file: string) =>
      parse(await readFile(join(folder, file), 'utf8'), { columns: true }) as Record<string, string>[];
    const everyone = await read('xwave.csv');
    const rows = await Promise.all(files.map(({ file }) => read(file)));
    await rm(folder, { recursive: true });
    return { everyone, people: new Set(rows.flat().flatMap(({ pidp }) => (pidp ? [pidp] : []))) };
  };

  it('say of each consent how it stands now', async () => {
    const { everyone } = await exported();
    expect(everyone).toHaveLength(NAMES.length);
    const count = (column: string, value: string) => everyone.filter((row) => row[column] === value).length;
    expect(count('consent_archive', '1')).toBe(1);
    expect(count('consent_email', '0')).toBe(1);
    expect(count('consent_recontact', '0')).toBe(1);
    expect(count('consent_public_use', '-8')).toBe(NAMES.length - 1);
  });

  it('for a purpose leave out who does not agree to it now', async () => {
    expect((await exported('archive')).people.size).toBe(1);
    expect((await exported('public')).people.size).toBe(0);
    await rights.decide(
      id('answered'),
      new Map([
        ['public_use', true],
        ['archive', false],
      ]),
      'ru',
    );
    expect((await exported('archive')).people.size).toBe(0);
    expect((await exported('public_use')).people.size).toBe(1);
    await expect(exported('recontact')).rejects.toMatchObject({ code: 'export.unknown_purpose' });
    await expect(exported('gossip')).rejects.toMatchObject({ code: 'export.unknown_purpose' });
  });
});

it('a later wave is for those who agree to be invited now', async () => {
  await rights.decide(id('answered'), new Map([['recontact', false]]), 'ru');
  field.clock.moveTo(addDays(BEGINS, 215));
  await openWave(field.services, field.study, 'b');
  const issued = () => field.rows('SELECT FROM issued_case WHERE wave_id = $1', ['nrd-b']);
  expect(await issued()).toEqual([]);
  await rights.decide(id('answered'), new Map([['recontact', true]]), 'ru');
  await openWave(field.services, field.study, 'b');
  expect(await issued()).toHaveLength(1);
});
