import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { MovableClock } from '../../src/kit/clock.js';
import { type Config, readConfig } from '../../src/kit/config.js';
import { mainDataSource } from '../../src/kit/db.node.js';
import { log } from '../../src/kit/log.node.js';
import { type SmtpSink, type SmtpSinkOptions, startSmtpSink } from '../../src/kit/smtp-sink.node.js';
import { type NewMember } from '../../src/panel/new-member.js';
import { LetterRow, StudyRow } from '../../src/study/study.entity.js';
import { type Study, StudyService } from '../../src/study/study.service.js';
import { EnrolmentService } from '../../src/vault/enrolment.service.js';
import { VaultService } from '../../src/vault/vault.service.js';
import { testDatabase, type TestDatabase } from './postgres.js';
import { AuditService } from '../../src/access/audit.service.js';
import { anna } from './actors.js';

/** The panel and the vault with the first study and its letters, and a mail sink: without the rest of the application. */
export interface VaultTown {
  database: TestDatabase;
  config: Config;
  clock: MovableClock;
  sink: SmtpSink;
  db: DataSource;
  study: Study;
  studies: StudyService;
  vault: VaultService;
  enrolment: EnrolmentService;
  /** The vault as another process sees it. */
  vaultWith(differs: Partial<Config>): VaultService;
  /** Synthetic people, one for each description, with valid defaults. @returns their ids */
  add(...people: Partial<NewMember>[]): Promise<string[]>;
  rows<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export async function vaultTown(
  sinkOptions: Omit<SmtpSinkOptions, 'dir' | 'clock'> = {},
): Promise<VaultTown> {
  log.level = 'silent';
  const database = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'onward-test-'));
  const clock = new MovableClock(new Date('2026-03-02T08:00:00Z'));
  const sink = await startSmtpSink({ dir: folder, clock, ...sinkOptions });
  const config = readConfig({
    DATABASE_URL: database.url,
    VAULT_DATABASE_URL: database.vaultUrl,
    VAULT_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    STAFF_SECRET: Buffer.alloc(32, 6).toString('base64'),
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    MAIL_FROM: 'Panel <panel@synthetic.example>',
    PUBLIC_URL: 'http://127.0.0.1:8080',
  });
  const db = await mainDataSource(database.url, [StudyRow, LetterRow]).initialize();
  const studies = new StudyService(db, clock);
  const loaded = await studies.read(join(import.meta.dirname, '../../surveys/new-russian-diasporas'));
  await db.transaction((tx) => studies.save(tx, loaded, { discardEdits: false }));
  const vaults: VaultService[] = [];
  const vaultWith = (differs: Partial<Config>) => {
    const one = new VaultService({ ...config, ...differs });
    vaults.push(one);
    return one;
  };
  const vault = vaultWith({});
  const enrolment = new EnrolmentService(db, clock, vault, new AuditService(clock));
  const study = await studies.get(loaded.file.id);
  return {
    database,
    config,
    clock,
    sink,
    db,
    study,
    studies,
    vault,
    enrolment,
    vaultWith,
    add: (...people) =>
      enrolment.add(
        study.id,
        people.map((person) => ({
          hostCountry: 'SRB',
          locale: 'ru',
          cohort: 'baseline',
          recruitmentSource: 'test',
          synthetic: true,
          ...person,
        })),
        anna,
      ),
    rows: (sql, values) => db.query(sql, values),
    async close() {
      for (const one of vaults) await one.onApplicationShutdown();
      await db.destroy();
      await sink.stop();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
