import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import pg from 'pg';
import { contactCommands } from '../../../src/contact/contact.cli.js';
import { ContactService } from '../../../src/contact/contact.service.js';
import { PlanEditService } from '../../../src/contact/plan-edit.service.js';
import { type NewMember, type PostalAddress } from '../../../src/panel/new-member.js';
import { type ContactStep } from '../../../src/study/contact-plan.js';
import { EnrolmentService } from '../../../src/vault/enrolment.service.js';
import { VaultService } from '../../../src/vault/vault.service.js';
import { addPeople, loadStudy, openWave } from '../../make/app.js';
import { runCommand } from '../../make/command.js';
import { type Field, inTheField } from '../../make/field.js';
import { digestOf } from '../../../src/access/audit-hash.node.js';
import { anna } from '../../make/actors.js';

const [BOTH, PAPER, FORMULA] = [0, 1, 2] as const;
const address = (name: string): PostalAddress => ({
  name,
  lines: ['ул. Кнеза Милоша, 1', 'кв. 5', '2 этаж', 'домофон "7"'],
  postcode: '11000',
  city: 'Белград',
  country: 'SRB',
});
const person = (name: string): NewMember => ({
  postal: address(name),
  hostCountry: 'SRB',
  timeZone: 'Europe/Belgrade',
  locale: 'ru',
  cohort: 'baseline',
  recruitmentSource: 'test',
  synthetic: true,
});

let field: Field;
let folder: string;
let ids: string[];
beforeEach(async () => {
  // The people with postal addresses join before the wave opens for them.
  field = await inTheField([{}], { invited: false });
  folder = await mkdtemp(join(tmpdir(), 'onward-letters-'));
  await loadStudy(field.services);
  const plan = (await field.services(PlanEditService).plan(field.study.id, 'a')).plan;
  await field.services(PlanEditService).setPlan(
    field.study.id,
    'a',
    plan.map((step): ContactStep => ({ ...step, channels: ['email', 'letter'] })),
    anna,
  );
  ids = [
    ...(await addPeople(field.services, field.study, [
      { email: 'both@synthetic.example', postal: address('Анна Б.') },
    ])),
    ...(await field
      .services(EnrolmentService)
      .add(field.study.id, [person('Пётр П.'), person('=HYPERLINK("x")')], anna)),
  ];
  await openWave(field.services, field.study);
});
afterEach(async () => {
  await field.close();
  await rm(folder, { recursive: true, force: true });
});

const run = (...words: string[]) =>
  runCommand(field.services, contactCommands, 'contacts', 'letters', '--wave', 'a', ...words);
const file = (name = 'letters.csv') => join(folder, name);
const lettersIn = async (name?: string) =>
  parse(await readFile(file(name), 'utf8'), { columns: true, bom: true }) as Record<string, string>[];
const attempts = () =>
  field.rows<{ state: string; channel: string; reason: string | null }>(
    `SELECT state, channel, reason FROM contact_attempt WHERE step = 'invitation' AND member_id = ANY($1::uuid[])
     ORDER BY array_position($1::uuid[], member_id)`,
    [ids],
  );

it('holds what is due on paper, once over all files, for nobody’s eyes but staff’s', async () => {
  expect((await run('--dry-run')).lines).toEqual(['2 letters are due.']);
  expect((await attempts()).map(({ state }) => state)).toEqual(['planned', 'planned', 'planned']);

  expect((await run('--out', file())).lines).toEqual([`2 letters stand in ${file()} and count as sent.`]);
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['letters.csv']);
  expect(
    await field.rows(
      `SELECT detail::jsonb AS detail, subject_id FROM audit_entry WHERE act = 'letters.exported'`,
    ),
  ).toEqual([
    {
      subject_id: 'nrd-a',
      detail: { letters: 2, unreachable: 0, digest: digestOf(await readFile(file())) },
    },
  ]);
  const letters = await lettersIn();
  expect(letters.map(({ name }) => name).sort()).toEqual([`'=HYPERLINK("x")`, 'Пётр П.']);
  const letter = letters.find(({ name }) => name === 'Пётр П.')!;
  expect(letter).toMatchObject({
    line1: 'ул. Кнеза Милоша, 1',
    line4: 'домофон "7"',
    postcode: '11000',
    city: 'Белград',
    country: 'Serbia',
    locale: 'ru',
    closes_on: '2026-03-31',
  });
  expect(letter['text']).toContain(letter['link']);
  expect(letter['link']).toMatch(/\/go\/nrd\/a\/ru#[\w-]{43}$/);
  const opened = await fetch(`${field.config.publicUrl}/respond/session`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ token: letter['link']!.split('#')[1]!, locale: 'ru' }),
  });
  expect(opened.status).toBe(303);
  expect((await attempts()).slice(PAPER)).toEqual([
    { state: 'sent', channel: 'letter', reason: null },
    { state: 'sent', channel: 'letter', reason: null },
  ]);
  expect(await field.rows(`SELECT event FROM contact_event WHERE member_id = $1`, [ids[PAPER]])).toEqual([
    { event: 'sent' },
  ]);

  expect((await run('--out', file('again.csv'))).lines).toEqual(['0 letters are due.']);
  expect(await readdir(folder)).toEqual(['letters.csv']);
  await field.deliver();
  expect((await field.sink.messages()).flatMap(({ to }) => to).sort()).toEqual([
    'both@synthetic.example',
    'person-1@synthetic.example',
  ]);
});

