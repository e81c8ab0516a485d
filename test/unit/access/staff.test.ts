import { AddressDelay } from '../../../src/access/address-delay.node.js';
import { ADDRESS_DELAY, CODE_DELAY, delayMs, PASSWORD_DELAY } from '../../../src/access/delay.js';
import { isForeign } from '../../../src/access/own-origin.js';
import { newRecoveryCodes, recoveryCodeIn } from '../../../src/access/recovery-code.node.js';
import { mayAct, ROLES } from '../../../src/access/role.js';
import { accessTo, ROUTES } from '../../../src/access/route-matrix.js';
import { staffCookie, staffCookieName } from '../../../src/access/staff-cookie.js';
import { StaffKeys } from '../../../src/access/staff-keys.node.js';
import { nextPage } from '../../../src/access/staff-session.js';
import { staffLocale } from '../../../src/web/server/staff-form.js';

describe('a role', () => {
  const inNrd = { role: 'researcher', studyId: 'new-russian-diasporas', studyCode: 'nrd' } as const;
  const anywhere = { role: 'owner', studyId: null, studyCode: null } as const;

  it('holds in its study, or in every one', () => {
    expect(mayAct([inNrd], ['researcher'], 'nrd')).toBe(true);
    expect(mayAct([inNrd], ['researcher'], 'oth')).toBe(false);
    expect(mayAct([inNrd], ['owner'], 'nrd')).toBe(false);
    expect(mayAct([inNrd], ['researcher'], undefined)).toBe(true);
    expect(mayAct([anywhere], ['owner'], 'oth')).toBe(true);
    expect(mayAct([], ROLES, undefined)).toBe(false);
    expect(mayAct([inNrd, anywhere], ['researcher'], 'oth')).toBe(false);
  });
});

describe('the matrix', () => {
  it('knows HEAD as GET, and nothing that is not there', () => {
    expect(accessTo('HEAD', '/health/live')).toBe('public');
    expect(accessTo('POST', '/health/live')).toBeUndefined();
    expect(accessTo('GET', '')).toBeUndefined();
    expect(accessTo('constructor', '')).toBeUndefined();
  });

  it('keeps analysts from fieldwork and contacts: releases are all that they read; and owners and researchers from single members', () => {
    for (const [route, access] of Object.entries(ROUTES)) {
      if (typeof access === 'string') continue;
      if (access.study && !/^GET \/api\/releases\//.test(route))
        expect({ route, roles: access.staff }).not.toMatchObject({
          roles: expect.arrayContaining(['analyst']) as unknown,
        });
      if (/member|residence|unknown/.test(route))
        expect({ route, roles: access.staff }).toEqual({
          route,
          roles: route.endsWith('/erasure') ? ['owner', 'field_manager'] : ['field_manager'],
        });
    }
  });
});

describe('a delay', () => {
  it('doubles after what is free, up to its longest', () => {
    expect([0, 2, 3, 4, 8, 9, 50].map((failures) => delayMs(PASSWORD_DELAY, failures))).toEqual([
      0, 0, 1000, 2000, 32_000, 60_000, 60_000,
    ]);
    expect(delayMs(CODE_DELAY, 1000)).toBe(3_600_000);
  });

  it('of an address is shared by its network, forgotten at midnight, and holds no address', () => {
    const delays = new AddressDelay();
    const now = new Date('2026-03-02T23:59:00Z');
    for (let tries = 0; tries < ADDRESS_DELAY.free + 2; tries += 1) delays.failedFrom('2001:db8:1:2::3', now);
    expect(delays.wait('2001:db8:1:2::4', now)).toBe(4000);
    expect(delays.wait('2001:db8:1:3::4', now)).toBe(0);
    expect(delays.wait('2001:db8:1:2::3', new Date(now.getTime() + 3000))).toBe(1000);
    expect(JSON.stringify([...(Reflect.get(delays, 'failed') as Map<string, unknown>).keys()])).not.toContain(
      '2001',
    );
    expect(delays.wait('2001:db8:1:2::3', new Date('2026-03-03T00:00:00Z'))).toBe(0);
  });
});

describe('what a browser says of where a request comes from', () => {
  const US = 'https://panel.example';
  const sent = (headers: object, strict = true, method = 'POST') =>
    isForeign({ method, headers }, US, strict);

  it('counts for what changes something', () => {
    expect(sent({ 'sec-fetch-site': 'cross-site' }, true, 'GET')).toBe(false);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(sent({ 'sec-fetch-site': 'same-origin' }, true, method)).toBe(false);
      for (const site of ['cross-site', 'same-site', 'none', ''])
        expect(sent({ 'sec-fetch-site': site }, true, method)).toBe(true);
    }
  });

  it('is its Origin where it says nothing else', () => {
    expect([sent({}), sent({ origin: US }), sent({ origin: 'https://other.example' })]).toEqual([
      false,
      false,
      true,
    ]);
    expect([sent({ origin: 'null' }), sent({ origin: 'null' }, false)]).toEqual([true, false]);
    expect(sent({ 'sec-fetch-site': 'same-origin', origin: 'null' })).toBe(false);
  });
});

