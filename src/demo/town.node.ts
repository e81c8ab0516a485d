import { join } from 'node:path';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { ContactService } from '../contact/contact.service.js';
import { type Services } from '../kit/cli.js';
import { type Clock } from '../kit/clock.js';
import { type Config, readConfig } from '../kit/config.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../kit/embedded-postgres.node.js';
import { log } from '../kit/log.node.js';
import { migrate } from '../kit/migrate.node.js';
import { ROOT } from '../kit/paths.node.js';
import { type SmtpSink, startSmtpSink } from '../kit/smtp-sink.node.js';
import { type SinkMessage } from '../kit/smtp-sink.js';
import { MemberRow } from '../panel/member.entity.js';
import { QuestionnaireService } from '../questionnaire/questionnaire.service.js';
import { type Study, StudyService } from '../study/study.service.js';
import { EnrolmentService } from '../vault/enrolment.service.js';
import { WaveService } from '../wave/wave.service.js';
import { environmentOf, type LocalFolder } from './local.node.js';
import { type Person } from './people.js';
import { type FieldedWave } from './visits.node.js';

/** The study that the demo shows. */
export const DEMO_STUDY = join(ROOT.surveys, 'new-russian-diasporas');

/** Everything that a demo runs: database server, mail sink, application. */
export interface Town {
  server: EmbeddedPostgres;
  sink: SmtpSink;
  config: Config;
  app: NestFastifyApplication;
  services: Services;
  stop(): Promise<void>;
}

export type Serve = (
  config: Config,
  clock: Clock,
  options: { schedule: boolean },
) => Promise<NestFastifyApplication>;

/** Starts all of it, or goes on with what the folder holds. */
export async function startTown(options: {
  folder: LocalFolder;
  ports: { web: number; smtp: number };
  clock: Clock;
  schedule: boolean;
  settings?: Record<string, string>;
  serve: Serve;
  onProgress: (text: string) => void;
  onMessage: (message: SinkMessage) => void;
  /** A reason why an address takes no message any more. */
  refuseRecipients?: (address: string) => string | undefined;
}): Promise<Town> {
  const { folder, clock, onProgress } = options;
  const server = await startEmbeddedPostgres({
    dataDir: folder.postgres,
    onProgress,
    ...(options.settings ? { settings: options.settings } : {}),
  });
  const stops: (() => Promise<unknown>)[] = [() => server.stop()];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const sink = await startSmtpSink({
      dir: folder.outbox,
      port: options.ports.smtp,
      clock,
      onMessage: options.onMessage,
      ...(options.refuseRecipients ? { refuseRecipients: options.refuseRecipients } : {}),
    });
    stops.push(() => sink.stop());
    const config = readConfig(await environmentOf(folder, server, options.ports));
    log.level = 'warn';
    onProgress('Bringing the databases up to date');
    await migrate(config.databaseUrl, config.vaultDatabaseUrl, config.databaseOwnerUrl);
    onProgress('Starting the web server, the worker and the scheduler');
    const app = await options.serve(config, clock, { schedule: options.schedule });
    stops.push(() => app.close());
    return {
      server,
      sink,
      config,
      app,
      services: (token) => app.get(token as never, { strict: false }),
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** Loads the demo study. Loading it again changes nothing. */
export async function loadStudy(services: Services): Promise<Study> {
  const { studyId } = await services(WaveService).load(DEMO_STUDY);
  return services(StudyService).get(studyId);
}

/** Brings the people in and opens the first wave. After a crash half-way, what was done already is not done again. */
export async function beginStudy(services: Services, study: Study, people: Person[]): Promise<void> {
  const isNew = !(await services(DataSource).getRepository(MemberRow).existsBy({ studyId: study.id }));
  if (isNew) await services(EnrolmentService).add(study.id, people, { kind: 'system' });
  await openWave(services, study, study.file.waves[0]?.id ?? '');
}

/** Opens a wave with its messages. */
export async function openWave(services: Services, study: Study, letter: string): Promise<void> {
  const contacts = services(ContactService);
  const { id } = await services(WaveService).open(study.id, letter, { kind: 'system' });
  await services(WaveService).issueDue(id, contacts.plan.bind(contacts));
}

/** The waves of a study with the questionnaires that people will answer, by letter. */
export async function wavesOf(services: Services, study: Study): Promise<Map<string, FieldedWave>> {
  const waves = new Map<string, FieldedWave>();
  for (const [nr, { id: letter, kind = 'survey' }] of study.file.waves.entries()) {
    const { questionnaireId } = await services(WaveService).byLetter(study.id, letter);
    const { check, feeds, json } = await services(QuestionnaireService).get(questionnaireId);
    const questionnaire = { check, feeds, json: json as FieldedWave['questionnaire']['json'] };
    waves.set(letter, { letter, nr, kind, questionnaire });
  }
  return waves;
}
