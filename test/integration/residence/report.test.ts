import { symbols } from 'pino';
import { FieldworkService } from '../../../src/fieldwork/fieldwork.service.js';
import { addDays } from '../../../src/kit/clock.js';
import { log } from '../../../src/kit/log.node.js';
import { residenceCommands } from '../../../src/residence/residence.cli.js';
import { runCommand } from '../../make/command.js';
import { Desk } from '../../make/desk.js';
import { type Field, inTheField } from '../../make/field.js';
import { type Reply, type Visitor } from '../../make/visitor.js';
import { answersUpTo, completeAnswers } from '../../make/wave-a-answers.js';

const PAGE = { accept: 'text/html' };
const WHOLE = completeAnswers(2, {
  spells: [{ sp_country: 'SRB', sp_region: 'Белград', sp_year: 2022, sp_month: 'mar', sp_basis: 'work' }],
});
const logged: string[] = [];

let field: Field;
let visitors: Visitor[];

/** 0 sent wave a, 1 is under way, 2 only opened it, 3 did nothing; then 41 days pass, and the wave has closed. */
beforeAll(async () => {
  field = await inTheField(5);
  Reflect.set(log, symbols.streamSym, { write: (line: string) => logged.push(line) });
  log.level = 'trace';
  visitors = await Promise.all([0, 1, 2].map((person) => field.visit(person)));
  expect((await visitors[0]!.submit(0, WHOLE)).status).toBe(201);
  expect((await visitors[1]!.save(0, answersUpTo('p_country', WHOLE))).status).toBe(201);
}, 60_000);
afterAll(async () => {
  log.level = 'silent';
  await field.close();
});

const tell = (visitor: Visitor, form: Record<string, string>, headers = {}): Promise<Reply> =>
  visitor.ask('/respond/moved', {
    method: 'POST',
    body: new URLSearchParams({ locale: 'ru', ...form }),
    headers: { ...PAGE, ...headers },
  });
const memberOf = async (person: number) =>
  (
    await field.rows<{ country: string; region: string | null; zone: string | null }>(
      'SELECT residence_country AS country, residence_region AS region, time_zone AS zone FROM member WHERE id = $1',
      [field.members[person]],
    )
  )[0];
const cases = () => field.rows('SELECT * FROM issued_case ORDER BY member_id');
const reports = () => field.rows('SELECT FROM residence_report');
const wordsOf = (page: string): string =>
  page
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

test('who is in the questionnaire tells of a place, and goes on with it', async () => {
  const before = await cases();
  const said = await tell(visitors[1]!, { country: 'KAZ', region: '', year: '2026', month: 'winter' });
  expect(said.status).toBe(200);
  expect(wordsOf(said.text)).toContain('Страна Казахстан Время переезда Зимой, в начале 2026 года');
  expect(said.text).toContain('href="/respond/?lang=ru"');
  expect(await cases()).toEqual(before);
  expect(await memberOf(1)).toEqual({ country: 'KAZ', region: null, zone: null });
  expect((await visitors[1]!.interview()).status).toBe(200);
});

test('long after the questionnaire was sent and has closed, a move is told, and everything follows it', async () => {
  field.clock.moveTo(addDays(field.clock.now(), 41));
  await field.deliver();
  const before = await cases();
  const form = await visitors[0]!.ask('/respond/moved', { headers: PAGE });
  expect(form.status).toBe(200);
  expect(form.headers.get('cache-control')).toBe('no-store');
  expect(form.text).not.toContain('Белград');
  expect(form.text).toMatch(/<optgroup label="Чаще всего">\s*<option value="AUT" >Австрия/);

  const said = await tell(visitors[0]!, { country: 'DEU', region: 'Берлин', year: '2026', month: 'apr' });
  expect(wordsOf(said.text)).toContain('Спасибо, запомнили');
  expect(wordsOf(said.text)).toContain(
    'Страна Германия Город или область Берлин Время переезда Апрель 2026 г.',
  );
  expect(said.text).not.toContain('href="/respond/?lang=ru"');

  expect(await memberOf(0)).toEqual({ country: 'DEU', region: 'Берлин', zone: 'Europe/Berlin' });
  expect(
    await field.rows(
      'SELECT from_country, to_country, moved_on::text, class, source_wave_id FROM residence_move WHERE member_id = $1',
      [field.members[0]],
    ),
  ).toEqual([
    {
      from_country: 'SRB',
      to_country: 'DEU',
      moved_on: '2026-04-01',
      class: 'host_to_eu',
      source_wave_id: null,
    },
  ]);
  expect(await cases()).toEqual(before);
  const { moves } = await field.services(FieldworkService).now(field.study.id);
  expect(moves).toEqual([{ from: 'SRB', to: 'DEU', month: '2026-04', class: 'host_to_eu', people: 1 }]);
});

