import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import fastifyStatic from '@fastify/static';
import { DataSource } from 'typeorm';
import { AccessModule } from '../../src/access/access.module.js';
import { newToken } from '../../src/access/token.node.js';
import { ENTITIES } from '../../src/app.module.js';
import { type ChannelSender } from '../../src/contact/channel.js';
import { LinkRequestService, MAIL_CHANNEL } from '../../src/contact/link-request.service.js';
import { PlanService } from '../../src/contact/plan.service.js';
import { RemindService } from '../../src/contact/remind.service.js';
import { StopService } from '../../src/contact/stop.service.js';
import { type Services } from '../../src/kit/cli.js';
import { MovableClock } from '../../src/kit/clock.js';
import { readConfig } from '../../src/kit/config.js';
import { findFreePort } from '../../src/kit/embedded-process.node.js';
import { httpApplication } from '../../src/kit/http.node.js';
import { KitModule } from '../../src/kit/kit.module.js';
import { log } from '../../src/kit/log.node.js';
import { ROOT } from '../../src/kit/paths.node.js';
import { PanelModule } from '../../src/panel/panel.module.js';
import { ResponseModule } from '../../src/response/response.module.js';
import { StudyModule } from '../../src/study/study.module.js';
import { type Channel } from '../../src/study/channel.js';
import { parseStudyFile } from '../../src/study/study.js';
import { sealingPair } from '../../src/vault/sealed-box.node.js';
import { VaultModule } from '../../src/vault/vault.module.js';
import { AskLinkController } from '../../src/web/server/ask-link.controller.js';
import { routePolicy } from '../../src/web/server/route-limits.js';
import { sessionCookieName } from '../../src/access/cookie.js';
import { failurePage, studyOf } from '../../src/web/server/failure-page.js';
import { LaterController } from '../../src/web/server/later.controller.js';
import { RespondPagesController } from '../../src/web/server/respond-pages.controller.js';
import { StopController } from '../../src/web/server/stop.controller.js';
import { webAssets } from '../../src/web/server/web-assets.node.js';
import { type CaseState } from '../../src/wave/case-state.js';
import { type HeldRow, holdCase } from './held-row.js';
import { testDatabase } from './postgres.js';

/** These pages send nothing by themselves. */
const NO_MAIL: ChannelSender = {
  channel: 'email',
  concurrency: 1,
  send: () => Promise.reject(new Error('A page has sent a message')),
  close: () => Promise.resolve(),
};

/** The pages on which respondents say something about messages, with the services behind them, as a process has them that has no vault. */
@Module({
  imports: [StudyModule, PanelModule, ResponseModule, VaultModule],
  controllers: [RespondPagesController, LaterController, StopController, AskLinkController],
  providers: [
    PlanService,
    RemindService,
    StopService,
    LinkRequestService,
    { provide: MAIL_CHANNEL, useValue: NO_MAIL },
  ],
})
class Pages {}

/** A message that reached someone, as the tables have it. */
export interface Sent {
  memberId: string;
  waveId: string;
  token: string;
  stopToken: string;
}

export interface Desk {
  services: Services;
  url: string;
  clock: MovableClock;
  databaseUrl: string;
  /** What only the owner of the tables may do. */
  asOwner(sql: string): Promise<unknown>;
  rows<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** A member with an open case who got the invitation, unless said otherwise. */
  invited(differs?: {
    channel?: Channel;
    state?: CaseState;
    closesAt?: Date | null;
    letter?: string;
    memberId?: string;
  }): Promise<Sent>;
  close(): Promise<void>;
}

/** Holds a member as a sender does whose message leaves just now. */
export async function holdMember(desk: Desk, memberId: string): Promise<HeldRow> {
  const held = await holdCase(desk.databaseUrl, memberId);
  await held.client.query('SELECT FROM member WHERE id = $1 FOR NO KEY UPDATE', [memberId]);
  return held;
}

export const BEGINS = new Date('2026-03-02T08:20:00Z');
export const CLOSES = new Date('2026-03-30T08:00:00Z');

