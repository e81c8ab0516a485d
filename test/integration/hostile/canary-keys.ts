import { DataSource } from 'typeorm';
import { AnalystTokenService } from '../../../src/access/analyst-token.service.js';
import { insertSession } from '../../../src/access/staff-session.queries.js';
import { ENROLMENT_MS, PROVEN_MS, type Stage } from '../../../src/access/staff-session.js';
import { staffCookieName } from '../../../src/access/staff-cookie.js';
import { newToken } from '../../../src/access/token.node.js';
import { webAssets } from '../../../src/web/server/web-assets.node.js';
import { anna } from '../../make/actors.js';
import { linkTokenOf } from '../../make/app.js';
import { drive, type Driving, form, json } from '../../make/canaries.js';
import { Desk } from '../../make/desk.js';
import { type Field } from '../../make/field.js';
import { mailed, ownPage, proofOf } from '../../make/own-page.js';
import { READY, readyRelease } from '../../make/ready-release.js';
import { Visitor } from '../../make/visitor.js';

const INBOUND_KEY = 'inbound-key-of-this-test';
export const WEBHOOK_SECRET = 'webhook-secret-of-this-test';
/** What opens routes to other programs. */
export const KEYS_ENV = {
  INBOUND_KEY,
  TELEGRAM_TOKEN: `123456:${'A'.repeat(35)}`,
  TELEGRAM_BOT: 'panel_bot',
  TELEGRAM_API_ROOT: 'http://127.0.0.1:1',
  TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET,
};
const UPDATE = {
  update_id: 1,
  message: {
    message_id: 1,
    date: 1,
    chat: { id: 1, type: 'private' },
    text: '/start canary',
    from: { id: 1, is_bot: false, first_name: 'canary' },
  },
};
const NEW_ADDRESS = 'new-address@synthetic.example';
const RECEIPT = /receipt=[^;]*?([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})/;

export const secretOf = ({ cookie = '' }: Visitor): string => cookie.split('=')[1] ?? '';

/** What lets somebody in, route by route. Everything secret in it is noted, to be looked for where it must not be. */
export class Keys {
  readonly secrets = new Set<string>([INBOUND_KEY, WEBHOOK_SECRET]);
  /** Their own page, opened once for each person. */
  private readonly pages = new Map<number, Promise<Visitor>>();

  constructor(private readonly field: Field) {}

  /** What the parameters of a route are, where it is about something that there is. */
  get real(): Record<string, string> {
    const member = this.field.members[0] ?? '';
    return { study: 'nrd', wave: 'a', locale: 'ru', name: 'invitation', step: 'invitation', member };
  }

  /** One of the staff who may do everything and has just proved it; another session each time, since some routes end theirs. */
  async staff(): Promise<Visitor> {
    return this.withCookie(await new Desk(this.field).cookie(PROVEN_MS));
  }

  withCookie(cookie: string | undefined): Visitor {
    const visitor = new Visitor(this.field.config.publicUrl);
    visitor.cookie = cookie;
    this.secret(secretOf(visitor));
    return visitor;
  }

  /** Notes a secret. @returns it */
  secret(text: string): string {
    if (text === '') throw new Error('There is no such secret');
    this.secrets.add(text);
    return text;
  }

  /** What it takes to be let in by a route, besides a session of respondents or staff. */
  async of(route: string): Promise<Partial<Driving> | undefined> {
    const { field } = this;
    switch (route) {
      case 'GET /assets/*':
        return { params: { '*': webAssets().plain.styles[0]?.replace('/assets/', '') ?? '' } };
      case 'POST /respond/session':
        return { body: form({ token: this.secret(await field.tokenOf(1)), locale: 'ru' }) };
      case 'POST /respond/later':
        return { body: form({ token: this.secret(await field.tokenOf(1)), choice: '' }) };
      case 'GET /respond/later/noted':
        return { query: '&choice=pause' };
      case 'POST /api/inbound/mail':
        return { headers: { authorization: `Bearer ${INBOUND_KEY}` } };
      case 'POST /telegram/webhook':
        return { headers: { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET }, body: json(UPDATE) };
      case 'GET /staff/second-factor':
      case 'POST /staff/second-factor':
        return { visitor: await this.halfWay('password') };
      case 'GET /staff/new-factor':
      case 'POST /staff/new-factor':
        return { visitor: await this.halfWay('enrolment') };
      case 'POST /mine/open':
        return { body: form({ token: this.secret(await proofOf(field, 5)), locale: 'ru' }) };
      case 'GET /mine/copy/:format':
        return { visitor: await this.own(5), params: { format: 'csv' } };
      case 'POST /mine/address/proof':
        return { body: form({ token: this.secret(await this.proofOfNewAddress(5)) }) };
      case 'POST /mine/leave':
        return { visitor: await this.own(6) };
      case 'POST /mine/erase':
        return { visitor: await this.own(7), body: form({ sure: 'yes' }) };
      case 'POST /receipt':
        return { body: form({ code: await this.receiptOf(5) }) };
      case 'GET /api/tokens/self':
        return { headers: { authorization: `Bearer ${(await this.analystToken()).token}` } };
      case 'GET /api/releases/:study/:kind/:version':
      case 'GET /api/releases/:study/:kind/:version/files/:file':
        await readyRelease(field);
        return {
          params: { ...this.real, ...READY },
          headers: { authorization: `Bearer ${(await this.analystToken()).token}` },
        };
      case 'POST /api/access/:study/tokens/:id/revocation':
        return {
          visitor: await this.staff(),
          params: { ...this.real, id: (await this.analystToken()).id },
        };
      default:
        return / \/(mine|respond\/telegram)/.test(route) ? { visitor: await this.own(5) } : undefined;
    }
  }

  private async analystToken(): Promise<{ token: string; id: string }> {
    const wish = { kind: 'SUF' as const, name: 'Dr Example, University of Example', days: 30 };
    const made = await this.field.services(AnalystTokenService).create(anna, this.field.study.id, wish);
    this.secret(made.token);
    return made;
  }

  private async own(person: number): Promise<Visitor> {
    const page = this.pages.get(person) ?? ownPage(this.field, person);
    this.pages.set(person, page);
    this.secret(secretOf(await page));
    return page;
  }

  /** Somebody of the staff on the way in. */
  private async halfWay(stage: Stage): Promise<Visitor> {
    const { services, clock, config } = this.field;
    const { token, hash } = newToken();
    const now = clock.now();
    const endsAt = new Date(now.getTime() + ENROLMENT_MS);
    const accountId = await new Desk(this.field).accountId();
    await insertSession(services(DataSource), { tokenHash: hash, accountId, stage, endsAt }, now);
    return this.withCookie(`${staffCookieName(config.publicUrl)}=${token}`);
  }

  private async proofOfNewAddress(person: number): Promise<string> {
    const body = form({ address: NEW_ADDRESS });
    await drive('POST /mine/address', { visitor: await this.own(person), body });
    await mailed(this.field);
    return linkTokenOf(this.field.sink, NEW_ADDRESS);
  }

  private async receiptOf(person: number): Promise<string> {
    const [reply] = await drive('POST /mine/resume', { visitor: await this.own(person), body: form({}) });
    return RECEIPT.exec(reply?.headers.get('set-cookie') ?? '')?.[1] ?? '';
  }
}