test('the same page sent twice is one move', async () => {
  await tell(visitors[0]!, { country: 'DEU', region: 'Берлин', year: '2026', month: 'apr' });
  const { moves } = await field.services(FieldworkService).now(field.study.id);
  expect(moves).toMatchObject([{ to: 'DEU', people: 1 }]);
});

test('what cannot be taken is asked for again, and nothing that was filled in is lost', async () => {
  const before = await reports();
  const said = await tell(visitors[1]!, {
    country: 'DEU',
    region: '<b>"Берлин"',
    year: '2026',
    month: 'dec',
  });
  expect(said.status).toBe(422);
  expect(said.text).toContain('Этот месяц ещё не наступил.');
  expect(said.text).toContain('value="&lt;b&gt;&quot;Берлин&quot;"');
  expect(said.text).toMatch(/<option value="DEU" selected>/);
  expect(said.text).toMatch(/<option value="dec" selected>/);
  expect(said.text).toMatch(
    /<select\s+id="month"\s+name="month"\s+aria-describedby="month-fault"\s+aria-invalid="true" autofocus/,
  );
  for (const [form, words] of [
    [{ country: '' }, 'Выберите страну из списка.'],
    [{ country: 'XYZ' }, 'Выберите страну из списка.'],
    [{ country: 'DEU', region: 'я'.repeat(121) }, 'не больше 120 знаков'],
    [{ country: 'DEU', year: '1999' }, 'от 2022 до 2026'],
    [{ country: 'DEU', month: 'may' }, 'Выберите и год'],
    [{ country: 'DEU', year: '2025', month: 'x' }, 'Выберите месяц'],
  ] as const) {
    const reply = await tell(visitors[1]!, form);
    expect([reply.status, reply.text]).toEqual([422, expect.stringContaining(words)]);
  }
  const inEnglish = await tell(visitors[1]!, { locale: 'en', country: '' });
  expect(inEnglish.text).toContain('Choose a country from the list.');
  expect(await reports()).toEqual(before);
});

test('the JSON twin takes the same and refuses the same', async () => {
  const taken = await visitors[2]!.post('residence', {
    country: 'GEO',
    region: 'Тбилиси',
    year: 2026,
    month: 'mar',
  });
  expect([taken.status, taken.json]).toEqual([
    201,
    { place: { country: 'GEO', region: 'Тбилиси', year: 2026, month: 'mar' } },
  ]);
  expect(await memberOf(2)).toMatchObject({ country: 'GEO', zone: 'Asia/Tbilisi' });
  const refused = await visitors[2]!.post('residence', { country: 'GEO', year: 2026, month: 'dec' });
  expect(refused.json).toMatchObject({
    status: 422,
    code: 'residence.invalid_place',
    findings: ['month: That month has not come yet. Tell us about the move once you are in the new place.'],
  });
  expect((await visitors[2]!.post('residence', { land: 'GEO' })).json).toMatchObject({
    code: 'residence.invalid_place',
  });
  const headless = await visitors[2]!.post('residence', { country: 'GEO' }, { 'x-onward': '' });
  expect(headless.json).toMatchObject({ code: 'access.foreign_request' });
  const { paths } = (await visitors[2]!.ask('/api/docs-json')).json as { paths: object };
  expect(paths).toHaveProperty(['/api/respond/residence', 'post']);
  expect(paths).toHaveProperty(['/api/fieldwork/{study}/residence', 'post']);
});

