import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse/sync';
import pg from 'pg';
import { runningEmbeddedPostgres } from '../../../src/kit/embedded-postgres.node.js';
import { MOVE_CLASSES } from '../../../src/residence/move.js';

const CLI = join(import.meta.dirname, '../../../dist/src/cli.js');
const LINKS = ['Answer as one of them', 'Fieldwork', 'Outbox'];

let folder: string;
const demos: Demo[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onward-demo-'));
});
afterAll(async () => {
  for (const { child } of demos) child.kill('SIGKILL');
  await (await runningEmbeddedPostgres(join(folder, 'postgres')))?.stop('immediate');
  await rm(folder, { recursive: true, force: true });
});

/** A demo in a process of its own, with what it prints. */
class Demo {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  private waiting: (() => void)[] = [];

  constructor(...args: string[]) {
    this.child = spawn(process.execPath, [CLI, 'demo', '--folder', folder, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    demos.push(this);
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.lines.push(line);
      this.wake();
    });
    this.child.once('exit', () => this.wake());
  }

  private wake(): void {
    for (const go of this.waiting.splice(0)) go();
  }

  /** The first line with a text, once it is printed. */
  async says(text: string | RegExp): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => line.search(text) >= 0);
      if (found) return found;
      if (this.child.exitCode !== null) throw new Error(`The demo ended before it said “${String(text)}”`);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
    return this.child.exitCode;
  }
}

/** What the staff's link of the demo leads to: a person's click posts what stands in its fragment. */
async function fieldworkBehind(link: string): Promise<string> {
  const { origin, pathname, hash } = new URL(link);
  const body = new URLSearchParams({ token: hash.slice(1), locale: 'en' });
  const opened = await fetch(origin + pathname, { method: 'POST', body, redirect: 'manual' });
  if (opened.status !== 303) return opened.text();
  const cookie = opened.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  return (await fetch(`${origin}/fieldwork/nrd`, { headers: { cookie } })).text();
}

const addressIn = (line: string): string => /http:\S+/.exec(line)?.[0] ?? '';

/** What was acknowledged to people: their receipts, and messages that left. */
async function acknowledged(): Promise<{ receipts: string[]; sent: number }> {
  const server = await runningEmbeddedPostgres(join(folder, 'postgres'));
  if (!server) throw new Error('PostgreSQL does not run');
  const client = new pg.Client({ connectionString: server.url('onward') });
  await client.connect();
  try {
    const { rows } = await client.query<{ receipt: string }>(
      'SELECT receipt FROM response WHERE receipt IS NOT NULL',
    );
    const sent = await client.query("SELECT FROM contact_attempt WHERE state = 'sent'");
    return { receipts: rows.map((row) => row.receipt).sort(), sent: sent.rowCount ?? 0 };
  } finally {
    await client.end();
  }
}

test('it comes up, survives kill -9 in the middle of its life, goes on where it was, and stops cleanly', async () => {
  const first = new Demo('--people', '60', '--seed', '5');
  await first.says(/[3-7]0 %/); // quiet hours are passed over, so not every tenth is told
  const before = await acknowledged();
  await first.end('SIGKILL');
  expect(before.receipts.length).toBeGreaterThan(0);

  const second = new Demo();
  const addresses = await Promise.all(LINKS.map(async (link) => addressIn(await second.says(link))));
  const after = await acknowledged();
  expect(after.receipts).toEqual(expect.arrayContaining(before.receipts));
  expect(after.sent).toBeGreaterThanOrEqual(before.sent);
  const pages = await Promise.all(
    addresses.map(async (address, at) =>
      at === 1 ? fieldworkBehind(address) : (await fetch(address)).text(),
    ),
  );
  expect(await fieldworkBehind(addresses[1] ?? '')).toContain('was used'); // once
  expect(pages[0]).toContain('Жизнь на новом месте');
  expect(pages[1]).toContain('Cases by host country and state');
  expect(pages[2]).toContain('synthetic.example');
  const outbox = (await readFile(join(folder, 'outbox/index.jsonl'), 'utf8')).trim().split('\n');
  const perPerson = new Map<string, number>();
  for (const line of outbox) {
    const { to, subject } = JSON.parse(line) as { to: string[]; subject: string };
    perPerson.set(`${to[0]} ${subject}`, (perPerson.get(`${to[0]} ${subject}`) ?? 0) + 1);
  }
  expect([...perPerson.values()].filter((count) => count > 1)).toEqual([]);
  expect(await second.end('SIGINT')).toBe(0);
  expect(await runningEmbeddedPostgres(join(folder, 'postgres'))).toBeUndefined();
}, 120_000);

interface Summary {
  people: number;
  newcomers: number;
  httpRespondents: number;
  begins: string;
  ends: string;
  waves: { wave: string; kind: string; cases: Record<string, number>; rates?: { RR2: number } }[];
  retention: { cohort: string; wave: string; base: number; reentry: { numerator: number } }[];
  moves: Record<string, number>;
  checkIns: Record<string, number>;
  tracing: Record<string, number>;
  files: { file: string; rows?: number; sha256: string }[];
}

