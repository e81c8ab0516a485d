import { FieldworkService } from '../../../src/fieldwork/fieldwork.service.js';
import { tracingCommands } from '../../../src/fieldwork/tracing.cli.js';
import { TracingService } from '../../../src/fieldwork/tracing.service.js';
import { addDays, dateOf } from '../../../src/kit/clock.js';
import { ResidenceService } from '../../../src/residence/residence.service.js';
import { CaseService } from '../../../src/wave/case.service.js';
import { WaveService } from '../../../src/wave/wave.service.js';
import { openWave } from '../../make/app.js';
import { runCommand } from '../../make/command.js';
import { Desk } from '../../make/desk.js';
import { type Field, inTheField } from '../../make/field.js';
import { completeAnswers } from '../../make/wave-a-answers.js';
import { anna } from '../../make/actors.js';

const WILLING = {
  spells: [{ sp_country: 'SRB', sp_year: 2022, sp_month: 'mar' }],
  consent_recontact: 'yes',
  consent_email: 'yes',
};

/** Who is in the field, by what becomes of them. */
const PEOPLE = [
  'confirms',
  'updates',
  'silent',
  'bounces',
  'stops',
  'leaves',
  'reports',
  'unreachable',
  'absent',
] as const;
type Name = (typeof PEOPLE)[number];

let field: Field;
const refused = new Set<string>();
const at = (name: Name): number => PEOPLE.indexOf(name);
const idOf = (name: Name): string => field.members[at(name)]!;

/** Everyone whose address works answers wave a; three months later check-in k asks for a sign. */
beforeAll(async () => {
  refused.add(`person-${at('unreachable') + 1}@synthetic.example`);
  field = await inTheField(PEOPLE.length, {
    sink: { refuseRecipients: (address) => (refused.has(address) ? '550 no such box' : undefined) },
  });
  for (const [person, name] of PEOPLE.entries())
    if (name !== 'unreachable' && name !== 'absent')
      expect((await (await field.visit(person)).submit(0, completeAnswers(1, WILLING))).status).toBe(201);
}, 60_000);
afterAll(() => field.close());

const pass = (days: number) => field.clock.moveTo(addDays(field.clock.now(), days));
const tracing = () => field.services(TracingService);
const tasksOf = (name: Name) =>
  field.rows<{
    reason: string;
    wave_id: string | null;
    opened: string;
    closed: string | null;
    outcome: string | null;
  }>(
    `SELECT reason, wave_id, opened_on::text AS opened, closed_on::text AS closed, outcome
     FROM tracing_task WHERE member_id = $1 ORDER BY seq`,
    [idOf(name)],
  );
const today = () => dateOf(field.clock.now());
const run = (...words: string[]) => runCommand(field.services, tracingCommands, 'tracing', ...words);

/** A click on “do not write to me” in the newest message. */
async function stop(name: Name): Promise<void> {
  const path = /stop\/ru\/[\w-]+/.exec((await field.lettersTo(at(name))).at(-1)?.text ?? '')?.[0];
  expect((await fetch(`${field.config.publicUrl}/${path}`, { method: 'POST' })).status).toBe(200);
}

async function checkIn(letter: string): Promise<void> {
  await openWave(field.services, field.study, letter);
  await field.deliver();
}

test('a message of a wave that comes back opens a task at once, and only one', async () => {
  expect(await tracing().run()).toEqual({ closed: 0, opened: 1 });
  expect(await tasksOf('unreachable')).toEqual([
    { reason: 'bounced', wave_id: 'nrd-a', opened: today(), closed: null, outcome: null },
  ]);
  expect(await tracing().run()).toEqual({ closed: 0, opened: 0 });
});

test('a check-in in silence opens a task; an answer, a report, an end of membership or a stop opens none', async () => {
  pass(100);
  refused.add(field.emailOf(at('bounces')));
  await checkIn('k');
  const confirming = await field.visit(at('confirms'));
  const same = { res_same: 'same', contact_ok: 'yes', any_change: ['none'] };
  expect((await confirming.submit(0, same)).status).toBe(201);
  const updating = await field.visit(at('updates'));
  const moved = {
    res_same: 'moved',
    spells: [{ sp_country: 'DEU', sp_year: 2026, sp_month: 'may' }],
    contact_ok: 'no',
  };
  expect((await updating.submit(0, moved)).status).toBe(201);
  const reporting = await field.visit(at('reports'));
  pass(2);
  expect((await reporting.post('residence', { country: 'KAZ' })).status).toBe(201);
  await stop('stops');
  expect(await tracing().run()).toEqual({ closed: 0, opened: 1 });
  expect(await tasksOf('bounces')).toMatchObject([{ reason: 'bounced', wave_id: 'nrd-k', closed: null }]);

  pass(25);
  await field.deliver(); // closes the window of each
  expect(await tracing().run()).toEqual({ closed: 0, opened: 2 });
  for (const name of ['silent', 'leaves'] as const)
    expect(await tasksOf(name)).toEqual([
      { reason: 'silent', wave_id: 'nrd-k', opened: today(), closed: null, outcome: null },
    ]);
  for (const name of ['confirms', 'updates', 'stops', 'reports', 'absent'] as const)
    expect(await tasksOf(name)).toEqual([]);
});

