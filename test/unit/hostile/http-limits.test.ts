import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { log } from '../../../src/kit/log.node.js';
import { bareHttp } from '../../make/bare-http.js';
import { rawSocket } from '../../make/raw-socket.js';

const POST = (headers: string) => `POST /echo HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
const JSON_TYPE = { 'content-type': 'application/json' };

let app: NestFastifyApplication;
let port: number;
let url: string;
beforeAll(async () => {
  log.level = 'silent';
  ({ app, port, url } = await bareHttp({
    limits: {
      headersMs: 300,
      requestMs: 700,
      lookEveryMs: 50,
      keepAliveMs: 300,
      headerBytes: 4096,
      connections: 30,
    },
  }));
});
afterAll(() => app.close());

const post = (body: string | FormData, headers: Record<string, string> = JSON_TYPE, path = '/echo') =>
  fetch(url + path, { method: 'POST', headers, body });

describe('what is sent', () => {
  it('is taken within the limits', async () => {
    expect(await (await post('{"a":[1,"б"]}')).json()).toEqual({ body: { a: [1, 'б'] } });
    expect(
      await (await post('a=1&b=%D0%B1', { 'content-type': 'application/x-www-form-urlencoded' })).json(),
    ).toEqual({
      body: { a: '1', b: 'б' },
    });
    expect((await post(`"${'x'.repeat(256 * 1024 - 2)}"`)).status).toBe(201);
  });

  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  it.each<[string, number, string, Record<string, string>]>([
    ['larger than 256 KiB', 413, `"${'x'.repeat(256 * 1024)}"`, JSON_TYPE],
    ['nested deeper than 32', 422, '['.repeat(33) + ']'.repeat(33), JSON_TYPE],
    ['200,000 brackets', 422, '['.repeat(200_000), JSON_TYPE],
    ['too many keys', 422, `{${Array.from({ length: 10_001 }, (_, i) => `"${i}":1`).join()}}`, JSON_TYPE],
    ['no JSON', 400, '{"a":', JSON_TYPE],
    ['__proto__', 400, '{"__proto__":{"admin":true}}', JSON_TYPE],
    ['an escaped __proto__', 400, '{"\\u005f_proto__":{"admin":true}}', JSON_TYPE],
    ['constructor.prototype', 400, '{"constructor":{"prototype":{"admin":true}}}', JSON_TYPE],
    ['a form of many fields', 422, 'a=1&'.repeat(300), form],
    ['text', 415, 'hello', { 'content-type': 'text/plain' }],
    ['XML', 415, '<a/>', { 'content-type': 'application/xml' }],
    ['a packed body', 400, '\x1f\x8b', { ...JSON_TYPE, 'content-encoding': 'gzip' }],
  ])('is refused: %s, %d', async (_what, status, body, headers) => {
    const reply = await post(body, headers);
    expect(reply.status).toBe(status);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(await reply.json()).toMatchObject({ status });
  });

  it('is refused as a multipart form, but for where a mail program unsubscribes', async () => {
    const files = new FormData();
    files.append('file', new Blob(['x'.repeat(1000)]), 'a.txt');
    expect((await post(files, {})).status).toBe(415);
    expect((await post(files, {}, '/stop')).status).toBe(201);
    files.append('more', new Blob(['x'.repeat(300 * 1024)]), 'b.txt');
    expect((await post(files, {}, '/stop')).status).toBe(413);
  });
});

describe('what connections may cost', () => {
  it('headers beyond the limit are 431', async () => {
    const { say, ended } = rawSocket(port);
    say(`GET /echo HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(5000)}\r\n\r\n`);
    const answer = await ended;
    expect(answer).toMatch(/^HTTP\/1.1 431 .*application\/problem\+json.*no-store.*default-src 'none'/s);
  });

  it('what is no HTTP is 400 with the same headers', async () => {
    const { say, ended } = rawSocket(port);
    say('canary-of-noise\r\n\r\n');
    const answer = await ended;
    expect(answer).toMatch(/^HTTP\/1.1 400 .*no-referrer.*nosniff/s);
    expect(answer).not.toContain('canary-of-noise');
  });

  it('headers that never end are cut off', async () => {
    const { say, ended } = rawSocket(port);
    say('GET /echo HTTP/1.1\r\nHost: x\r\nX-A: ');
    expect(await ended).toMatch(/^HTTP\/1.1 408 /);
  });

  it('a body that never ends is cut off', async () => {
    const { say, ended } = rawSocket(port);
    say(`${POST('Content-Type: application/json\r\nContent-Length: 100')}\r\n{`);
    expect(await ended).toMatch(/^HTTP\/1.1 408 /);
  });

  it('an idle connection ends by itself', async () => {
    const { say, ended } = rawSocket(port);
    say('GET /echo HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await ended).toMatch(/^HTTP\/1.1 200 /);
  });

  it('a body that lies about its length twice is refused', async () => {
    const { say, ended } = rawSocket(port);
    say(`${POST('Content-Length: 5\r\nTransfer-Encoding: chunked')}\r\n0\r\n\r\nGET /bug HTTP/1.1\r\n\r\n`);
    expect(await ended).toMatch(/^HTTP\/1.1 400 /);
  });

  it('half-open requests do not keep others out, and beyond the limit are turned away', async () => {
    const half = Array.from({ length: 20 }, () => rawSocket(port));
    for (const { say } of half) say('GET /echo HTTP/1.1\r\nHost: x\r\n');
    expect((await fetch(`${url}/echo`)).status).toBe(200);
    const more = Array.from({ length: 30 }, () => rawSocket(port));
    const answers = await Promise.all(more.map(({ ended }) => ended));
    expect(answers.some((answer) => answer === '')).toBe(true); // closed without a word
    expect(await Promise.all(half.map(({ ended }) => ended))).toEqual(
      half.map(() => expect.stringMatching(/^HTTP\/1.1 408 /)),
    );
    expect((await fetch(`${url}/echo`)).status).toBe(200);
  });
});
