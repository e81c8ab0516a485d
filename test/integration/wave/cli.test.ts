import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enrolmentCommands } from '../../../src/vault/enrolment.cli.js';
import { waveCommands } from '../../../src/wave/wave.cli.js';
import { runCommand } from '../../make/command.js';
import { type Field, inTheField } from '../../make/field.js';
import { answered, itIs } from './past.js';

let field: Field;
let folder: string;
beforeAll(async () => {
  field = await inTheField(3, { invited: false });
  folder = await mkdtemp(join(tmpdir(), 'onward-people-'));
  await answered(field, 'a', '2026-03-03', [0]);
  itIs(field, '2026-09-10');
});
afterAll(async () => {
  await field.close();
  await rm(folder, { recursive: true, force: true });
});

const run = (...words: string[]) => runCommand(field.services, [enrolmentCommands, waveCommands], ...words);
const member = (person: number) => field.members[person]!;

test('wave eligibility tells who would get a case and why the others would not, changing nothing', async () => {
  const { lines } = await run('wave', 'eligibility', '--wave', 'b');
  expect(lines.at(-1)).toBe('1 would get a case in wave b, 2 would not.');
  expect(lines).toContain(`${member(0)}  yes, until 2026-10-10`);
  expect(lines).toContain(`${member(1)}  no: interviews is 0; interviews ≥ 1 is required.`);
  const { json } = await run('wave', 'eligibility', '--wave', 'b', '--json');
  expect(json).toContainEqual({
    memberId: member(0),
    issue: true,
    ownWindow: true,
    closesAt: '2026-10-10T08:00:00.000Z',
  });
  expect(json).toContainEqual(expect.objectContaining({ memberId: member(1), reason: 'not_eligible' }));
  expect(await field.rows(`SELECT FROM issued_case WHERE wave_id = 'nrd-b'`)).toEqual([]);
});

test('wave override and panel end do what they say', async () => {
  const decision = ['--member', member(1), '--reason', 'a relative wrote', '--by', 'Field manager'];
  expect((await run('wave', 'override', '--wave', 'a', ...decision, '--code', '2.31')).lines).toEqual([
    'The disposition is 2.31 now; the case has ended.',
  ]);
  expect((await run('panel', 'end', ...decision, '--as', 'dead', '--json')).json).toEqual([
    { member: member(1), as: 'dead', ended: 0 },
  ]);
  expect(await run('panel', 'end', ...decision, '--as', 'gone')).toMatchObject({ code: 2 });
});

test('panel add takes recruiters who are members, and no others', async () => {
  const file = join(folder, 'people.csv');
  const add = async (recruiter: string) => {
    await writeFile(
      file,
      `email,host_country,locale,cohort,source,recruiter,coupon\n${recruiter.slice(0, 4)}@synthetic.example,SRB,ru,refreshment,referral,${recruiter},K-17\n`,
    );
    return run('panel', 'add', '--file', file, '--json');
  };
  expect((await add(member(0).toUpperCase())).json).toEqual([
    { study: 'new-russian-diasporas', valid: 1, added: 1 },
  ]);
  expect(await field.rows(`SELECT recruiter_id, coupon FROM member WHERE cohort = 'refreshment'`)).toEqual([
    { recruiter_id: member(0), coupon: 'K-17' },
  ]);
  for (const nobody of ['7f1d0c0e-1111-4222-8333-444455556666', 'Anna'])
    await expect(add(nobody)).rejects.toMatchObject({ code: 'vault.invalid_people' });
});