test('the fieldwork page counts outcomes and open tasks', async () => {
  const now = await field.services(FieldworkService).now(field.study.id);
  expect(now.checkIns).toEqual([
    { wave: 'k', outcome: 'confirmed', members: 1 },
    { wave: 'k', outcome: 'updated', members: 1 },
    { wave: 'k', outcome: 'bounced', members: 1 },
    { wave: 'k', outcome: 'silent', members: 4 },
  ]);
  expect(now.tracing).toEqual([
    { reason: 'bounced', members: 2 },
    { reason: 'silent', members: 2 },
  ]);
  const page = (await new Desk(field).ask('GET', '/fieldwork/nrd')).text;
  expect(page).toMatch(/Check-in\s+K/);
  expect(page).toContain('Silent in a check-in');
  expect(now.waves.map(({ letter }) => letter).join('')).toBe('akblcmd');
});

test('what staff hear of a member is no sign of the member', async () => {
  await field.services(ResidenceService).report(idOf('unreachable'), anna, { country: 'GEO' });
  expect(await tracing().run()).toEqual({ closed: 0, opened: 0 });
});

test('attempts are noted in the open task, and nothing of it names an address', async () => {
  const who = idOf('silent');
  const attempt = ['attempt', '--member', who, '--channel', 'phone'];
  await run(...attempt, '--outcome', 'no_answer');
  pass(1);
  await run(...attempt, '--outcome', 'new_contact', '--json');
  const listed = (await run('list', '--open', '--json')).json as { memberId: string }[];
  expect(listed.find(({ memberId }) => memberId === who)).toEqual({
    memberId: who,
    task: 1,
    wave: 'k',
    reason: 'silent',
    openedOn: dateOf(addDays(field.clock.now(), -1)),
    closedOn: null,
    outcome: null,
    attempts: [
      { channel: 'phone', outcome: 'no_answer', on: dateOf(addDays(field.clock.now(), -1)) },
      { channel: 'phone', outcome: 'new_contact', on: today() },
    ],
  });
  expect(JSON.stringify(listed)).not.toContain('@');
  expect((await run('list', '--open')).lines.at(-1)).toBe('Open tasks: 4. Listed: 4.');
});

test('what cannot be noted is told by its code', async () => {
  const codeOf = (...words: string[]) =>
    run(...words).then(
      () => 'done',
      (cause: { code?: string }) => cause.code,
    );
  const note = ['--channel', 'email', '--outcome', 'reached'];
  expect(await codeOf('attempt', '--member', idOf('confirms'), ...note)).toBe('fieldwork.no_open_task');
  expect(await codeOf('close', '--member', idOf('confirms'), '--outcome', 'found')).toBe(
    'fieldwork.no_open_task',
  );
  expect(await codeOf('open', '--member', idOf('silent'))).toBe('fieldwork.task_is_open');
  expect(await codeOf('open', '--member', 'nobody')).toBe('panel.unknown_member');
  expect(
    await codeOf('attempt', '--member', idOf('silent'), '--channel', 'fax', '--outcome', 'reached'),
  ).toBe('commander.invalidArgument');
});

test('a second silence opens no second task; who was sought in vain is sought again after the next one', async () => {
  await field
    .services(CaseService)
    .endMembership({ memberId: idOf('leaves'), as: 'withdrawn', reason: 'said so', actor: anna });
  await run('close', '--member', idOf('bounces'), '--outcome', 'not_found');
  refused.delete(field.emailOf(at('bounces')));
  expect(await tracing().run()).toEqual({ closed: 1, opened: 0 });
  expect(await tasksOf('leaves')).toMatchObject([{ outcome: 'left', closed: today() }]);
  expect(await tasksOf('bounces')).toMatchObject([{ outcome: 'not_found' }]);
  await field.services(WaveService).close('nrd-k', anna);

  pass(95);
  await checkIn('l');
  const dies = { memberId: idOf('confirms'), as: 'dead', reason: 'a friend wrote', actor: anna } as const;
  expect(await field.services(CaseService).endMembership(dies)).toEqual({ ended: 1 });
  pass(25);
  await field.deliver();
  expect(await tracing().run()).toMatchObject({ closed: 0 });
  expect(await tasksOf('silent')).toHaveLength(1);
  expect(await tasksOf('bounces')).toMatchObject([
    { outcome: 'not_found' },
    { reason: 'silent', wave_id: 'nrd-l' },
  ]);
  for (const name of ['confirms', 'stops'] as const) expect(await tasksOf(name)).toEqual([]);
});

test('an answer closes the task, a stop too, and the silence before it opens none again', async () => {
  pass(1);
  await openWave(field.services, field.study, 'd');
  await field.deliver();
  const visitor = await field.visit(at('silent'));
  expect((await visitor.post('residence', { country: 'SRB', region: 'Нови-Сад' })).status).toBe(201);
  expect(await tracing().run()).toMatchObject({ closed: 1, opened: 0 });
  expect(await tasksOf('silent')).toMatchObject([{ outcome: 'found', closed: today() }]);
  pass(3);
  await stop('bounces');
  expect(await tracing().run()).toEqual({ closed: 1, opened: 0 });
  expect(await tasksOf('bounces')).toMatchObject([{}, { outcome: 'found', closed: today() }]);
  await run('open', '--member', idOf('silent'));
  expect(await tasksOf('silent')).toMatchObject([{}, { reason: 'staff', wave_id: null, closed: null }]);
});
