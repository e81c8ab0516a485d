import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { runningEmbeddedPostgres } from '../../../src/kit/embedded-postgres.node.js';

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
  async says(text: string): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => line.includes(text));
      if (found) return found;
      if (this.child.exitCode !== null) throw new Error(`The demo ended before it said “${text}”`);
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
  await first.says('40 %');
  const before = await acknowledged();
  await first.end('SIGKILL');
  expect(before.receipts.length).toBeGreaterThan(0);

  const second = new Demo();
  const addresses = await Promise.all(LINKS.map(async (link) => addressIn(await second.says(link))));
  const after = await acknowledged();
  expect(after.receipts).toEqual(expect.arrayContaining(before.receipts));
  expect(after.sent).toBeGreaterThanOrEqual(before.sent);
  const pages = await Promise.all(addresses.map(async (address) => (await fetch(address)).text()));
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
});

test('headless, the same seed gives the same files and the counts of the summary', async () => {
  const run = async (out: string) => {
    const demo = new Demo('--headless', '--json', '--people', '30', '--seed', '7', '--out', out);
    const code = await new Promise<number | null>((resolve) => demo.child.once('close', resolve));
    expect(code).toBe(0);
    return JSON.parse(demo.lines.at(-1) ?? '') as {
      cases: Record<string, number>;
      httpRespondents: number;
      files: { file: string; rows?: number; sha256: string }[];
    };
  };
  const [first, second] = [await run(join(folder, 'one')), await run(join(folder, 'two'))];
  expect(second.files).toEqual(first.files);
  expect(second.cases).toEqual(first.cases);
  expect(first.httpRespondents).toBeGreaterThanOrEqual(20);
  const { complete = 0, partial = 0 } = first.cases;
  expect(first.files.find(({ file }) => file === 'a_indresp.csv')?.rows).toBe(complete + partial);
  expect(first.files.find(({ file }) => file === 'a_indsamp.csv')?.rows).toBe(30);
  expect(await readdir(join(folder, 'one'))).toEqual(first.files.map(({ file }) => file).sort());
});
