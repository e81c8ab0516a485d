import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { ReleaseExports } from '../../../src/export/release/release-exports.service.js';
import { ReleaseDownloads } from '../../../src/export/release/release-downloads.service.js';
import { ReleaseWriter } from '../../../src/export/release/release-writer.service.js';
import { ReleaseService } from '../../../src/export/release/release.service.js';
import { ErasureService } from '../../../src/rights/erasure.service.js';
import { anna } from '../../make/actors.js';
import { releasePanel } from './release-panel.js';
import { type Panel } from './two-waves.js';

type Row = Record<string, string>;

let panel: Panel;
let out: string;

beforeEach(async () => {
  panel = await releasePanel();
  out = await mkdtemp(join(tmpdir(), 'onward-releases-'));
});
afterEach(async () => {
  await panel.close();
  await rm(out, { recursive: true, force: true });
});

const create = (version: string) =>
  panel.services(ReleaseService).create(panel.study.id, { kind: 'SUF', version }, anna);
const WHOLE = { format: 'csv,dta,sav,zsav,parquet', layout: 'wave,long,wide,spell' };
const write = (name: string, wish: object = {}) =>
  panel.services(ReleaseExports).export(name, { ...WHOLE, out, replace: true, ...wish }, anna);

/** Bytes of every file of a folder. */
async function filesIn(folder: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(folder)).sort();
  const files = names.map(async (name) => [name, await readFile(join(folder, name))] as const);
  return new Map(await Promise.all(files));
}
const rowsIn = (files: Map<string, Buffer>, file: string) =>
  parse(files.get(file) ?? '', { columns: true }) as Row[];
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const digests = (files: Map<string, Buffer>) => [...files].map(([name, bytes]) => `${sha256(bytes)} ${name}`);

const DATA = ['a_indresp', 'b_indsamp', 'xwave', 'panel_long', 'panel_wide', 'spell_residence', 'moves'];
const PAPERS = [
  ...['CITATION.cff', 'SHA256SUMS', 'codebook.html', 'codebook.json', 'codebook.xml', 'concordance.csv'],
  ...[
    'datapackage.json',
    'setup.R',
    'setup.do',
    'setup.py',
    'setup.sps',
    'onward.R',
    'onward.py',
    'disclosure.json',
  ],
];

test('the same release is the same bytes whenever it is written, whatever happened meanwhile and wherever', async () => {
  await create('1.0');
  const { folder, files } = await write('nrd-1.0');
  expect(folder).toBe(join(out, 'nrd_SUF_v1.0'));
  const first = await filesIn(folder);
  for (const name of DATA)
    for (const format of ['csv', 'dta', 'sav', 'zsav', 'parquet'])
      expect([...first.keys()]).toContain(`${name}.${format}`);
  expect([...first.keys()]).toEqual(expect.arrayContaining(PAPERS));
  expect(first.size).toBe(files.length);
  const sums = first.get('SHA256SUMS')?.toString() ?? '';
  for (const [name, bytes] of first)
    if (name !== 'SHA256SUMS') expect(sums).toContain(`${sha256(bytes)}  ${name}\n`);

  await panel.rows(`UPDATE response SET answers = '{}', record = '{}'`);
  await panel.rows(`UPDATE member SET host_country = 'TUR', cohort = 'other'`);
  await panel.rows(`UPDATE study SET definition = jsonb_set(definition, '{researchTitle,en}', '"Another"')`);
  const zone = process.env['TZ'];
  process.env['TZ'] = 'Asia/Almaty';
  try {
    expect(digests(await filesIn((await write('nrd-1.0')).folder))).toEqual(digests(first));
  } finally {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  }
}, 90_000);

test('people who do not agree to the archive stand in no file, and numbers are others in each release', async () => {
  await create('1.0');
  await create('1.1');
  const [first, second] = [
    await filesIn((await write('nrd-1.0', { format: 'csv' })).folder),
    await filesIn((await write('nrd-1.1', { format: 'csv' })).folder),
  ];
  const people = rowsIn(first, 'xwave.csv');
  expect(people.map(({ cohort }) => cohort)).not.toContain('refuted');
  expect(people.map(({ cohort }) => cohort)).toContain('moved');
  const numbers = new Set(people.map(({ pidp }) => pidp));
  const others = rowsIn(second, 'xwave.csv').map(({ pidp }) => pidp);
  expect(others).toHaveLength(numbers.size);
  expect(others.filter((pidp) => numbers.has(pidp ?? ''))).toEqual([]);
  for (const pidp of [...numbers, ...others]) expect(pidp).toMatch(/^[1-9]\d{8}$/);
}, 60_000);

