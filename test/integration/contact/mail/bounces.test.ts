import { routePolicy } from '../../../../src/web/server/route-limits.js';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Module } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  ADDRESS_SUPPRESSION,
  type Addressee,
  type AddressSuppression,
  BounceService,
  TROUBLE_SINK,
  type TroubleSink,
} from '../../../../src/contact/mail/bounce.service.js';
import { BounceMailbox } from '../../../../src/contact/mail/bounce-mailbox.node.js';
import { CONFIG, type Config } from '../../../../src/kit/config.js';
import { httpApplication } from '../../../../src/kit/http.node.js';
import { logTo } from '../../../../src/kit/log.node.js';
import { InboundMailController } from '../../../../src/web/server/inbound-mail.controller.js';
import { BOUNCES, HOST, MESSAGE_ID, SAMPLES } from '../../../make/bounce-mail.js';

const CONFIGURED = { mailBounces: BOUNCES, publicUrl: `https://${HOST}` } as Config;
const OF: Addressee = { studyId: 'study', memberId: 'member', channel: 'email' };
const sample = (name: string): Buffer => {
  const found = SAMPLES[name];
  if (!found) throw new Error(name);
  return found.raw;
};
const BOUNCED = sample('Postfix, unknown user');

/** Keeps what it is told, in the order of telling. */
class Notebook implements TroubleSink, AddressSuppression {
  readonly told: unknown[] = [];
  failing: Error | undefined;
  of: Addressee | undefined = OF;
  async trouble(report: Parameters<TroubleSink['trouble']>[0]): Promise<Addressee | undefined> {
    if (this.failing) throw this.failing;
    this.told.push(report);
    return this.of;
  }
  async suppressAddressOf(...address: Parameters<AddressSuppression['suppressAddressOf']>): Promise<void> {
    this.told.push(address);
  }
}

let notes: Notebook;
beforeEach(() => {
  notes = new Notebook();
});
const service = () => new BounceService(CONFIGURED, notes, notes);

describe('a report', () => {
  test('of a dead address is told, and the address is written to no more', async () => {
    expect(await service().take(BOUNCED)).toBe('bounced');
    expect(notes.told).toEqual([
      { messageId: MESSAGE_ID, kind: 'bounced', code: 'dsn_5.1.1' },
      ['study', 'member', 'email', 'bounced'],
    ]);
  });

  test('of a complaint, too', async () => {
    expect(await service().take(sample('a complaint'))).toBe('complaint');
    expect(notes.told).toEqual([
      { messageId: MESSAGE_ID, kind: 'complaint', code: 'arf_abuse' },
      ['study', 'member', 'email', 'complaint'],
    ]);
  });

  test.each(['Gmail, over quota', 'Yandex, suspicion of spam'])(
    'of %s leaves the address alone',
    async (name) => {
      await service().take(sample(name));
      expect(notes.told).toHaveLength(1);
    },
  );

  test('of nothing, or of a message that nobody knows, does nothing more', async () => {
    expect(await service().take(sample('an answer from a holiday'))).toBe('none');
    expect(notes.told).toEqual([]);
    notes.of = undefined;
    expect(await service().take(BOUNCED)).toBe('none');
    expect(notes.told).toHaveLength(1);
  });
});

