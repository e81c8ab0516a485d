import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contactCommands } from '../../../src/contact/contact.cli.js';
import { type ContactStep } from '../../../src/study/contact-plan.js';
import { studyCommands } from '../../../src/study/study.cli.js';
import { type StudyFile } from '../../../src/study/study.js';
import { waveCommands } from '../../../src/wave/wave.cli.js';
import { runCommand } from '../../make/command.js';
import { Desk } from '../../make/desk.js';
import { type Field, inTheField } from '../../make/field.js';
import { plainly } from '../../make/plain-plan.js';

const STUDY = join(import.meta.dirname, '../../../surveys/new-russian-diasporas');
const LETTER = {
  subject: 'Новая тема',
  body: 'Новый текст: [анкета]({link}). [Не писать]({unsubscribeLink})',
};

let field: Field;
let desk: Desk;
let folder: string;
beforeAll(async () => {
  field = await inTheField(3);
  desk = new Desk(field);
  folder = await mkdtemp(join(tmpdir(), 'onward-edit-'));
  await cp(STUDY, folder, { recursive: true });
  await change(() => undefined);
});
afterAll(async () => {
  await field.close();
  await rm(folder, { recursive: true, force: true });
});

/** Changes the study's file, with plain plans as they were loaded. */
async function change(edit: (study: StudyFile) => void): Promise<void> {
  const study = plainly(JSON.parse(await readFile(join(STUDY, 'study.json'), 'utf8')) as StudyFile);
  edit(study);
  await writeFile(join(folder, 'study.json'), JSON.stringify(study));
}

const run = (...words: string[]) =>
  runCommand(field.services, [studyCommands, waveCommands, contactCommands], ...words);
const PLAN = '/api/contact/nrd/waves/a/plan';
const planNow = async () =>
  (await desk.ask('GET', PLAN)).json as unknown as { edited: boolean; plan: ContactStep[] };
const letterPath = (name: string, locale = 'ru') => `/api/contact/nrd/letters/${name}/${locale}`;
const steps = () =>
  field.rows(
    `SELECT step, state, to_char(falls_due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS due FROM contact_attempt
     WHERE member_id = $1 AND wave_id = 'nrd-a' ORDER BY falls_due_at, step`,
    [field.members[0]],
  );

describe('a contact plan', () => {
  it('is edited in the field: what is not sent follows it, what was sent stays', async () => {
    const before = await planNow();
    expect(before.edited).toBe(false);
    expect(before.plan).toHaveLength(3);
    const [invitation, reminder1] = before.plan as [ContactStep, ContactStep];
    const plan = [
      { ...invitation, afterDays: 1 },
      { ...reminder1, afterDays: 7, afterHours: 6, when: { fact: 'case.opened', is: false } },
      { step: 'last', kind: 'last-call', beforeCloseDays: 3, letter: 'last-call' },
    ];
    const reply = await desk.ask('PUT', PLAN, plan);
    expect(reply.json).toMatchObject({ wave: 'a', edited: true, plan });
    expect(await planNow()).toEqual({ wave: 'a', edited: true, plan });
    expect(await steps()).toEqual([
      { step: 'invitation', state: 'sent', due: '2026-03-02 08:00' },
      { step: 'reminder1', state: 'planned', due: '2026-03-09 14:00' },
      { step: 'reminder2', state: 'planned', due: '2026-03-14 08:00' }, // has no place in the plan, and will not be sent
      { step: 'last', state: 'planned', due: '2026-03-29 08:00' },
    ]);
  });

  it('is refused with every fault, and stays as it was', async () => {
    const before = await planNow();
    const refused = async (plan: unknown) => {
      const { json } = await desk.ask('PUT', PLAN, plan);
      expect(json).toMatchObject({ status: 422, code: 'contact.invalid_plan' });
      return (json['faults'] as { path: string }[]).map(({ path }) => path);
    };
    const [invitation] = before.plan as [ContactStep];
    expect(await refused({})).toEqual(['plan']);
    expect(await refused([{ ...invitation, afterDays: -1 }])).toEqual(['plan[0].afterDays']);
    expect(
      await refused([
        invitation,
        { step: 'late', afterDays: 31, letter: 'no-such-letter', when: { fact: 'case.mood', is: 'good' } },
      ]),
    ).toEqual(['plan', 'plan[1].when', 'letters/no-such-letter.ru.md', 'letters/no-such-letter.en.md']);
    // Thanks lead nowhere: as a reminder, their letter lacks the link.
    expect(await refused([invitation, { step: 'r', afterDays: 5, letter: 'thanks' }])).toEqual([
      'letters/thanks.ru.md',
      'letters/thanks.en.md',
    ]);
    expect(await planNow()).toEqual(before);
  });

  it('of a closed wave is not edited, nor of one that there is not', async () => {
    const { plan } = await planNow();
    await field.rows(`UPDATE wave SET closed_at = $1 WHERE id = 'nrd-a'`, [field.clock.now()]);
    expect((await desk.ask('PUT', PLAN, plan)).json).toMatchObject({ code: 'wave.already_closed' });
    await field.rows(`UPDATE wave SET closed_at = NULL WHERE id = 'nrd-a'`);
    expect((await desk.ask('GET', '/api/contact/nrd/waves/z/plan')).json).toMatchObject({
      code: 'wave.unknown',
    });
    expect((await desk.ask('GET', '/api/contact/xyz/waves/a/plan')).json).toMatchObject({
      code: 'study.unknown',
    });
  });

  it('is shown and edited by the command line; a dry run stores nothing', async () => {
    const { lines } = await run('contacts', 'plan', '--wave', 'a');
    expect(lines[0]).toBe('Contact plan of wave a, as staff edited it:');
    expect(lines.slice(1).map((line) => line.split(/ {2,}/))).toEqual([
      ['step', 'kind', 'falls due', 'until', 'channels', 'letter', 'if'],
      ['invitation', 'invitation', '+1 d', 'close', 'email, telegram', 'invitation', 'always'],
      [
        'reminder1',
        'reminder',
        '+7 d 6 h',
        'close',
        'email, telegram',
        'reminder',
        '{"is":false,"fact":"case.opened"}',
      ],
      ['last', 'last-call', 'close −3 d', 'close', 'email, telegram', 'last-call', 'always'],
    ]);
    const { plan } = await planNow();
    const file = join(folder, 'plan.json');
    await writeFile(file, JSON.stringify(plan.slice(0, 2)));
    const dry = await run('contacts', 'edit-plan', '--wave', 'a', '--file', file, '--dry-run');
    expect(dry.lines.at(-1)).toBe('The plan is good; nothing was stored.');
    expect((await planNow()).plan).toEqual(plan);
    const done = await run('contacts', 'edit-plan', '--wave', 'a', '--file', file, '--json');
    expect(done.json).toEqual([expect.objectContaining({ wave: 'a', stored: true })]);
    expect((await planNow()).plan).toEqual(plan.slice(0, 2));
    await writeFile(file, '{');
    expect((await run('contacts', 'edit-plan', '--wave', 'a', '--file', file)).code).toBe(2);
    await desk.ask('PUT', PLAN, plan);
  });
});