test('whoever is erased is in nothing that is written afterwards, others stay as they were, and the release counts', async () => {
  await create('1.0');
  const before = await filesIn((await write('nrd-1.0', { format: 'csv' })).folder);
  const [person] = await panel.rows<{ id: string; pidp: string }>(
    `SELECT m.id, p.pidp::text FROM member m JOIN release_person p ON p.member_id = m.id WHERE m.cohort = 'moved'`,
  );
  const { id = '', pidp = '' } = person ?? {};
  expect(rowsIn(before, 'xwave.csv').map(({ recruiter }) => recruiter)).toContain(pidp);

  await panel.services(ErasureService).erase(id, anna);
  const { folder, erased } = await write('nrd-1.0', { format: 'csv,dta,sav,parquet' });
  expect(erased).toBe(1);
  const after = await filesIn(folder);
  for (const [name, bytes] of after) expect([name, bytes.includes(pidp)]).toEqual([name, false]);
  for (const name of ['a_indresp.csv', 'panel_wide.csv', 'spell_residence.csv'])
    expect(rowsIn(after, name)).toEqual(rowsIn(before, name).filter((row) => row['pidp'] !== pidp));
  expect(rowsIn(after, 'xwave.csv')).toEqual(
    rowsIn(before, 'xwave.csv')
      .filter((row) => row['pidp'] !== pidp)
      .map((row) => ({ ...row, recruiter: row['recruiter'] === pidp ? '' : row['recruiter'] })),
  );
  expect(JSON.parse(after.get('codebook.json')?.toString() ?? '')).toMatchObject({ erasedSince: 1 });
  expect((await panel.services(ReleaseService).list(panel.study.id)).map((one) => one.erased)).toEqual([1]);
  expect(await panel.rows(`SELECT FROM release_row WHERE $1 = ANY (cells)`, [pidp])).toEqual([]);
}, 90_000);

test('a version stands once, and what is asked for must be there', async () => {
  await create('1.0');
  await expect(create('1.0')).rejects.toMatchObject({ code: 'export.release_exists' });
  await expect(create('one')).rejects.toMatchObject({ code: 'export.unknown_choice' });
  await expect(write('nrd-2.0')).rejects.toMatchObject({
    code: 'export.unknown_release',
    details: { known: ['nrd-1.0'] },
  });
  await expect(write('nrd-1.0', { format: 'xlsx' })).rejects.toMatchObject({ code: 'export.unknown_choice' });
  await expect(write('nrd-1.0', { locale: 'de' })).rejects.toMatchObject({ code: 'export.unknown_choice' });
  await write('nrd-1.0', { format: 'csv', layout: 'spell', replace: false });
  expect((await readdir(join(out, 'nrd_SUF_v1.0'))).filter((file) => /^[ab]_|panel/.test(file))).toEqual([]);
  await expect(write('nrd-1.0', { replace: false })).rejects.toMatchObject({ code: 'kit.folder_in_use' });
  await expect(
    panel.services(ReleaseService).create(panel.study.id, { kind: 'PUF', version: '1.0' }, anna),
  ).rejects.toMatchObject({ code: 'export.release_too_risky' });
  expect(await panel.rows('SELECT FROM release')).toHaveLength(1);
  expect(await panel.rows(`SELECT FROM audit_entry WHERE act = 'release.made'`)).toHaveLength(1);
  expect(await panel.rows(`SELECT FROM audit_entry WHERE act = 'release.exported'`)).toHaveLength(1);
}, 60_000);