describe('the staff’s cookie', () => {
  it('is bound to this host over https', () => {
    expect(staffCookie('https://panel.example', 'x')).toBe(
      '__Host-onward-staff=x; Path=/; HttpOnly; SameSite=Strict; Secure',
    );
    expect(staffCookie('http://127.0.0.1:8080', null)).toBe(
      'onward-staff-local=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0',
    );
    expect(staffCookieName('https://panel.example')).toBe('__Host-onward-staff');
  });
});

it.each([
  ['/staff/password', '/staff/password'],
  ['/fieldwork/nrd', '/fieldwork/nrd'],
  ['/fieldwork/nrd?lang=en', '/fieldwork'],
  ['/api/fieldwork/nrd', '/fieldwork'],
  ['//elsewhere.example', '/fieldwork'],
  ['/\\elsewhere.example', '/fieldwork'],
  ['https://elsewhere.example', '/fieldwork'],
  ['/a\r\nSet-Cookie: x', '/fieldwork'],
  [['/staff'], '/fieldwork'],
  [undefined, '/fieldwork'],
])('after signing in for %j comes %s', (asked, next) => {
  expect(nextPage(asked)).toBe(next);
});

describe('the staff’s keys', () => {
  const keys = new StaffKeys(Buffer.alloc(32, 1));
  const others = new StaffKeys(Buffer.alloc(32, 2));

  it('open what they sealed, in its place, and nothing else', () => {
    const sealed = keys.seal('account', 'totp', 'SECRET');
    expect(sealed.includes('SECRET')).toBe(false);
    expect(keys.open('account', 'totp', sealed)).toBe('SECRET');
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
    for (const open of [
      () => others.open('account', 'totp', sealed),
      () => keys.open('another', 'totp', sealed),
      () => keys.open('account', 'email', sealed),
      () => keys.open('account', 'totp', changed),
    ])
      expect(open).toThrow(expect.objectContaining({ code: 'access.staff_secret_changed' }) as Error);
  });

  it('hash by purpose and secret', () => {
    const hashes = [
      keys.hash('a', 'b'),
      keys.hash('b', 'a'),
      others.hash('a', 'b'),
      keys.hash('a', 'b', ''),
      keys.hash('ab'),
    ];
    expect(new Set(hashes.map((one) => one.toString('hex'))).size).toBe(5);
    expect(() => new StaffKeys(undefined)).toThrow(
      expect.objectContaining({ code: 'access.no_staff_secret' }) as Error,
    );
  });
});

it('recovery codes are ten, each another, and read as people type them', () => {
  const codes = newRecoveryCodes();
  expect([codes.length, new Set(codes).size]).toEqual([10, 10]);
  for (const code of codes) {
    expect(code).toMatch(/^([A-Z2-9]{4}-){3}[A-Z2-9]{4}$/);
    expect(recoveryCodeIn(` ${code.toLowerCase().replaceAll('-', ' ')} `)).toBe(code.replaceAll('-', ''));
  }
  expect([recoveryCodeIn('123456'), recoveryCodeIn('OOOO-IIII-LLLL-UUUU')]).toEqual([undefined, undefined]);
});

it.each([
  ['ru', 'en-GB', 'ru'],
  [undefined, 'de-DE,ru;q=0.8,en;q=0.5', 'ru'],
  [undefined, 'en-GB,en;q=0.9,ru;q=0.8', 'en'],
  ['fr', undefined, 'en'],
])('speaks %s to %s: %s', (asked, preferred, locale) => {
  expect(staffLocale(asked, preferred)).toBe(locale);
});
