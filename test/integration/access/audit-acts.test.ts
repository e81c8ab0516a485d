import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { auditCommands } from '../../../src/access/audit.cli.js';
import { queueCommands } from '../../../src/access/queue.cli.js';
import { contactCommands } from '../../../src/contact/contact.cli.js';
import { FenceService } from '../../../src/contact/fence.service.js';
import { PlanEditService } from '../../../src/contact/plan-edit.service.js';
import { StopService } from '../../../src/contact/stop.service.js';
import { exportCommands } from '../../../src/export/export.cli.js';
import { tracingCommands } from '../../../src/fieldwork/tracing.cli.js';
import { PauseService } from '../../../src/panel/pause.service.js';
import { residenceCommands } from '../../../src/residence/residence.cli.js';
import { ResidenceService } from '../../../src/residence/residence.service.js';
import { enrolmentCommands } from '../../../src/vault/enrolment.cli.js';
import { waveCommands } from '../../../src/wave/wave.cli.js';
import { WaveService } from '../../../src/wave/wave.service.js';
import { anna, themselves } from '../../make/actors.js';
import { runCommand } from '../../make/command.js';
import { type Field, inTheField } from '../../make/field.js';

let field: Field;
let folder: string;
let since: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onward-acts-'));
  field = await inTheField(4);
});
afterAll(async () => {
  await field.close();
  await rm(folder, { recursive: true, force: true });
});

const COMMANDS = [
  enrolmentCommands,
  waveCommands,
  contactCommands,
  residenceCommands,
  tracingCommands,
  exportCommands,
  queueCommands,
  auditCommands,
];
const member = (person = 0) => field.members[person] ?? '';
const head = async () => (await field.rows<{ nr: number }>('SELECT nr FROM audit_head'))[0]?.nr ?? 0;
beforeEach(async () => void (since = await head()));
const onward = async (...words: string[]) => {
  // `study` and `panel` are groups that other features begin.
  const groups = COMMANDS.slice();
  return runCommand(field.services, [(program) => void program.command('study'), ...groups], ...words);
};
/** What was noted since the test began. */
const noted = () =>
  field.rows<Record<string, unknown>>(
    `SELECT act, concat_ws(' ', actor_kind, actor_id) AS by, study_id AS study, concat_ws(' ', subject_kind, subject_id) AS subject,
       detail::jsonb AS detail FROM audit_entry WHERE nr > $1 ORDER BY nr`,
    [since],
  );
const BY = ['--by', 'Anna'];
const STUDY = 'new-russian-diasporas';
const entry = (act: string, subject: string, detail: object | null = null) => ({
  act,
  by: 'shell Anna',
  study: STUDY,
  subject,
  detail,
});

test('opening, loading and enrolling were noted, with counts alone', async () => {
  since = 0;
  const all = await noted();
  expect(all).toContainEqual({ ...entry('panel.enrolled', '', { people: 4 }) });
  expect(all).toContainEqual({
    ...entry('wave.opened', 'wave nrd-a', { closesAt: expect.any(String), again: false }),
  });
  await onward('study', 'load', join(import.meta.dirname, '../../../surveys', STUDY), ...BY);
  expect(await noted()).toContainEqual(
    entry('study.loaded', `study ${STUDY}`, {
      waves: expect.any(Number),
      discardEdits: false,
      keptLetters: 0,
      keptPlans: 0,
    }),
  );
});

test('holding back and letting go on', async () => {
  await onward('sending', 'pause', ...BY);
  await onward('sending', 'resume', ...BY);
  await field.services(FenceService).check();
  await field.database.asAdmin(`UPDATE sending_fence SET fenced_at = now(), reason = 'a test'`);
  await onward('sending', 'resume', '--after-restore', '--overdue', 'send', ...BY);
  expect(await noted()).toEqual([
    entry('sending.paused', ''),
    entry('sending.resumed', ''),
    { ...entry('sending.fence_lifted', '', { overdue: 'send', unknown: 0 }), study: null },
  ]);
});

test('plans, letters and dates, by the digest of what they are now', async () => {
  const edits = field.services(PlanEditService);
  const { plan } = await edits.plan(STUDY, 'a');
  const file = join(folder, 'plan.json');
  await writeFile(file, JSON.stringify(plan));
  await onward('contacts', 'edit-plan', '--wave', 'a', '--file', file, '--dry-run', ...BY);
  await onward('contacts', 'edit-plan', '--wave', 'a', '--file', file, ...BY);
  const letter = await edits.letter(STUDY, 'invitation-a', 'en').catch(() => undefined);
  const name = plan[0]?.letter ?? '';
  const { subject, body } = letter ?? (await edits.letter(STUDY, name, 'en'));
  await edits.setLetter(STUDY, name, 'en', { subject, body }, anna);
  const closesAt = new Date('2026-05-01T08:00:00Z');
  await edits.moveClose(STUDY, 'a', closesAt, anna);
  const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
  const replanned = expect.any(Number);
  expect(await noted()).toEqual([
    entry('plan.edited', 'wave nrd-a', { steps: plan.length, replanned, digest }),
    entry('letter.edited', `letter ${name}`, { locale: 'en', digest }),
    entry('close.moved', 'wave nrd-a', { closesAt: closesAt.toISOString(), replanned }),
  ]);
});