test('what would not be the same again, or cannot be written, is not written, and leaves what was there', async () => {
  await create('1.0');
  const before = await filesIn((await write('nrd-1.0', { format: 'csv' })).folder);
  // The application itself may not change a row.
  const change = (cell: string) =>
    panel.database.asOwner(
      `UPDATE release_row r SET cells[n.nr] = $1 FROM release_file f,
         LATERAL (SELECT nr FROM jsonb_array_elements(f.definition -> 'columns') WITH ORDINALITY AS c(of, nr) WHERE of ->> 'name' = 'cohort') AS n
       WHERE f.name = 'xwave' AND r.release_id = f.release_id AND r.file_nr = f.nr AND r.seq = 1`,
      [cell],
    );
  await expect(panel.rows(`UPDATE release_row SET cells = '{}'`)).rejects.toThrow('permission denied');
  await expect(panel.rows('DELETE FROM release_row')).rejects.toThrow('permission denied');
  await change('changed');
  await expect(write('nrd-1.0', { format: 'csv' })).rejects.toMatchObject({
    code: 'export.release_would_differ',
    details: { file: expect.stringMatching(/^(xwave|codebook|datapackage)/) as string },
  });
  await change('long'.repeat(10_000));
  await expect(write('nrd-1.0', { format: 'sav' })).rejects.toMatchObject({
    code: 'export.cell_unwritable',
    details: { variable: 'cohort' },
  });
  expect(await readdir(out)).toEqual(['nrd_SUF_v1.0']);
  expect(digests(await filesIn(join(out, 'nrd_SUF_v1.0')))).toEqual(digests(before));
}, 60_000);

test('a public file holds nobody who is not one of five, and is refused once too many of them are erased', async () => {
  const members: string[] = [];
  for (let person = 0; person < 6; person += 1) members.push(await panel.member({ cohort: 'alike' }));
  for (const wave of ['a', 'b'])
    for (const [person, member] of members.entries())
      await panel.issue(member, wave, {
        state: 'complete',
        disposition: '1.1',
        answers: {
          consent_take_part: 'yes',
          country: 'SRB',
          gender: 'woman',
          faith: person % 2 ? 'no' : 'yes',
          last_word: 'me',
        },
      });
  await panel.rows(
    `INSERT INTO consent (member_id, wave_id, purpose, given, text_version, locale, decided_on)
     SELECT c.member_id, c.wave_id, 'public_use', true, '2026-11', 'ru', '2026-05-12' FROM issued_case c JOIN member m ON m.id = c.member_id
     JOIN wave w ON w.id = c.wave_id AND w.letter = 'a' WHERE m.cohort = 'alike'`,
  );
  await panel.services(ReleaseService).create(panel.study.id, { kind: 'PUF', version: '1.0' }, anna);
  const wish = { kind: 'PUF' as const, format: 'csv' };
  const files = await filesIn((await write('nrd-1.0', wish)).folder);
  expect([...files.keys()].filter((name) => /contacts|indsamp|moves|spell|keepintouch/.test(name))).toEqual(
    [],
  );
  const rows = rowsIn(files, 'a_indresp.csv');
  expect(rows).toHaveLength(6);
  for (const name of ['a_last_word', 'a_intdate']) expect(rows[0]?.[name] ?? '').not.toMatch(/me|-/);
  expect(JSON.parse(files.get('disclosure.json')?.toString() ?? '')).toMatchObject({
    kind: 'PUF',
    files: expect.arrayContaining([
      {
        file: 'a_indresp',
        report: expect.objectContaining({
          k: 5,
          after: expect.objectContaining({ belowK: 0 }) as unknown,
        }) as unknown,
      },
    ]) as unknown,
  });
  const erase = (member: string | undefined) => panel.services(ErasureService).erase(member ?? '', anna);
  await erase(members[0]);
  expect((await write('nrd-1.0', wish)).erased).toBe(1);
  await erase(members[1]);
  await expect(write('nrd-1.0', wish)).rejects.toMatchObject({
    code: 'export.release_too_risky',
    details: {
      failures: expect.arrayContaining([expect.stringContaining('Make the next version')]) as unknown,
    },
  });
  // Its files are tried once, and then not again before somebody else is erased.
  const tried = jest.spyOn(panel.services(ReleaseWriter), 'write');
  const prepare = async () => {
    tried.mockClear();
    await panel.services(ReleaseDownloads).prepareAll();
    return tried.mock.calls.filter(([{ kind }]) => kind === 'PUF').length;
  };
  expect([await prepare(), await prepare()]).toEqual([1, 0]);
  await erase(members[2]);
  expect([await prepare(), await prepare()]).toEqual([1, 0]);
  tried.mockRestore();
}, 60_000);

test('what is declared of variables that only later waves ask for waits for them', async () => {
  await panel.rows(`DELETE FROM response WHERE wave_id IN (SELECT id FROM wave WHERE letter IN ('b', 'k'))`);
  await panel.rows(`UPDATE wave SET opened_at = NULL, closes_at = NULL WHERE letter IN ('b', 'k')`);
  const { definition } = await create('0.1');
  expect(definition.waves.map(({ letter }) => letter)).toEqual(['a']);
});
