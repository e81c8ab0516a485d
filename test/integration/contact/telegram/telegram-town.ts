import { AccessModule } from '../../../../src/access/access.module.js';
import { routePolicy } from '../../../../src/web/server/route-limits.js';
import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ENTITIES } from '../../../../src/app.module.js';
import { newToken } from '../../../../src/access/token.node.js';
import { TelegramModule, TelegramPollingModule } from '../../../../src/contact/telegram/telegram.module.js';
import { type Services } from '../../../../src/kit/cli.js';
import { MovableClock } from '../../../../src/kit/clock.js';
import { readConfig } from '../../../../src/kit/config.js';
import { findFreePort } from '../../../../src/kit/embedded-process.node.js';
import { httpApplication } from '../../../../src/kit/http.node.js';
import { KitModule } from '../../../../src/kit/kit.module.js';
import { log } from '../../../../src/kit/log.node.js';
import { RightsModule } from '../../../../src/rights/rights.module.js';
import { StudyModule } from '../../../../src/study/study.module.js';
import { parseStudyFile } from '../../../../src/study/study.js';
import { VaultModule } from '../../../../src/vault/vault.module.js';
import { failurePage } from '../../../../src/web/server/failure-page.js';
import { OwnVisitService } from '../../../../src/web/server/own-visit.service.js';
import { TelegramJoinController } from '../../../../src/web/server/telegram-join.controller.js';
import { TelegramWebhookController } from '../../../../src/web/server/telegram-webhook.controller.js';
import { webAssets } from '../../../../src/web/server/web-assets.node.js';
import { type BotApiServer, botApiServer } from '../../../make/bot-api-server.js';
import { testDatabase, type TestDatabase } from '../../../make/postgres.js';
import { textOf } from '../../../make/repository.js';
import { type Reply, Visitor } from '../../../make/visitor.js';

export const STUDY = 'new-russian-diasporas';
export const WAVE = 'nrd-a';
export const SECRET = 'a-webhook-secret-of-the-test';

/** A process of an installation, as far as Telegram concerns it. */
export interface TelegramProcess {
  services: Services;
  url: string;
  close(): Promise<void>;
}

/** A study with members in the field, a web process without the vault, and a server that speaks the Bot API. */
export interface TelegramTown {
  server: BotApiServer;
  clock: MovableClock;
  database: TestDatabase;
  web: TelegramProcess;
  /** One more process; by default a worker that asks for updates. */
  start(env?: Record<string, string>): Promise<TelegramProcess>;
  rows<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** A member with an open questionnaire, whose own page is open in a browser. */
  person(more?: { locale?: string; livesIn?: string }): Promise<Person>;
  close(): Promise<void>;
}

export interface Person {
  id: string;
  browser: Visitor;
  page(path?: string, headers?: Record<string, string>): Promise<Reply>;
  /** The click on the page's button. @returns the code in the page that comes back */
  askForCode(locale?: string): Promise<string>;
}

export async function telegramTown(): Promise<TelegramTown> {
  log.level = 'silent';
  const [database, server] = await Promise.all([testDatabase(), botApiServer()]);
  const clock = new MovableClock(new Date('2026-03-02T08:00:00Z'));
  const running: TelegramProcess[] = [];
  const start = async (env: Record<string, string> = {}): Promise<TelegramProcess> => {
    const process = await startProcess(database, server, clock, env);
    running.push(process);
    return process;
  };
  const web = await start({ ONWARD_ROLE: 'web', TELEGRAM_TOKEN: '' });
  const db = web.services(DataSource);
  await db.query(`INSERT INTO study (id, code, definition, loaded_at) VALUES ($1, 'nrd', $2, now())`, [
    STUDY,
    JSON.stringify(parseStudyFile(JSON.parse(textOf(`surveys/${STUDY}/study.json`)))),
  ]);
  await db.query(
    `INSERT INTO questionnaire_version (id, study_id, content, imported_at) VALUES ('q', $1, '{}', now())`,
    [STUDY],
  );
  await db.query(
    `INSERT INTO wave (id, study_id, letter, definition, questionnaire_id, opened_at, closes_at)
     VALUES ($1, $2, 'a', '{}', 'q', '2026-03-01', '2026-04-01')`,
    [WAVE, STUDY],
  );
  return {
    server,
    clock,
    database,
    web,
    start,
    rows: (sql, values) => db.query(sql, values),
    person: (more) => addPerson(db, web.url, more),
    async close() {
      await Promise.all(running.map((process) => process.close()));
      await server.close();
      await database.drop();
    },
  };
}