describe('headless, through four waves in two years', () => {
  let runs: { out: string; summary: Summary }[];
  beforeAll(async () => {
    runs = await Promise.all(
      ['one', 'two'].map(async (name) => {
        const out = join(folder, name);
        const demo = new Demo('--headless', '--json', '--people', '60', '--seed', '7', '--out', out);
        const code = await new Promise<number | null>((resolve) => demo.child.once('close', resolve));
        expect(code).toBe(0);
        return { out, summary: JSON.parse(demo.lines.at(-1) ?? '') as Summary };
      }),
    );
  }, 240_000);
  const first = () => runs[0]!;
  const rowsOf = async (file: string) =>
    parse(await readFile(join(first().out, file), 'utf8'), { columns: true }) as Record<string, string>[];
  const counted = (values: string[]): Record<string, number> =>
    Object.fromEntries(
      [...new Set(values)].map((value) => [value, values.filter((one) => one === value).length]),
    );

  test('the same seed gives the same files, whichever worker was first', async () => {
    const [one, two] = runs.map(({ summary }) => summary);
    expect(two?.files).toEqual(one?.files);
    expect({ ...two, out: '', seconds: 0 }).toEqual({ ...one, out: '', seconds: 0 });
    expect(await readdir(first().out)).toEqual(one?.files.map(({ file }) => file).sort());
  });

  test('every wave has respondents, some of whom had skipped one; the files hold as many', async () => {
    const { waves, retention, files, ...summary } = first().summary;
    expect([summary.people, summary.newcomers, summary.begins, summary.ends]).toEqual([
      60,
      6,
      '2026-02-02T06:00:00.000Z',
      '2028-02-02T06:00:00.000Z',
    ]);
    expect(summary.httpRespondents).toBeGreaterThanOrEqual(20);
    expect(waves.map(({ wave, kind }) => [wave, kind])).toEqual([
      ['a', 'survey'],
      ['k', 'check-in'],
      ['b', 'survey'],
      ['l', 'check-in'],
      ['c', 'survey'],
      ['m', 'check-in'],
      ['d', 'survey'],
    ]);
    for (const { wave, kind, cases, rates } of waves) {
      const { complete = 0, partial = 0 } = cases;
      expect(complete).toBeGreaterThan(15);
      const rowsIn = (file: string) => files.find((one) => one.file === `${wave}_${file}.csv`)?.rows;
      const issued = Object.values(cases).reduce((sum, count) => sum + count, 0);
      expect([rowsIn('indresp'), rowsIn('indsamp')]).toEqual(
        kind === 'survey' ? [complete + partial, issued] : [undefined, undefined],
      );
      const rated = kind === 'survey' && wave !== 'a';
      if (rated) expect(rates?.RR2).toBeGreaterThan(0.4);
      else expect(rates).toBeUndefined();
    }
    const people = await rowsOf('xwave.csv');
    const spoke = (row: Record<string, string>, wave: string) =>
      ['1.1', '1.2'].includes(row[`${wave}_disp`] ?? '');
    const back = people.filter(
      (row) => spoke(row, 'a') && !spoke(row, 'b') && row['b_disp'] !== '' && spoke(row, 'c'),
    );
    expect(back.length).toBeGreaterThan(0);
    expect(retention.find(({ cohort, wave }) => cohort === 'a' && wave === 'c')?.reentry.numerator).toBe(
      back.length,
    );
    expect(retention.find(({ cohort, wave }) => cohort === 'c' && wave === 'd')?.base).toBeGreaterThan(0);
  });

  test('moves by class are the same in the summary and in the export, and there are some of every class', async () => {
    const moves = await rowsOf('moves.csv');
    const classes = moves.map((row) => MOVE_CLASSES[Number(row['class']) - 1] ?? '');
    expect(first().summary.moves).toEqual(counted(classes));
    expect(Object.keys(counted(classes)).sort()).toEqual([...MOVE_CLASSES].sort());
    const spells = await rowsOf('spell_residence.csv');
    expect(new Set(spells.map((row) => row['precision'])).size).toBe(3);
  });

  test('check-ins end in every way, and the field team finds some of the silent again', async () => {
    const { checkIns, tracing } = first().summary;
    expect(Object.keys(checkIns).sort()).toEqual(['bounced', 'confirmed', 'silent', 'updated']);
    const outcomes = (await rowsOf('keepintouch.csv')).map((row) => row['outcome'] ?? '');
    const { confirmed, updated, bounced, silent } = checkIns;
    expect(counted(outcomes)).toEqual({ 1: confirmed, 2: updated, 3: bounced, 4: silent });
    expect(tracing['found']).toBeGreaterThan(0);
  });

  test('someone left in the middle of a wave, someone died, the record was put right, newcomers were brought in', async () => {
    const people = await rowsOf('xwave.csv');
    const of = (status: string) => people.filter((row) => row['memberstatus'] === status);
    expect(of('withdrawn').map((row) => [row['b_state'], row['b_disp'], row['c_state']])).toEqual([
      ['withdrawn', '2.111', ''],
    ]);
    expect(of('dead').map((row) => [row['b_disp'], row['c_disp'], row['d_state']])).toEqual([
      ['1.1', '2.31', ''],
    ]);
    expect((await rowsOf('b_spells_fix.csv')).length).toBeGreaterThan(0);
    const refreshed = people.filter((row) => row['cohort'] === 'refreshment');
    expect(refreshed).toHaveLength(6);
    expect(
      refreshed.filter((row) => row['recruiter'] !== '' && row['coupon'] === '1').length,
    ).toBeGreaterThan(0);
  });
});