export async function aDesk(): Promise<Desk> {
  log.level = 'silent';
  const database = await testDatabase();
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const clock = new MovableClock(BEGINS);
  const config = readConfig({
    ONWARD_ROLE: 'web',
    DATABASE_URL: database.url,
    SMTP_URL: 'smtp://mail.synthetic.example',
    MAIL_FROM: 'Panel <panel@synthetic.example>',
    PUBLIC_URL: url,
    PORT: String(port),
    STAFF_SECRET: Buffer.alloc(32, 6).toString('base64'),
    LOG_LEVEL: 'silent',
  });
  const root = {
    module: class Desk {},
    imports: [KitModule.with(config, clock, ENTITIES), AccessModule, Pages],
  };
  const app: NestFastifyApplication = await httpApplication(root, config, {
    policy: routePolicy(sessionCookieName(url)),
    failurePage: (problem, request) => {
      const said = `${request.url} ${JSON.stringify(request.body)}`;
      return failurePage(problem, /\/en\b|"en"/.test(said) ? 'en' : 'ru', webAssets(), studyOf(request));
    },
  });
  const served = { root: join(ROOT.web, 'assets'), prefix: '/assets/', decorateReply: false };
  await app.register(fastifyStatic as never, served as never);
  await app.listen(port, '127.0.0.1');
  const services: Services = (token) => app.get(token as never, { strict: false });
  const db = services(DataSource);
  const rows: Desk['rows'] = (sql, values) => db.query(sql, values);
  await openWaves(db);
  return {
    services,
    url,
    clock,
    databaseUrl: database.url,
    asOwner: (sql) => database.asOwner(sql),
    rows,
    async invited({ channel = 'email', state = 'invited', closesAt = null, letter = 'a', memberId } = {}) {
      const [link, stop] = [newToken(), newToken()];
      const id = memberId ?? randomUUID();
      const waveId = `nrd-${letter}`;
      if (!memberId)
        await rows(
          `INSERT INTO member (id, study_id, cohort, recruitment_source, host_country, locale, channels, status, synthetic, joined_on)
           VALUES ($1, 'new-russian-diasporas', 'baseline', 'test', 'SRB', 'ru', '{email,telegram}', 'active', true, '2026-03-01')`,
          [id],
        );
      await rows(
        `INSERT INTO issued_case (member_id, wave_id, state, locale, issued_on, plan_from, closes_at)
         VALUES ($1, $2, $3, 'ru', '2026-03-01', $4, $5)`,
        [id, waveId, state, BEGINS, closesAt],
      );
      await rows(
        `INSERT INTO contact_attempt (member_id, wave_id, step, state, channel, falls_due_at, due_at, sent_at)
         VALUES ($1, $2, 'invitation', 'sent', $3, $4, $4, $4)`,
        [id, waveId, channel, BEGINS],
      );
      await rows(
        `INSERT INTO personal_link (token_hash, member_id, wave_id, step, stop_hash) VALUES ($1, $2, $3, 'invitation', $4)`,
        [link.hash, id, waveId, stop.hash],
      );
      return { memberId: id, waveId, token: link.token, stopToken: stop.token };
    },
    async close() {
      await app.close();
      await database.drop();
    },
  };
}

/** The first study with its first survey and its first check-in, both open. */
async function openWaves(db: DataSource): Promise<void> {
  const folder = join(ROOT.surveys, 'new-russian-diasporas');
  const file = parseStudyFile(JSON.parse(await readFile(join(folder, 'study.json'), 'utf8')));
  await db.query('INSERT INTO study (id, code, definition, loaded_at) VALUES ($1, $2, $3, $4)', [
    file.id,
    file.code,
    JSON.stringify(file),
    BEGINS,
  ]);
  await db.query('INSERT INTO sealing_key (study_id, public_key) VALUES ($1, $2)', [
    file.id,
    sealingPair(randomBytes(32), file.id).publicKey,
  ]);
  for (const wave of file.waves.slice(0, 2)) {
    const content = await readFile(join(folder, wave.questionnaire), 'utf8');
    const version = createHash('sha256').update(content).digest('hex');
    await db.query(
      'INSERT INTO questionnaire_version (id, study_id, content, imported_at) VALUES ($1, $2, $3, $4)',
      [version, file.id, content, BEGINS],
    );
    await db.query(
      `INSERT INTO wave (id, study_id, letter, definition, questionnaire_id, opened_at, closes_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [`${file.code}-${wave.id}`, file.id, wave.id, JSON.stringify(wave), version, BEGINS, CLOSES],
    );
  }
}