describe('a letter', () => {
  it('is edited in the field: what is not sent is sent with it', async () => {
    const before = await desk.ask('GET', letterPath('reminder'));
    expect(before.json).toMatchObject({ edited: false });
    expect((await desk.ask('PUT', letterPath('reminder'), LETTER)).json).toMatchObject({
      ...LETTER,
      body: LETTER.body + '\n',
      edited: true,
    });
    expect((await desk.ask('GET', letterPath('reminder'))).json).toMatchObject({
      subject: LETTER.subject,
      edited: true,
    });
    field.clock.moveTo(new Date('2026-03-09T15:00:00Z'));
    await field.deliver();
    expect((await field.lettersTo(0)).map(({ subject }) => subject).at(-1)).toBe(LETTER.subject);
    expect((await field.lettersTo(0)).at(-1)?.text).toContain('Новый текст');
  });

  it('is refused with every fault', async () => {
    const refused = async (path: string, letter: unknown) => {
      const { json } = await desk.ask('PUT', path, letter);
      expect(json).toMatchObject({ status: 422, code: 'contact.invalid_letter' });
      return (json['faults'] as { path: string }[]).map(({ path: where }) => where);
    };
    expect(await refused(letterPath('reminder'), { ...LETTER, body: 'Без ссылок {name}' })).toEqual(
      Array.from({ length: 3 }, () => 'letters/reminder.ru.md'),
    );
    expect(await refused(letterPath('reminder'), { ...LETTER, subject: 'Тема\r\nBcc: x' })).toEqual([
      'letter.subject',
    ]);
    expect(await refused(letterPath('reminder'), 'text')).toEqual(['letter']);
    expect(await refused(letterPath('Reminder', 'de'), LETTER)).toEqual(['name', 'locale']);
    expect(await refused(letterPath('brand-new'), { ...LETTER, body: '{link}' })).toEqual([
      'letters/brand-new.ru.md',
    ]);
    expect((await desk.ask('GET', letterPath('brand-new'))).json).toMatchObject({
      code: 'study.letter_missing',
    });
  });

  it('can be a new one, which a plan names from then on', async () => {
    const { plan } = await planNow();
    const naming = [...plan, { step: 'extra', afterDays: 20, letter: 'brand-new' }];
    for (const locale of ['ru', 'en'])
      expect((await desk.ask('PUT', letterPath('brand-new', locale), LETTER)).status).toBe(200);
    expect((await desk.ask('PUT', PLAN, naming)).status).toBe(200);
    expect(await steps()).toContainEqual({ step: 'extra', state: 'planned', due: '2026-03-22 08:00' });
  });
});

