import { type Rehearsal } from '../../../src/demo/rehearsal.js';
import { rehearsalCommands } from '../../../src/demo/rehearsal.cli.js';
import { waveCommands } from '../../../src/wave/wave.cli.js';
import { runCommand } from '../../make/command.js';
import { type Field, inTheField } from '../../make/field.js';

let field: Field;
beforeAll(async () => {
  field = await inTheField(3);
});
afterAll(() => field.close());

const run = (...words: string[]) => runCommand(field.services, [waveCommands, rehearsalCommands], ...words);
const rehearse = (...more: string[]) =>
  run('wave', 'rehearse', '--wave', 'c', '--people', '44', '--at', '2027-03-01T08:00:00Z', ...more);

const HASH = `, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS hash`;

/** Of every table: how many rows, and a hash of them all. The queue's own tables hold the pulse of the workers: their rows are counted. */
async function contents(): Promise<Record<string, unknown>> {
  const tables = await field.rows<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  const found: Record<string, unknown> = {};
  for (const { name } of tables)
    found[name] = (
      await field.rows(`SELECT count(*)::int AS rows${name.startsWith('bullmq.') ? '' : HASH} FROM ${name} t`)
    )[0];
  return found;
}

test('a wave is rehearsed as it stands in the database, and nothing is written or sent', async () => {
  const before = await contents();
  const letters = (await field.sink.messages()).length;
  expect(Object.keys(before).length).toBeGreaterThan(15);

  const { json, code } = await rehearse('--json');

  const rehearsal = json[0] as Rehearsal;
  expect(rehearsal).toMatchObject({ synthetic: true, wave: 'c', people: 44, seed: 1, ok: true });
  expect(rehearsal.messages.filter(({ sent }) => sent).length).toBeGreaterThan(40);
  expect(code).toBe(0);
  expect(await contents()).toEqual(before);
  expect(await field.sink.messages()).toHaveLength(letters);
});

test('the same seed says the same, and people read counts first', async () => {
  expect((await rehearse('--json')).json).toEqual((await rehearse('--json')).json);
  expect((await rehearse()).lines[0]).toMatch(/^Rehearsal of wave c of new-russian-diasporas with 44 /);
});

test('what is to be mended shows in the exit code', async () => {
  const [row] = await field.rows<{ definition: object }>(`SELECT definition FROM wave WHERE id = 'nrd-c'`);
  await field.rows(
    `UPDATE wave SET definition = definition || '{"eligibility": {"fact": "interviews", "atLeast": 99}}' WHERE id = 'nrd-c'`,
  );
  const { code, lines } = await rehearse();
  expect(code).toBe(1);
  expect(lines[0]).toContain('[nobody_issued]');
  await field.rows(`UPDATE wave SET definition = $1 WHERE id = 'nrd-c'`, [JSON.stringify(row?.definition)]);
});

test('an unknown wave, a crowd that is too large and a wrong instant are refused', async () => {
  await expect(run('wave', 'rehearse', '--wave', 'z')).rejects.toMatchObject({ code: 'wave.unknown' });
  await expect(rehearse('--people', '0')).rejects.toMatchObject({ code: 'demo.invalid_option' });
  await expect(rehearse('--at', 'soon')).rejects.toMatchObject({ code: 'demo.invalid_option' });
});
