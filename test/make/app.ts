import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { ContactService } from '../../src/contact/contact.service.js';
import { Sweep } from '../../src/contact/sweep.service.js';
import { type Services } from '../../src/kit/cli.js';
import { MovableClock } from '../../src/kit/clock.js';
import { type Config, readConfig } from '../../src/kit/config.js';
import { findFreePort } from '../../src/kit/embedded-process.node.js';
import { log } from '../../src/kit/log.node.js';
import { QueueService } from '../../src/kit/queue.service.js';
import { type SmtpSink, type SmtpSinkOptions, startSmtpSink } from '../../src/kit/smtp-sink.node.js';
import { type NewMember } from '../../src/panel/new-member.js';
import { serve } from '../../src/serve.node.js';
import { type Study, StudyService } from '../../src/study/study.service.js';
import { EnrolmentService } from '../../src/vault/enrolment.service.js';
import { WaveService } from '../../src/wave/wave.service.js';
import { loadPlainly } from './plain-plan.js';
import { testDatabase, type TestDatabase } from './postgres.js';
import { anna } from './actors.js';

/** The whole application on databases of its own, with a mail sink and a clock that the test moves. */
export interface TestApp {
  app: NestFastifyApplication;
  services: Services;
  clock: MovableClock;
  sink: SmtpSink;
  config: Config;
  database: TestDatabase;
  /** Sweeps until nothing is due and waits until the workers are done. */
  deliver(): Promise<void>;
  close(): Promise<void>;
}

export interface TestAppOptions {
  role?: Config['role'];
  /** Variables of the environment that differ from the usual ones. */
  env?: Record<string, string>;
  begins?: Date;
  sink?: Pick<SmtpSinkOptions, 'beforeData' | 'refuseRecipients'>;
}

/** A Monday morning, 09:00 in Belgrade. */
export const BEGINS = new Date('2026-03-02T08:00:00Z');

export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  log.level = 'silent';
  const database = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'onward-test-'));
  const clock = new MovableClock(options.begins ?? BEGINS);
  const sink = await startSmtpSink({ dir: folder, clock, ...options.sink });
  const port = await findFreePort();
  const config = readConfig({
    DATABASE_URL: database.url,
    VAULT_DATABASE_URL: database.vaultUrl,
    VAULT_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    STAFF_SECRET: Buffer.alloc(32, 6).toString('base64'),
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    MAIL_FROM: 'Panel <panel@synthetic.example>',
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    PORT: String(port),
    SENDS_PER_MINUTE: '600000',
    ONWARD_ROLE: options.role ?? 'all',
    LOG_LEVEL: 'silent',
    ...options.env,
  });
  const app = await serve(config, clock, { schedule: false });
  const services: Services = (token) => app.get(token as never, { strict: false });
  return {
    app,
    services,
    clock,
    sink,
    config,
    database,
    async deliver() {
      while ((await services(Sweep).run()).length > 0)
        while ((await services(QueueService).pending()) > 0)
          await new Promise((resolve) => setTimeout(resolve, 10));
    },
    async close() {
      await app.close();
      await sink.stop();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const FIRST_STUDY = join(import.meta.dirname, '../../surveys/new-russian-diasporas');

/** Loads a study's folder as it stands; by default the first study, with plain contact plans in place of its own. */
export async function loadStudy(services: Services, folder?: string): Promise<Study> {
  const { studyId } = await services(WaveService).load(folder ?? FIRST_STUDY);
  const study = await services(StudyService).get(studyId);
  if (folder !== undefined) return study;
  await loadPlainly(services(DataSource), study.file);
  return services(StudyService).get(studyId);
}

/** Opens a wave and issues a case to whoever of the panel gets one. */
export async function openWave(services: Services, study: Study, letter = 'a') {
  const contacts = services(ContactService);
  const wave = await services(WaveService).open(study.id, letter, anna);
  return { wave, ...(await services(WaveService).issueDue(wave.id, contacts.plan.bind(contacts))) };
}

/** Synthetic people, one for each description, with valid defaults. @returns their ids */
export function addPeople(services: Services, study: Study, people: Partial<NewMember>[]): Promise<string[]> {
  return services(EnrolmentService).add(
    study.id,
    people.map((person, index) => ({
      email: `person-${index + 1}@synthetic.example`,
      hostCountry: 'SRB',
      timeZone: 'Europe/Belgrade',
      locale: 'ru',
      cohort: 'baseline',
      recruitmentSource: 'test',
      synthetic: true,
      ...person,
    })),
    anna,
  );
}

/** The token of the newest link that an address was sent. */
export async function linkTokenOf(sink: SmtpSink, email: string): Promise<string> {
  const message = (await sink.messages()).findLast(({ to }) => to.includes(email));
  const token = /#([A-Za-z0-9_-]{43})/.exec(message?.text ?? '')?.[1];
  if (!token) throw new Error(`No link was sent to ${email}`);
  return token;
}