test('without a session, from a foreign page or after leaving, a page says what to do and nothing is stored', async () => {
  const before = await reports();
  const stranger = await fetch(`${field.config.publicUrl}/respond/moved`, { headers: PAGE });
  expect([stranger.status, await stranger.text()]).toEqual([
    401,
    expect.stringContaining('Откройте свою ссылку ещё раз'),
  ]);
  const foreign = await tell(visitors[1]!, { country: 'DEU' }, { 'sec-fetch-site': 'cross-site' });
  expect(foreign.status).toBe(403);
  await field.rows(`UPDATE member SET status = 'withdrawn' WHERE id = $1`, [field.members[1]]);
  const left = await tell(visitors[1]!, { country: 'DEU' });
  expect([left.status, left.text]).toEqual([410, expect.stringContaining('Вы вышли из исследования')]);
  expect(await reports()).toEqual(before);
});

describe('staff', () => {
  let desk: Desk;
  beforeAll(() => {
    desk = new Desk(field);
  });
  const post = (study: string, body: object, headers = {}, from = desk): Promise<Reply> =>
    from.ask('POST', `/api/fieldwork/${study}/residence`, body, headers);

  test('note a place of a member of their study', async () => {
    const taken = await post('nrd', {
      member: field.members[3],
      country: 'USA',
      region: 'Boston',
      year: 2026,
    });
    expect(taken.status).toBe(201);
    expect(await memberOf(3)).toEqual({ country: 'USA', region: 'Boston', zone: 'America/New_York' });
    expect(
      await field.rows('SELECT reporter FROM residence_report WHERE member_id = $1', [field.members[3]]),
    ).toEqual([{ reporter: 'staff' }]);
  });

  test('are refused a member of another study, without a session, and from a foreign page', async () => {
    await field.rows(
      `INSERT INTO study SELECT 'another', 'oth', definition || '{"id": "another", "code": "oth"}', loaded_at FROM study`,
    );
    const before = await reports();
    const place = { member: field.members[4], country: 'USA' };
    expect((await post('oth', place)).json).toMatchObject({ status: 404, code: 'panel.unknown_member' });
    expect((await post('nrd', { ...place, member: 'x' })).json).toMatchObject({
      code: 'panel.unknown_member',
    });
    expect((await post('nrd', place, {}, new Desk(field, { roles: null }))).json).toMatchObject({
      status: 401,
      code: 'access.staff_only',
    });
    expect((await post('nrd', place, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await post('nrd', { ...place, country: 'usa' })).json).toMatchObject({
      code: 'residence.invalid_place',
    });
    expect(await reports()).toEqual(before);
  });

  test('report and see a history at the command line', async () => {
    const run = (...words: string[]) => runCommand(field.services, residenceCommands, 'residence', ...words);
    const who = ['--member', field.members[0]!];
    await run('report', ...who, '--country', 'AUT', '--region', 'Вена', '--year', '2026', '--month', 'apr');
    const { json } = await run('show', ...who, '--json');
    expect(json).toMatchObject([
      {
        member: field.members[0],
        spells: [
          { country: 'SRB', movedIn: '2022-03', movedOut: '2026-04' },
          { country: 'DEU', movedIn: '2026-04', movedOut: '2026-04' },
          { country: 'AUT', region: 'Вена', movedIn: '2026-04', movedOut: null },
        ],
        gaps: [],
        moves: [{ to: 'DEU' }, { to: 'AUT', class: 'to_other' }],
        revisions: [
          { nr: 1, sourceWave: 'nrd-a', kind: 'reported' },
          { nr: 2, sourceWave: null, kind: 'moved', issues: [] },
          { nr: 3, sourceWave: null, kind: 'moved', changes: ['closed', 'added'] },
        ],
      },
    ]);
    const { lines } = await run('show', ...who);
    expect(lines).toContain('move      2026-04  SRB to DEU  host_to_eu');
    const failed = (...words: string[]) => run(...words).catch((cause: { code: string }) => cause.code);
    expect(await failed('report', ...who, '--country', 'AUT', '--month', 'apr')).toBe(
      'residence.invalid_place',
    );
    expect(await failed('show', '--member', 'nobody')).toBe('panel.unknown_member');
  });
});

test('nothing of it is in the log', () => {
  expect(logged.some((line) => line.includes('/respond/moved'))).toBe(true);
  for (const secret of ['Берлин', 'DEU', 'Boston', ...field.members, visitors[0]!.cookie ?? '?'])
    expect(logged.filter((line) => line.includes(secret))).toEqual([]);
});