describe('a Maildir', () => {
  let dir: string;
  let logged: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'onward-maildir-'));
    for (const folder of ['new', 'cur', 'tmp']) await mkdir(join(dir, folder));
    logged = '';
    logTo({ write: (line: string) => (logged += line) } as unknown as NodeJS.WritableStream);
  });
  afterEach(async () => {
    logTo(process.stdout);
    await rm(dir, { recursive: true });
  });
  const mailbox = () =>
    new BounceMailbox({ ...CONFIGURED, bounceMailbox: pathToFileURL(dir).href }, service());
  const put = (name: string, raw: Buffer, folder = 'new') => writeFile(join(dir, folder, name), raw);
  const files = async () => [await readdir(join(dir, 'new')), (await readdir(join(dir, 'cur'))).sort()];

  test('is read once, oldest first, and what was taken is marked as seen', async () => {
    await put('2.x', sample('a complaint'));
    await put('1.x', BOUNCED);
    await put('0.x:2,F', BOUNCED, 'cur'); // moved by a mail program, not read
    await put('0.y:2,S', BOUNCED, 'cur');
    expect(await mailbox().read()).toBe(3);
    expect(
      notes.told.filter((one) => !Array.isArray(one)).map((one) => (one as { code: string }).code),
    ).toEqual(['dsn_5.1.1', 'arf_abuse', 'dsn_5.1.1']);
    expect(await files()).toEqual([[], ['0.x:2,FS', '0.y:2,S', '1.x:2,S', '2.x:2,S']]);
    expect(await mailbox().read()).toBe(0);
    expect(notes.told).toHaveLength(6);
  });

  test('keeps unread what could not be taken, and it is taken another time', async () => {
    await put('1.x', BOUNCED);
    await put('2.x', sample('an answer from a holiday'));
    notes.failing = new Error('about someone@synthetic.example');
    expect(await mailbox().read()).toBe(1);
    expect(await files()).toEqual([['1.x'], ['2.x:2,S']]);
    expect(logged).toContain('stays unread');
    expect(logged).not.toContain('synthetic');
    notes.failing = undefined;
    expect(await mailbox().read()).toBe(1);
    expect(await files()).toEqual([[], ['1.x:2,S', '2.x:2,S']]);
  });

  test('is left alone while the database is away', async () => {
    await put('1.x', BOUNCED);
    notes.failing = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
    await expect(mailbox().read()).rejects.toThrow('away');
    expect(await files()).toEqual([['1.x'], []]);
  });

  test('that is not configured holds nothing', async () => {
    expect(await new BounceMailbox({ ...CONFIGURED, bounceMailbox: undefined }, service()).read()).toBe(0);
  });
});

describe('posted mail', () => {
  const KEY = 'a key of more than twenty characters';
  let app: NestFastifyApplication;
  async function start(inboundKey: string | undefined): Promise<string> {
    const config = { ...CONFIGURED, inboundKey };
    @Module({
      controllers: [InboundMailController],
      providers: [
        BounceService,
        { provide: CONFIG, useValue: config },
        { provide: TROUBLE_SINK, useValue: notes },
        { provide: ADDRESS_SUPPRESSION, useValue: notes },
      ],
    })
    class InboundModule {}
    app = await httpApplication(InboundModule, config, {
      failurePage: () => '',
      policy: routePolicy(''),
    });
    await app.listen(0, '127.0.0.1');
    return `${await app.getUrl()}/api/inbound/mail`;
  }
  afterEach(() => app.close());
  const post = (url: string, body: Buffer, headers: Record<string, string> = {}) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'message/rfc822', authorization: `Bearer ${KEY}`, ...headers },
      body: new Uint8Array(body),
    });

  test('is taken from who knows the key', async () => {
    const url = await start(KEY);
    expect((await post(url, BOUNCED)).status).toBe(204);
    expect(notes.told).toHaveLength(2);
    expect((await post(url, sample('an answer from a holiday'))).status).toBe(204);
  });

  test.each([
    ['a wrong key', { authorization: `Bearer ${KEY}x` }, 401],
    ['the key without its scheme', { authorization: KEY }, 401],
    ['no key', { authorization: '' }, 401],
    ['another kind of body', { 'content-type': 'application/octet-stream' }, 415],
  ])('with %s is not', async (_name, headers, status) => {
    expect((await post(await start(KEY), BOUNCED, headers)).status).toBe(status);
    expect(notes.told).toEqual([]);
  });

  test('that is too large, or that nobody wants, is not', async () => {
    expect((await post(await start(KEY), Buffer.alloc(256 * 1024 + 1, 'x'))).status).toBe(413);
    await app.close();
    expect((await post(await start(undefined), BOUNCED)).status).toBe(404);
    expect(notes.told).toEqual([]);
  });

  test('that could not be worked off is asked for again', async () => {
    notes.failing = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
    expect((await post(await start(KEY), BOUNCED)).status).toBe(503);
  });
});