describe('loading the study again', () => {
  const load = (...options: string[]) => run('study', 'load', folder, ...options);
  const windowOfA = (days: number) => (study: StudyFile) =>
    void (study.waves[0]!.contactPlan[1]!.afterDays = days);

  it('keeps what staff edited, and says so', async () => {
    const before = await planNow();
    expect((await load()).lines).toEqual([
      expect.stringMatching(/^Loaded new-russian-diasporas/) as string,
      'Kept as staff edited it: letters/reminder.ru.md',
      'Kept as staff edited it: the contact plan of wave a',
    ]);
    expect((await load('--json')).json).toEqual([
      expect.objectContaining({ kept: { letters: ['reminder.ru.md'], plans: ['a'] } }),
    ]);
    expect(await planNow()).toEqual(before);
    expect((await desk.ask('GET', letterPath('reminder'))).json).toMatchObject({ subject: LETTER.subject });
  });

  it('is refused where the file has changed as well, naming what, and then stores nothing', async () => {
    await change(windowOfA(6));
    const letter = join(folder, 'letters/reminder.ru.md');
    const text = await readFile(letter, 'utf8');
    await writeFile(letter, text.replace(/^# .*/, '# Другая тема'));
    await expect(load()).rejects.toMatchObject({
      code: 'study.invalid_file',
      details: {
        faults: [
          {
            path: 'letters/reminder.ru.md',
            sentence: expect.stringContaining('--discard-edits') as string,
          },
          { path: 'waves[0].contactPlan', sentence: expect.stringContaining('--discard-edits') as string },
        ],
      },
    });
    const [stored] = await field.rows(
      `SELECT definition #>> '{contactPlan,1,afterDays}' AS days FROM wave WHERE id = 'nrd-a'`,
    );
    expect(stored).toEqual({ days: '5' });
  });

  it('takes the files where edits are discarded, and what is not sent follows them', async () => {
    expect((await load('--discard-edits')).lines).toHaveLength(1);
    expect(await planNow()).toMatchObject({
      edited: false,
      plan: [{ step: 'invitation' }, { afterDays: 6 }, { step: 'reminder2' }],
    });
    expect((await desk.ask('GET', letterPath('reminder'))).json).toMatchObject({
      subject: 'Другая тема',
      edited: false,
    });
    expect((await steps()).find((one) => (one as { step: string }).step === 'reminder2')).toMatchObject({
      due: '2026-03-14 08:00',
    });
    await change(windowOfA(8));
    expect((await load()).lines).toHaveLength(1);
    const [moved] = await field.rows(
      `SELECT count(*)::int AS steps FROM contact_attempt WHERE wave_id = 'nrd-a' AND step = 'reminder2' AND state = 'planned'`,
    );
    expect(moved).toEqual({ steps: 3 });
  });

  it('lets go of an edit that stands in the file now', async () => {
    const { plan } = await planNow();
    const moved = plan.map((step, at) => (at === 2 ? { ...step, afterDays: 15 } : step));
    await desk.ask('PUT', PLAN, moved);
    await change((study) => (study.waves[0]!.contactPlan = moved));
    expect((await load()).lines).toHaveLength(1);
    expect(await planNow()).toEqual({ wave: 'a', edited: false, plan: moved });
    expect(await steps()).toContainEqual({ step: 'reminder2', state: 'planned', due: '2026-03-17 08:00' });
  });

  it('is refused with conditions that cannot be read', async () => {
    await change((study) => (study.waves[1]!.contactPlan[0]!.when = { fact: 'mood', is: 'good' }));
    await expect(load()).rejects.toMatchObject({
      details: { faults: [{ path: 'waves[1].contactPlan[0].when' }] },
    });
  });
});

it('none of it is anybody’s but staff’s', async () => {
  const stranger = new Desk(field, { roles: null });
  for (const [method, path] of [
    ['GET', PLAN],
    ['PUT', PLAN],
    ['GET', letterPath('invitation')],
    ['PUT', letterPath('invitation')],
    ['GET', '/api/contact/nrd/waves/a/unknown'],
    ['POST', `/api/contact/nrd/messages/${field.members[0]}/a/invitation/decision`],
    ['GET', `/api/contact/nrd/members/${field.members[0]}/messages`],
    ['GET', `/api/panel/nrd/members/${field.members[0]}/pause`],
    ['PUT', `/api/panel/nrd/members/${field.members[0]}/pause`],
    ['DELETE', `/api/panel/nrd/members/${field.members[0]}/pause`],
    ['GET', '/api/sending/nrd'],
    ['POST', '/api/sending/nrd/pause'],
    ['POST', '/api/sending/nrd/resume'],
  ] as const)
    expect({
      method,
      path,
      status: (await stranger.ask(method, path, method === 'GET' ? undefined : {})).status,
    }).toEqual({
      method,
      path,
      status: 401,
    });
});