test('what is done to a member, by staff and by themselves', async () => {
  const id = member(0);
  const subject = `member ${id}`;
  await onward('panel', 'pause', '--member', id, '--until', '2026-04-01', ...BY);
  await onward('panel', 'resume', '--member', id, ...BY);
  await onward('panel', 'resume', '--member', id, ...BY); // nothing is left to end
  const pauses = field.services(PauseService);
  await pauses.pause(id, { fromOn: '2026-03-02', untilOn: null }, themselves(id));
  await pauses.takeBack(id);
  await onward('residence', 'report', '--member', id, '--country', 'DEU', ...BY);
  await field.services(ResidenceService).report(id, themselves(id), { country: 'GEO' }); // an answer, not an act
  await onward('wave', 'override', '--wave', 'a', '--member', id, '--code', '2.12', '--reason', 'r', ...BY);
  await onward('tracing', 'open', '--member', id, ...BY);
  await onward(
    'tracing',
    'attempt',
    '--member',
    id,
    '--channel',
    'telegram',
    '--outcome',
    'no_answer',
    ...BY,
  );
  await onward('tracing', 'close', '--member', id, '--outcome', 'not_found', ...BY);
  await onward('panel', 'end', '--member', id, '--as', 'withdrawn', '--reason', 'r', ...BY);
  const own = { by: `member ${id}` };
  expect(await noted()).toEqual([
    entry('member.paused', subject, { fromOn: '2026-03-02', untilOn: '2026-04-01' }),
    entry('member.resumed', subject, { ended: 1 }),
    { ...entry('member.paused', subject, { fromOn: '2026-03-02' }), ...own },
    { ...entry('member.resumed', subject, { ended: 1 }), ...own },
    entry('residence.reported', subject),
    entry('case.overridden', subject, { wave: 'nrd-a', code: '2.12', ended: true }),
    entry('tracing.opened', subject),
    entry('tracing.attempted', subject, { channel: 'telegram', outcome: 'no_answer' }),
    entry('tracing.closed', subject, { outcome: 'not_found' }),
    entry('member.ended', subject, { as: 'withdrawn', cases: 0 }),
  ]);
});

test('stops, by the link of a message; a token of nobody leaves no trace', async () => {
  const letter = (await field.lettersTo(1))[0];
  const token = /\/stop\/\w+\/([\w-]{43})/.exec(letter?.text ?? '')?.[1] ?? '';
  expect(token).toHaveLength(43);
  const stops = field.services(StopService);
  await stops.stop(token);
  await stops.undo(token, 'all');
  await stops.stop('x'.repeat(43));
  const own = {
    ...entry('', `member ${member(1)}`, { channel: 'email', purpose: 'all' }),
    by: `member ${member(1)}`,
  };
  expect(await noted()).toEqual([
    { ...own, act: 'messages.stopped' },
    { ...own, act: 'messages.stop_undone' },
  ]);
});

test('addresses, by their number', async () => {
  const file = join(folder, 'addresses.txt');
  await writeFile(file, `${field.emailOf(2)}\nnobody@synthetic.example\n`);
  await onward('contacts', 'suppress', '--file', file, ...BY);
  await onward('contacts', 'clear-trouble', '--member', member(2), '--channel', 'email', ...BY);
  expect(await noted()).toEqual([
    entry('address.suppressed', '', { addresses: 2 }),
    entry('trouble.cleared', `member ${member(2)}`, { channel: 'email' }),
  ]);
});

test('an unknown message that is decided', async () => {
  await field.database.asAdmin(
    `UPDATE contact_attempt SET state = 'unknown', claimed_at = now() WHERE member_id = $1 AND step = 'invitation'`,
    [member(3)],
  );
  await onward(
    'contacts',
    'decide',
    '--wave',
    'a',
    '--member',
    member(3),
    '--step',
    'invitation',
    '--as',
    'sent',
    ...BY,
  );
  const detail = { wave: 'nrd-a', step: 'invitation', as: 'sent' };
  expect(await noted()).toEqual([entry('message.decided', `member ${member(3)}`, detail)]);
});

test('data that leave, by counts and the digest of the files', async () => {
  const out = join(folder, 'data');
  const { json } = await onward('export', '--out', out, '--json', ...BY);
  const [{ files }] = json as [{ files: { file: string; rows: number }[] }];
  const all = await noted();
  const run = (all[0]?.['detail'] as { run?: string } | undefined)?.run;
  const sums = await Promise.all(
    files.map(async ({ file }) => {
      const sum = createHash('sha256')
        .update(await readFile(join(out, file)))
        .digest('hex');
      return `${sum}  ${file}\n`;
    }),
  );
  expect(all).toEqual([
    entry('data.export_begun', '', { run }),
    entry('data.exported', '', {
      run,
      files: files.length,
      rows: files.reduce((sum, { rows }) => sum + rows, 0),
      digest: createHash('sha256').update(sums.join('')).digest('hex'),
    }),
  ]);
  expect((await readdir(out)).filter((name) => name.endsWith('.csv')).sort()).toEqual(
    files.map(({ file }) => file).sort(),
  );
});

test('a close, once, by whoever closed it', async () => {
  await onward('wave', 'close', '--wave', 'a', ...BY);
  await onward('wave', 'close', '--wave', 'a', '--by', 'Boris');
  await field.services(WaveService).closeOverdue();
  expect(await noted()).toEqual([entry('wave.closed', 'wave nrd-a')]);
});

test('an act that fails leaves nothing, and no entry holds an address, a token or a name of a respondent', async () => {
  await expect(onward('panel', 'pause', '--member', member(0), '--until', 'soon', ...BY)).rejects.toThrow();
  await expect(
    onward('tracing', 'close', '--member', member(1), '--outcome', 'not_found', ...BY),
  ).rejects.toThrow();
  expect(await noted()).toEqual([]);
  const all = JSON.stringify(await field.services(DataSource).query('SELECT * FROM audit_entry'));
  expect(all).not.toMatch(/@|synthetic\.example|(?<![\w-])[\w-]{43}(?![\w-])/);
  expect((await onward('audit', 'verify')).code).toBe(0);
});
