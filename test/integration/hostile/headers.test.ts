import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROVEN_MS } from '../../../src/access/staff-session.js';
import { Desk } from '../../make/desk.js';
import { type Field, inTheField } from '../../make/field.js';
import { ownPage } from '../../make/own-page.js';
import { routesOf } from '../../make/routes.js';
import { type Reply, Visitor } from '../../make/visitor.js';

jest.setTimeout(240_000); // the machine may be busy

let field: Field;
let person: Visitor;
let desk: Desk;
let page: Visitor;
beforeAll(async () => {
  field = await inTheField(2);
  person = await field.visit(0);
  desk = new Desk(field);
  page = await ownPage(field, 1);
});
afterAll(() => field.close());

const REAL = { study: 'nrd', wave: 'a', locale: 'ru', name: 'invitation', token: 'x'.repeat(43) };

/** What every reply must say, whatever it is. @returns what it lacks */
function lacking({ headers }: Reply, cacheable = false): string[] {
  const wanted: Record<string, RegExp> = {
    'content-security-policy':
      /^(?!.*(unsafe|https?:|\*))(?=.*default-src 'none')(?=.*frame-ancestors 'none')(?=.*form-action 'self')(?=.*base-uri 'none')/,
    'referrer-policy': /^no-referrer$/,
    'x-content-type-options': /^nosniff$/,
    'x-frame-options': /^DENY$/,
    'cross-origin-opener-policy': /^same-origin$/,
    'cross-origin-resource-policy': /^same-origin$/,
    'cache-control': cacheable ? /immutable/ : /no-store/,
  };
  return Object.entries(wanted)
    .filter(([name, shape]) => !shape.test(headers.get(name) ?? ''))
    .map(([name]) => `${name}: ${headers.get(name)}`)
    .concat(['server', 'x-powered-by'].filter((name) => headers.has(name)));
}

/** What a page would load, open by itself or send to from elsewhere; and anything inline, which the policy would stop. */
const foreign = (page: string): string[] => [
  ...[...page.matchAll(/<(?!a\b)[a-z]+\b[^>]*?\b(?:src|href|action|formaction|poster|data)="([^"]*)"/gi)]
    .map(([, address]) => address ?? '')
    .filter((address) => !/^(\/(?!\/)|#|data:,$)/.test(address)),
  ...(page.match(/<script(?![^>]*\bsrc=)[^>]*>|<style|\son[a-z]+="|\sstyle="|javascript:|@import|url\(/gi) ??
    []),
  ...[...page.matchAll(/<a\b[^>]*\bhref="(https?:)?\/\/([^"/]*)/gi)]
    .map(([, , host]) => host ?? '')
    .filter((host) => host !== 't.me'),
];

const fill = (path: string, params: Record<string, string>) =>
  `${path.startsWith('/') ? '' : '/'}${path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? 'x').replace('*', 'x')}`;

/** Somebody of the staff who may do everything; a session for each route, since some end theirs. */
async function staff(): Promise<Visitor> {
  const visitor = new Visitor(field.config.publicUrl);
  visitor.cookie = await desk.cookie(PROVEN_MS);
  return visitor;
}

test('every reply of every route has every header; every page stays at home', async () => {
  const nobody = new Visitor(field.config.publicUrl);
  const wrong: string[] = [];
  let pages = 0;
  for (const route of routesOf(field.app)) {
    const [method = '', path = ''] = route.split(' ');
    if (/\/(away|leave|erase)$/.test(path) && method === 'POST') continue; // end what the others need
    for (const visitor of [nobody, person, page, await staff()])
      for (const accept of ['text/html', 'application/json'])
        for (const params of [REAL, {}]) {
          const reply = await visitor.ask(fill(path, params), {
            method,
            headers: { accept },
            ...(method === 'GET'
              ? {}
              : { body: new URLSearchParams({ locale: 'en', address: 'nobody@panel.example' }) }),
          });
          wrong.push(...lacking(reply).map((what) => `${method} ${path} ${reply.status} ${what}`));
          if (!(reply.headers.get('content-type') ?? '').startsWith('text/html')) continue;
          pages += 1;
          wrong.push(...foreign(reply.text).map((what) => `${method} ${path} ${reply.status} has ${what}`));
        }
  }
  expect(pages).toBeGreaterThan(40);
  expect(wrong).toEqual([]);
});

test('what is no route, too large, or of another method too', async () => {
  for (const reply of [
    await person.ask('/nothing/here'),
    await person.ask('/go/nrd/a/ru', { method: 'DELETE' }),
    await person.ask('/%E0%A4%A'),
    await person.ask('/assets/../package.json'),
    await person.ask('/assets/%2e%2e/%2e%2e/package.json'),
    await person.post('revisions', `"${'x'.repeat(300_000)}"`),
    await person.post('revisions', '{"broken'),
  ]) {
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect([reply.status, lacking(reply)]).toEqual([reply.status, []]);
    expect(reply.text).not.toMatch(/dependencies|node_modules/);
  }
});

test('files may be kept for ever, and carry the same headers', async () => {
  const names = readdirSync(join(import.meta.dirname, '../../../dist/web/assets')).filter((name) =>
    /\.(js|css)$/.test(name),
  );
  expect(names.length).toBeGreaterThan(3);
  for (const name of names) {
    const reply = await person.ask(`/assets/${name}`);
    expect([name, reply.status, lacking(reply, true)]).toEqual([name, 200, []]);
  }
});
