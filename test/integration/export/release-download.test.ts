import { createHash } from 'node:crypto';
import { AnalystTokenService } from '../../../src/access/analyst-token.service.js';
import { type ReleaseKind } from '../../../src/access/analyst-token.js';
import { ReleaseDownloads } from '../../../src/export/release/release-downloads.service.js';
import { ReleaseService } from '../../../src/export/release/release.service.js';
import { ErasureService } from '../../../src/rights/erasure.service.js';
import { anna } from '../../make/actors.js';
import { Visitor } from '../../make/visitor.js';
import { releasePanel } from './release-panel.js';
import { type Panel } from './two-waves.js';

interface Manifest {
  erased: number;
  files: { file: string; bytes: number; sha256: string; url: string }[];
}

let panel: Panel;
let analyst: (path: string, headers?: Record<string, string>, method?: string) => Promise<Response>;

beforeAll(async () => {
  panel = await releasePanel();
  await panel.services(ReleaseService).create(panel.study.id, { kind: 'SUF', version: '1.0' }, anna);
  analyst = asAnalyst(await tokenFor('SUF'));
});
afterAll(() => panel.close());

const tokenFor = async (kind: ReleaseKind) => {
  const wish = { kind, name: 'Dr Example, University of Example', days: 30 };
  return (await panel.services(AnalystTokenService).create(anna, panel.study.id, wish)).token;
};
const asAnalyst =
  (token: string): typeof analyst =>
  (path, headers = {}, method = 'GET') =>
    fetch(panel.config.publicUrl + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
const RELEASE = '/api/releases/nrd/SUF/1.0';
const manifest = async () => (await (await analyst(RELEASE)).json()) as Manifest;
const bytesOf = async (reply: Response) => Buffer.from(await reply.arrayBuffer());
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const codeOf = async (reply: Response) => ((await reply.json()) as { code: string }).code;
const downloads = () =>
  panel.rows<{ detail: { file: string; from: number }; actor_kind: string }>(
    `SELECT actor_kind, detail::jsonb AS detail FROM audit_entry WHERE act = 'release.downloaded' ORDER BY nr`,
  );

test('a release is there at once, and its files a little later', async () => {
  expect(await (await analyst('/api/releases/nrd')).json()).toEqual([
    {
      release: 'nrd-1.0',
      kind: 'SUF',
      version: '1.0',
      madeAt: expect.any(String),
      people: expect.any(Number),
      erased: 0,
    },
  ]);
  const early = await analyst(RELEASE);
  expect([early.status, early.headers.get('retry-after')]).toEqual([503, '10']);
  expect(await codeOf(early)).toBe('export.release_being_prepared');
  expect(await panel.services(ReleaseDownloads).prepareAll()).toBe(1);
  expect(await panel.services(ReleaseDownloads).prepareAll()).toBe(0);
});

test('every file comes as the manifest says, and each download stands in the log', async () => {
  const { files } = await manifest();
  expect(files.map(({ file }) => file)).toEqual(
    expect.arrayContaining([
      'panel_long.dta',
      'a_indresp.sav',
      'xwave.parquet',
      'codebook.html',
      'SHA256SUMS',
    ]),
  );
  for (const { bytes, sha256: sum, url } of files) {
    const got = await bytesOf(await analyst(url));
    expect([url, got.length, sha256(got)]).toEqual([url, bytes, sum]);
  }
  const noted = await downloads();
  expect(noted.map(({ detail }) => detail.file)).toEqual(files.map(({ file }) => file));
  expect(new Set(noted.map(({ actor_kind }) => actor_kind))).toEqual(new Set(['token']));
}, 60_000);

test('a download goes on where it was broken off', async () => {
  const { files } = await manifest();
  const {
    url,
    bytes,
    sha256: sum,
  } = files.find(({ file }) => file === 'panel_wide.dta') as Manifest['files'][number];
  expect(bytes).toBeGreaterThan(1_100_000); // more than one part
  const head = await analyst(url, {}, 'HEAD');
  expect([
    head.status,
    Number(head.headers.get('content-length')),
    head.headers.get('accept-ranges'),
  ]).toEqual([200, bytes, 'bytes']);
  const etag = head.headers.get('etag') ?? '';
  expect(etag).toBe(`"${sum}"`);
  const parts = [];
  for (const [from, to] of [
    [0, 1_048_575],
    [1_048_576, 1_048_577],
    [1_048_578, ''],
  ]) {
    const reply = await analyst(url, { range: `bytes=${from}-${to}`, 'if-range': etag });
    expect([reply.status, reply.headers.get('content-range')]).toEqual([
      206,
      `bytes ${from}-${to === '' ? bytes - 1 : to}/${bytes}`,
    ]);
    parts.push(await bytesOf(reply));
  }
  expect(sha256(Buffer.concat(parts))).toBe(sum);
  const beyond = await analyst(url, { range: `bytes=${bytes}-` });
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${bytes}`]);
  const other = await analyst(url, { range: 'bytes=5-', 'if-range': '"another"' });
  expect([other.status, (await bytesOf(other)).length]).toEqual([200, bytes]);
  expect((await downloads()).map(({ detail }) => detail.from)).toContain(1_048_578);
});

test('nobody reads what is not for them', async () => {
  const open = asAnalyst(await tokenFor('PUF'));
  expect(await (await open('/api/releases/nrd')).json()).toEqual([]);
  const refused = await open(RELEASE);
  expect([refused.status, await codeOf(refused)]).toEqual([404, 'export.unknown_release']);
  expect((await open(`${RELEASE}/files/xwave.csv`)).status).toBe(404);
  expect((await asAnalyst(`onw_${'A'.repeat(43)}`)(RELEASE)).status).toBe(401);
  expect((await new Visitor(panel.config.publicUrl).ask(RELEASE)).status).toBe(401);
  for (const file of ['nothing.csv', '..%2f..%2fpackage.json', 'xwave.csv%00'])
    expect([404, 400]).toContain((await analyst(`${RELEASE}/files/${file}`)).status);
});

test('whoever is erased takes what is ready away, and it is made anew without them', async () => {
  const before = await manifest();
  const [person] = await panel.rows<{ id: string; pidp: string }>(
    `SELECT m.id, p.pidp::text FROM member m JOIN release_person p ON p.member_id = m.id WHERE m.cohort = 'moved'`,
  );
  await panel.services(ErasureService).erase(person?.id ?? '', anna);
  expect((await analyst(RELEASE)).status).toBe(503);
  expect((await analyst(`${RELEASE}/files/xwave.csv`)).status).toBe(503);
  expect(await panel.rows('SELECT FROM release_part')).toEqual([]);
  await panel.services(ReleaseDownloads).prepareAll();
  const after = await manifest();
  expect(after.erased).toBe(1);
  expect(after.files.map(({ file }) => file)).toEqual(before.files.map(({ file }) => file));
  const people = await bytesOf(await analyst(`${RELEASE}/files/xwave.csv`));
  expect(people.includes(person?.pidp ?? '')).toBe(false);
}, 60_000);
