import { Writable } from 'node:stream';
import { join } from 'node:path';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { log, logTo } from '../../../src/kit/log.node.js';
import { type Problem } from '../../../src/kit/problem.js';
import { bareHttp } from '../../make/bare-http.js';
import { CANARY } from '../../make/canaries.js';
import { filesIn, TOP } from '../../make/repository.js';

type Declared = ((details: object) => Problem) & { code: string; status: number };

/** Details of any problem: whatever is asked of them is a list with a canary in it, and a text, and a date. */
const list = Object.assign(['canary'], { toISOString: () => 'canary', toFixed: () => 'canary' });
const DETAILS = new Proxy<Record<string, unknown>>(
  {},
  {
    get: () => list,
    ownKeys: () => ['canary'],
    getOwnPropertyDescriptor: () => ({ value: list, enumerable: true, configurable: true }),
  },
);

const declared: Declared[] = [];

@Controller()
class RaiseController {
  @Get('raise/:nr')
  raise(@Param('nr') nr: string): never {
    throw declared[Number(nr)]?.(DETAILS) ?? new Error('canary');
  }
}
@Module({ controllers: [RaiseController] })
class RaiseModule {}

let app: NestFastifyApplication;
let url: string;
let lines = '';
beforeAll(async () => {
  for (const path of filesIn('src').filter((one) => one.endsWith('.problems.ts')))
    for (const one of Object.values((await import(join(TOP, path))) as Record<string, unknown>))
      if (typeof one === 'function' && 'code' in one) declared.push(one as Declared);
  log.level = 'trace';
  logTo(new Writable({ write: (chunk: Buffer, _encoding, done) => done(void (lines += chunk.toString())) }));
  ({ app, url } = await bareHttp({ module: RaiseModule }));
});
afterAll(async () => {
  await app.close();
  log.level = 'silent';
  logTo(process.stdout);
});

test('every declared problem, whatever it knows, tells whoever asked and nobody else', async () => {
  expect(declared.length).toBeGreaterThan(80);
  for (const [nr, { code, status }] of declared.entries())
    for (const accept of ['application/json', 'text/html']) {
      const reply = await fetch(`${url}/raise/${nr}`, { headers: { accept }, redirect: 'manual' });
      const text = await reply.text();
      expect([code, reply.status]).toEqual([code, status < 500 ? status : expect.any(Number)]);
      expect([code, [...reply.headers].join('\n')]).toEqual([code, expect.not.stringMatching(CANARY)]);
      if (reply.status >= 500) expect([code, text]).toEqual([code, expect.not.stringMatching(CANARY)]);
      else if (accept === 'application/json') expect(JSON.parse(text)).toMatchObject({ code, status });
    }
  expect(lines).toContain('/raise/:nr');
  expect(lines.split('\n').filter((line) => CANARY.test(line))).toEqual([]);
});

test('a bug tells nobody', async () => {
  const reply = await fetch(`${url}/raise/${declared.length}`);
  expect([reply.status, await reply.text()]).toEqual([500, expect.not.stringMatching(CANARY)]);
  expect(lines).toContain('unexpected failure');
  expect(lines).not.toMatch(CANARY);
});
