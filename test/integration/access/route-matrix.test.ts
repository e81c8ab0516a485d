import { Controller, Get, Module } from '@nestjs/common';
import { AnalystTokenService } from '../../../src/access/analyst-token.service.js';
import { RELEASE_KINDS } from '../../../src/access/analyst-token.js';
import { type Role, ROLES } from '../../../src/access/role.js';
import { ROUTES, type RouteAccess } from '../../../src/access/route-matrix.js';
import { PROVEN_MS } from '../../../src/access/staff-session.js';
import { AppModule } from '../../../src/app.module.js';
import { findFreePort } from '../../../src/kit/embedded-process.node.js';
import { httpApplication } from '../../../src/kit/http.node.js';
import { routePolicy } from '../../../src/web/server/route-limits.js';
import { anna } from '../../make/actors.js';
import { Desk } from '../../make/desk.js';
import { type Field, inTheField } from '../../make/field.js';
import { routesOf } from '../../make/routes.js';

/** What the gate answers; what the route itself answers, whatever it is, has another code. */
const TURNED_AWAY = [
  'access.staff_only',
  'access.not_allowed',
  'access.step_up_needed',
  'access.token_refused',
  'access.route_undeclared',
];

let field: Field;
let respondent: string;
let desks: { role: Role; study: string; desk: Desk }[];
/** Tokens of each kind for each study, and some that open nothing. */
let tokens: { of: string; study: string; kind?: string; token: string }[];
beforeAll(async () => {
  field = await inTheField(1);
  respondent = (await field.visit(0)).cookie ?? '';
  await field.rows(
    `INSERT INTO study SELECT 'another', 'oth', definition || '{"id": "another", "code": "oth"}', loaded_at FROM study`,
  );
  desks = ['nrd', 'oth'].flatMap((study) =>
    ROLES.map((role) => ({ role, study, desk: new Desk(field, { roles: [role], study }) })),
  );
  tokens = [{ of: 'nobody', study: '', token: `onw_${'x'.repeat(43)}` }];
  const service = field.services(AnalystTokenService);
  for (const [study, studyId] of [
    ['nrd', field.study.id],
    ['oth', 'another'],
  ] as const)
    for (const kind of RELEASE_KINDS) {
      const wish = { kind, name: 'Dr Example, University of Example', days: 30 };
      const { token } = await service.create(anna, studyId, wish);
      const revoked = await service.create(anna, studyId, wish);
      await service.revoke(anna, revoked.id);
      tokens.push({ of: `${kind} of ${study}`, study, kind, token });
      tokens.push({ of: `${kind} of ${study}, revoked`, study, token: revoked.token });
    }
});
afterAll(() => field.close());

const VALUES: Record<string, string> = {
  study: 'nrd',
  wave: 'a',
  locale: 'ru',
  token: 'x'.repeat(43),
  step: 'invitation',
  name: 'invitation',
  '*': 'nothing.js',
};
const addressOf = (pattern: string): string =>
  pattern.replace(/:(\w+)|\*/g, (whole, name: string | undefined) =>
    name === 'member' ? (field.members[0] ?? '') : (VALUES[name ?? whole] ?? whole),
  );

/** What a route answers: the gate's code where it was turned away, else its own status. */
async function answered(route: string, cookie: string | undefined, token?: string): Promise<string | number> {
  const [method = '', pattern = ''] = route.split(' ');
  const hasBody = method !== 'GET' && method !== 'DELETE';
  const reply = await fetch(field.config.publicUrl + addressOf(pattern), {
    method,
    redirect: 'manual',
    headers: {
      ...(cookie === undefined ? {} : { cookie }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
    },
    ...(hasBody ? { body: '{}' } : {}),
  });
  const text = await reply.text();
  const code = /"code":"([\w.]+)"/.exec(text)?.[1] ?? '';
  return TURNED_AWAY.includes(code) ? code : reply.status;
}

const staffRoutes = Object.entries(ROUTES).flatMap(([route, access]) =>
  typeof access === 'string' ? [] : [{ route, access }],
);
const routesFor = (kind: RouteAccess) => Object.keys(ROUTES).filter((route) => ROUTES[route] === kind);
const succeeded = (status: string | number) => typeof status === 'number' && status < 400;

test('every route that the application has stands in the matrix, and no other', () => {
  const real = routesOf(field.app);
  expect(real.length).toBeGreaterThan(50);
  expect([...new Set(real)].sort()).toEqual(Object.keys(ROUTES).sort());
});

test('a route that does not stand there is refused to everybody, whoever declared it', async () => {
  @Controller()
  class Undeclared {
    @Get('undeclared')
    tell(): string {
      return 'a secret';
    }
  }
  @Module({ imports: [AppModule.for(field.config, field.clock, 'web')], controllers: [Undeclared] })
  class WithUndeclared {}

  const app = await httpApplication(WithUndeclared, field.config, {
    failurePage: ({ title }) => title,
    policy: routePolicy('none'),
  });
  const server = app.getHttpAdapter().getInstance() as unknown as {
    get(path: string, handler: () => Promise<string>): void;
  };
  server.get('/undeclared/plainly', () => Promise.resolve('a secret'));
  const port = await findFreePort();
  await app.listen(port, '127.0.0.1');
  const cookie = (await new Desk(field).cookie(PROVEN_MS)) ?? '';
  try {
    expect(routesOf(app).filter((route) => ROUTES[route] === undefined)).toEqual([
      'GET /undeclared',
      'GET /undeclared/plainly',
    ]);
    for (const path of ['/undeclared', '/undeclared/plainly'])
      for (const method of ['GET', 'HEAD']) {
        const reply = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { cookie } });
        expect([reply.status, await reply.text()]).toEqual([
          403,
          method === 'GET' ? expect.stringContaining('access.route_undeclared') : '',
        ]);
      }
    expect((await fetch(`http://127.0.0.1:${port}/no-such-route`)).status).toBe(404);
  } finally {
    await app.close();
  }
});

