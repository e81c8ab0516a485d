import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Command, CommanderError } from 'commander';
import { tokenCommands } from './access/analyst-token.cli.js';
import { auditCommands } from './access/audit.cli.js';
import { staffCommands } from './access/staff.cli.js';
import { queueCommands } from './access/queue.cli.js';
import { AppModule } from './app.module.js';
import { backupCommands } from './backup/backup.cli.js';
import { codebookCommands } from './codebook/codebook.cli.js';
import { contactCommands } from './contact/contact.cli.js';
import { telegramCommands } from './contact/telegram/telegram.cli.js';
import { demoCommands } from './demo/demo.cli.js';
import { localEnvironment } from './demo/local.node.js';
import { rehearsalCommands } from './demo/rehearsal.cli.js';
import { exportCommands } from './export/export.cli.js';
import { releaseCommands } from './export/release/release.cli.js';
import { tracingCommands } from './fieldwork/tracing.cli.js';
import { EXIT, type InApp, type Output } from './kit/cli.js';
import { SystemClock } from './kit/clock.node.js';
import { readConfig } from './kit/config.js';
import { withKeyFiles } from './kit/key-files.node.js';
import { log, logTo, NestLog } from './kit/log.node.js';
import { migrateCommands } from './kit/migrate.cli.js';
import { migrate } from './kit/migrate.node.js';
import { Problem } from './kit/problem.js';
import { questionnaireCommands } from './questionnaire/questionnaire.cli.js';
import { residenceCommands } from './residence/residence.cli.js';
import { lateAnswersCommands } from './response/late.cli.js';
import { linkCommands } from './response/shut.cli.js';
import { erasureCommands } from './rights/erasure.cli.js';
import { serve } from './serve.node.js';
import { reportCommands } from './report/report.cli.js';
import { studyCommands } from './study/study.cli.js';
import { enrolmentCommands } from './vault/enrolment.cli.js';
import { keysCommands } from './vault/keys.cli.js';
import { waveCommands } from './wave/wave.cli.js';

const out: Output = {
  line: (text) => void process.stdout.write(`${text}\n`),
  json: (value) => void process.stdout.write(`${JSON.stringify(value)}\n`),
  progress: (text) => void (process.stderr.isTTY && process.stderr.write(`${text}\n`)),
  end: (code) => void (process.exitCode = code),
};

const settings = async () =>
  readConfig(withKeyFiles(process.env['DATABASE_URL'] ? process.env : await localEnvironment(process.env)));

/** The application without pages and without work, for as long as a command needs it. */
const appOn =
  (databases: { restoring?: boolean }): InApp =>
  async (work) => {
    log.level = process.env['LOG_LEVEL'] ?? 'warn';
    const config = await settings();
    await migrate(config.databaseUrl, config.vaultDatabaseUrl, config.databaseOwnerUrl, databases);
    const app = await NestFactory.createApplicationContext(AppModule.for(config, new SystemClock(), 'cli'), {
      logger: new NestLog(),
      abortOnError: false,
    });
    try {
      return await work((token) => app.get(token as never, { strict: false }));
    } finally {
      await app.close();
    }
  };
const inApp = appOn({});

logTo(process.stderr);
const program = new Command('onward')
  .description('Onward: panels, waves, moves, and the data that come of them')
  .exitOverride()
  .showHelpAfterError('(add --help for what can be said here)');
for (const add of [
  studyCommands,
  enrolmentCommands,
  keysCommands,
  waveCommands,
  lateAnswersCommands,
  linkCommands,
  contactCommands,
  telegramCommands,
  residenceCommands,
  erasureCommands,
  tracingCommands,
  questionnaireCommands,
  codebookCommands,
  exportCommands,
  releaseCommands,
  reportCommands,
  auditCommands,
  staffCommands,
  tokenCommands,
  queueCommands,
  backupCommands({ env: process.env, settings, inRestored: appOn({ restoring: true }) }),
  migrateCommands,
  rehearsalCommands,
  demoCommands(serve),
])
  add(program, out, inApp);
everyCommand(program, (command) => command.exitOverride());

try {
  await program.parseAsync();
} catch (cause) {
  process.exitCode = exitCodeOf(cause);
}

function everyCommand(command: Command, act: (command: Command) => void): void {
  act(command);
  for (const child of command.commands) everyCommand(child, act);
}

function exitCodeOf(cause: unknown): number {
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (cause instanceof Problem) process.stderr.write(`${cause.message} [${cause.code}]\n`);
  else if (cause instanceof Error) process.stderr.write(`${cause.message}\n`);
  return EXIT.failed;
}
