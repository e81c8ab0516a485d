import { join } from 'node:path';
import { AuditSealService } from '../../../src/access/audit-seal.service.js';
import { AuditHeadService } from '../../../src/access/audit-head.service.js';
import { AuditVerifyService } from '../../../src/access/audit-verify.service.js';
import { FenceService } from '../../../src/contact/fence.service.js';
import { Sweep } from '../../../src/contact/sweep.service.js';
import { addDays } from '../../../src/kit/clock.js';
import { QueueService } from '../../../src/kit/queue.service.js';
import { ErasureEndService } from '../../../src/rights/erasure-end.service.js';
import { ErasureService } from '../../../src/rights/erasure.service.js';
import { VaultService } from '../../../src/vault/vault.service.js';
import { anna } from '../../make/actors.js';
import { BEGINS } from '../../make/app.js';
import {
  appOn,
  backupDesk,
  type BackupDesk,
  emptyPlace,
  type EmptyPlace,
  everyRow,
  stateOf,
} from '../../make/backup-desk.js';
import { type Field, inTheField, oneMoreInstance } from '../../make/field.js';
import { Visitor } from '../../make/visitor.js';
import { completeAnswers } from '../../make/wave-a-answers.js';

const PEOPLE = 6;
const ANSWERED = [0, 1];

let field: Field;
let desk: BackupDesk;
let place: EmptyPlace;
let ledger: string;
beforeAll(async () => {
  desk = await backupDesk(() => field.clock);
  ledger = filesPath('tombstones.jsonl');
  field = await inTheField(PEOPLE, { env: { TOMBSTONES: ledger } });
  for (const person of ANSWERED) {
    const visitor = await field.visit(person);
    expect((await visitor.submit(0, completeAnswers(person + 1))).status).toBe(201);
  }
  await field.services(AuditSealService).run();
  await field.rows(`SELECT nextval('answer_seal')`); // a number that is in no row
});
afterAll(async () => {
  await desk.close();
  await field.close();
});
beforeEach(async () => void (place = await emptyPlace(field.config)));
afterEach(() => place.database.drop());

/** What a restore writes itself. */
const ITS_OWN = [
  'main audit_entry',
  'main audit_head',
  'main sending_fence',
  'main migrations',
  'vault migrations',
];
const others = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).filter(([table]) => !ITS_OWN.includes(table)));
const filesPath = (name: string) => join(desk.folder, name);

it('what is restored is what was backed up: rows, sequences, tables, triggers, rights; and it goes on from there', async () => {
  const created = await desk.create(field.services, 'all', '--by', 'Anna', '--json');
  const before = await stateOf(field.database);
  const sequences = () =>
    [
      `SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND sequencename NOT IN ('migrations_id_seq', 'audit_entry_id_seq') ORDER BY 1`,
    ] as const;
  const told = await desk.restore('all', place);
  expect(told.code).toBe(0);
  expect(told.lines.at(-1)).toContain('sending resume --after-restore');

  const after = await stateOf(place.database);
  expect(others(after.data)).toEqual(others(before.data));
  expect(after.schema).toEqual(before.schema);
  expect(await place.database.asAdmin(...sequences())).toEqual(await field.database.asAdmin(...sequences()));
  const [{ rows }] = created.json as [{ rows: number }];
  expect(rows).toBeGreaterThan(100);

  await appOn(
    place.config,
    field.clock,
  )(async (services) => {
    const verdict = await services(AuditVerifyService).verify();
    expect(verdict).toMatchObject({ intact: true, appendOnly: true, findings: [] });
    expect(verdict.revisions).toBeGreaterThan(0);
    expect(await services(VaultService).reach(field.study.id, field.members[3] ?? '', 'email')).toBe(
      field.emailOf(3),
    );
  });
  expect(
    await place.database.asOwner(
      `SELECT act, actor_id AS by, detail::jsonb - 'madeAt' AS detail FROM audit_entry WHERE act LIKE 'backup.%' ORDER BY nr`,
    ),
  ).toEqual([
    { act: 'backup.begun', by: 'Anna', detail: {} },
    {
      act: 'backup.restored',
      by: expect.any(String) as string,
      detail: { erasedAgain: 0, rows, tables: Object.keys(before.data).length - 2 },
    },
  ]);
});