describe.each(staffRoutes)('$route', ({ route, access }) => {
  test('is for nobody without a session of the staff', async () => {
    const refusal = access.staff.length > 0 ? 'access.staff_only' : 'access.token_refused';
    expect(await answered(route, undefined)).toBe(refusal);
    expect(await answered(route, respondent)).toBe(refusal);
    expect(await answered(route, 'onward-staff-local=' + 'x'.repeat(43))).toBe(refusal);
  });

  test('is for the tokens that the matrix names, of the study that it is about', async () => {
    const found: Record<string, boolean> = {};
    const wanted: Record<string, boolean> = {};
    for (const { of, study, kind, token } of tokens) {
      const status = await answered(route, undefined, token);
      found[of] = typeof status === 'number';
      wanted[of] =
        (access.token?.some((one) => one === kind) ?? false) &&
        (access.study === undefined || study === 'nrd');
      if (!found[of]) expect(status).toBe(access.token ? 'access.token_refused' : 'access.staff_only');
    }
    expect(found).toEqual(wanted);
  });

  test('is for the roles that the matrix names, in the study that it is about', async () => {
    const found: Record<string, boolean> = {};
    const wanted: Record<string, boolean> = {};
    for (const { role, study, desk } of desks) {
      const status = await answered(route, await desk.cookie(PROVEN_MS));
      found[`${role} of ${study}`] = status !== 'access.not_allowed' && status !== 'access.token_refused';
      wanted[`${role} of ${study}`] =
        access.staff.includes(role) && (access.study === undefined || study === 'nrd');
      expect(status).not.toBe('access.route_undeclared');
    }
    expect(found).toEqual(wanted);
  });

  test('asks for the second factor where the matrix says so, and nowhere else', async () => {
    const status = await answered(route, await new Desk(field).cookie(0));
    expect(status === 'access.step_up_needed').toBe(access.stepUp ?? false);
  });

  test('about no study says :study', () => {
    expect(route.includes(':study')).toBe(access.study === 'study');
  });
});

test.each(['respondent', 'inbound'] as const)('routes that are %s’s give nothing to others', async (kind) => {
  const staff = await new Desk(field).cookie(PROVEN_MS);
  const open: string[] = [];
  for (const route of routesFor(kind))
    for (const [cookie, token] of [[undefined], [staff], [undefined, tokens[1]?.token]] as const)
      if (succeeded(await answered(route, cookie, token))) open.push(route);
  expect(routesFor(kind).length).toBeGreaterThan(1);
  expect(open).toEqual([]);
});

test('what changes something and is everybody’s is a short list', () => {
  expect(routesFor('public').filter((route) => !route.startsWith('GET '))).toEqual([
    'POST /respond/link',
    'POST /mine/link',
    'POST /mine/away',
    'POST /receipt',
    'POST /stop/:locale/:token',
    'POST /stop/:locale/:token/undo',
    'POST /staff/sign-in',
    'POST /staff/second-factor',
    'POST /staff/accept',
    'POST /staff/renew',
    'POST /staff/new-factor',
    'POST /staff/demo',
  ]);
});

test('a study that does not exist is no other than one that is somebody else’s', async () => {
  const [owner] = desks;
  expect((await owner?.desk.ask('GET', '/api/fieldwork/oth'))?.json).toEqual(
    (await owner?.desk.ask('GET', '/api/fieldwork/nowhere'))?.json,
  );
});