it('puts nothing in the place of a file that is there, and marks nothing', async () => {
  await run('--out', file());
  field.clock.moveTo(new Date('2026-03-07T09:00:00Z'));
  await expect(run('--out', file())).rejects.toMatchObject({ code: 'contact.file_in_the_way' });
  expect((await run('--dry-run', '--json')).json).toEqual([{ letters: 2, unreachable: 0 }]);
  await expect(run('--out', join(folder, 'no/such/folder.csv'))).rejects.toMatchObject({ code: 'ENOENT' });
  expect((await run('--dry-run', '--json')).json).toEqual([{ letters: 2, unreachable: 0 }]);
  expect((await run()).code).toBe(2);
});

it('that is cut off after the file was written leaves its letters unknown', async () => {
  await field.database.asOwner(
    `CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'cut off'; END $$`,
  );
  await field.database.asOwner(
    `CREATE TRIGGER cut_off BEFORE UPDATE ON contact_attempt FOR EACH ROW WHEN (NEW.state = 'sent') EXECUTE FUNCTION cut_off()`,
  );
  await expect(run('--out', file())).rejects.toThrow('cut off');
  await field.database.asOwner('DROP TRIGGER cut_off ON contact_attempt');
  expect(await lettersIn()).toHaveLength(2);
  expect((await attempts())[PAPER]).toMatchObject({ state: 'sending' });
  expect((await run('--out', file('second.csv'))).lines).toEqual(['0 letters are due.']);
  field.clock.moveTo(new Date(field.clock.now().getTime() + 11 * 60_000));
  await field.services(ContactService).lapse();
  expect((await attempts())[PAPER]).toMatchObject({ state: 'unknown', reason: 'interrupted' });
  expect((await run('--out', file('second.csv'))).lines).toEqual(['0 letters are due.']);
});

it('whose file could not be put in its place leaves its letters as they were', async () => {
  const vault = new pg.Client({ connectionString: field.database.vaultUrl });
  const watcher = new pg.Client({ connectionString: field.database.vaultUrl });
  await Promise.all([vault.connect(), watcher.connect()]);
  await vault.query('BEGIN');
  await vault.query('LOCK TABLE contact_point IN ACCESS EXCLUSIVE MODE');
  const exporting = run('--out', file());
  const settled = expect(exporting).rejects.toMatchObject({ code: 'ENOENT' });
  for (let waiting = 0; waiting === 0;) {
    const { rows } = await watcher.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    waiting = rows[0]?.n ?? 0;
  }
  await rm(folder, { recursive: true });
  await vault.query('COMMIT');
  await settled;
  await Promise.all([vault.end(), watcher.end()]);
  expect((await attempts())[PAPER]).toEqual({ state: 'planned', channel: 'letter', reason: 'not_written' });
  folder = await mkdtemp(join(tmpdir(), 'onward-letters-'));
  expect((await run('--out', file())).lines[0]).toMatch(/^2 letters stand/);
});

it('decides anew: who has finished, left, or is reached by mail again gets no letter', async () => {
  await field.rows(`UPDATE contact_attempt SET channel = 'letter' WHERE member_id = $1`, [ids[BOTH]]);
  await field.rows(`UPDATE issued_case SET state = 'complete' WHERE member_id = $1`, [ids[PAPER]]);
  await field.rows(`UPDATE contact_attempt SET channel = 'letter' WHERE member_id = $1`, [ids[PAPER]]);
  await field.services(VaultService).remove(field.study.id, ids[FORMULA]!, 'letter');
  const { lines, code } = await run('--out', file());
  expect(lines).toEqual([
    '0 letters are due.',
    '1 more have no postal address that can be written to, and wait.',
  ]);
  expect(code).toBe(3);
  expect(await attempts()).toMatchObject([
    { state: 'planned', channel: 'email' },
    { state: 'suppressed', channel: 'letter', reason: 'completed' },
    { state: 'planned' },
  ]);
});