it('holds every message back, until it is said that the restored installation sends; links go on working', async () => {
  await desk.create(field.services, 'fenced');
  await desk.restore('fenced', place);
  const town = { ...field, config: place.config };
  const restored = await oneMoreInstance(town, { role: 'all' });
  try {
    const fence = restored.services(FenceService);
    expect((await fence.now())?.reason).toMatch(/^this database was restored from the backup of 2026-03-02T/);
    const sent = async () => (await field.sink.messages()).length;
    const before = await sent();
    const deliver = async () => {
      while ((await restored.services(Sweep).run()).length > 0)
        while ((await restored.services(QueueService).pending()) > 0)
          await new Promise((resolve) => setTimeout(resolve, 10));
    };
    field.clock.moveTo(addDays(BEGINS, 8)); // reminders are due
    await deliver();
    expect(await sent()).toBe(before);

    const visitor = new Visitor(restored.url);
    expect(await visitor.open({ token: await field.tokenOf(4), locale: 'ru' })).toMatchObject({
      status: 303,
    });

    await fence.lift('send', anna);
    await deliver();
    expect(await sent()).toBeGreaterThan(before);
  } finally {
    await restored.close();
  }
});

it('who was erased after the backup is erased again: nothing of them can be read, and nothing of others is lost', async () => {
  await desk.create(field.services, 'older');
  const [gone = '', kept = ''] = ANSWERED.map((person) => field.members[person]);
  const answers = await field.rows<{ answers: string }>(
    'SELECT answers::text AS answers FROM response WHERE member_id = $1',
    [gone],
  );
  await field.services(ErasureService).erase(gone, anna);
  await field.services(ErasureEndService).run();

  place.config.tombstones = undefined;
  const told = await desk.restore('older', place, '--tombstones', ledger);
  expect(told.lines.join('\n')).toMatch(/Erased again: 1 members, by 1 tombstones/);
  expect(told.code).toBe(0);
  const rows = await everyRow(place.database);
  for (const trace of [gone, answers[0]?.answers ?? '?'])
    expect(rows.filter((row) => row.includes(trace) && !row.startsWith('audit_entry'))).toEqual([]);
  expect(rows.some((row) => row.startsWith('response') && row.includes(kept))).toBe(true);
  await appOn(
    place.config,
    field.clock,
  )(async (services) => {
    const vault = services(VaultService);
    expect(await vault.reach(field.study.id, gone, 'email')).toBeUndefined();
    expect(await vault.reach(field.study.id, kept, 'email')).toBe(field.emailOf(1));
    expect(await services(AuditVerifyService).verify()).toMatchObject({ intact: true, findings: [] });
  });

  // The file that the installation keeps counts by itself.
  const second = await emptyPlace(field.config);
  try {
    expect(second.config.tombstones).toBe(ledger);
    expect((await desk.restore('older', second)).lines.join('\n')).toContain('Erased again: 1 members');
  } finally {
    await second.database.drop();
  }
});

it('heads that were signed after the backup are told, and prove what they can', async () => {
  const heads = filesPath('heads.jsonl');
  await field.services(AuditHeadService).export(heads);
  await desk.create(field.services, 'headed');
  await field.services(AuditHeadService).export(heads); // knows of backup.created, which the backup does not have
  const told = await desk.restore(
    'headed',
    { ...place, config: { ...place.config, auditHeads: heads } },
    '--json',
  );
  expect(told.json).toEqual([
    expect.objectContaining({
      fenced: true,
      laterHeads: 1,
      audit: expect.objectContaining({ intact: true, heads: 1 }) as object,
    }),
  ]);
  expect(told.code).toBe(0);
});