async function startProcess(
  database: TestDatabase,
  server: BotApiServer,
  clock: MovableClock,
  env: Record<string, string>,
): Promise<TelegramProcess> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const config = readConfig({
    DATABASE_URL: database.url,
    VAULT_DATABASE_URL: database.vaultUrl,
    VAULT_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    STAFF_SECRET: Buffer.alloc(32, 6).toString('base64'),
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'Panel <panel@synthetic.example>',
    PUBLIC_URL: url,
    PORT: String(port),
    ONWARD_ROLE: 'worker',
    LOG_LEVEL: 'silent',
    TELEGRAM_TOKEN: server.token,
    TELEGRAM_BOT: server.bot,
    TELEGRAM_API_ROOT: server.root,
    ...env,
  });
  const works = config.role !== 'web';
  @Module({
    imports: [
      KitModule.with(config, clock, ENTITIES),
      AccessModule,
      VaultModule,
      TelegramModule,
      StudyModule,
      RightsModule,
      ...(works ? [TelegramPollingModule] : []),
    ],
    controllers: works ? [TelegramWebhookController] : [TelegramJoinController],
    providers: [OwnVisitService],
  })
  class Root {}
  const app = await httpApplication(Root, config, {
    failurePage: (problem) => failurePage(problem, 'ru', webAssets()),
    policy: routePolicy(''),
  });
  await app.listen(port, '127.0.0.1');
  let closed: Promise<void> | undefined;
  return {
    services: (token) => app.get(token as never, { strict: false }),
    url,
    close: () => (closed ??= app.close()),
  };
}

async function addPerson(
  db: DataSource,
  url: string,
  { locale = 'ru', livesIn }: { locale?: string; livesIn?: string } = {},
): Promise<Person> {
  const id = randomUUID();
  const { token, hash } = newToken();
  await db.query(
    `INSERT INTO member (id, study_id, cohort, recruitment_source, host_country, locale, channels, status, synthetic, joined_on, residence_country)
     VALUES ($1, $2, 'baseline', 'test', 'SRB', $3, '{email}', 'active', true, '2026-03-01', $4)`,
    [id, STUDY, locale, livesIn ?? null],
  );
  await db.query(
    `INSERT INTO issued_case (member_id, wave_id, state, locale, issued_on, plan_from) VALUES ($1, $2, 'opened', $3, '2026-03-01', '2026-03-01')`,
    [id, WAVE, locale],
  );
  await db.query(
    `INSERT INTO rights_session (token_hash, member_id, idle_until, ends_at) VALUES ($1, $2, '2026-04-30', '2026-04-30')`,
    [hash, id],
  );
  const browser = new Visitor(url);
  browser.cookie = `onward-local-mine=${token}`;
  return {
    id,
    browser,
    page: (path = '', headers = {}) =>
      browser.ask(`/respond/telegram${path}`, { headers: { accept: 'text/html', ...headers } }),
    async askForCode(inLocale = locale) {
      // Opened anew, however long ago it was looked at.
      await db.query(`UPDATE rights_session SET idle_until = ends_at WHERE member_id = $1`, [id]);
      const { status, text } = await browser.ask('/respond/telegram', {
        method: 'POST',
        headers: { accept: 'text/html' },
        body: new URLSearchParams({ locale: inLocale }),
      });
      const code = /\?start=([\w-]+)"/.exec(text)?.[1];
      if (status !== 200 || !code) throw new Error(`No code was given: ${status} ${text}`);
      return code;
    },
  };
}
