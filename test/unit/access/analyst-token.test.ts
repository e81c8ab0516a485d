import {
  type AnalystToken,
  bearerIn,
  LONGEST_DAYS,
  plainName,
  readableKinds,
  RELEASE_KINDS,
  tokenOpens,
  tokenState,
  type TokenWish,
  wishFault,
} from '../../../src/access/analyst-token.js';
import { ROUTES } from '../../../src/access/route-matrix.js';
import { hashOf, newAnalystToken } from '../../../src/access/token.node.js';
import { tokenIn } from '../../../src/access/token.js';

const NOW = new Date('2026-03-02T08:00:00Z');
const OPEN: AnalystToken = {
  id: '00000000-0000-4000-8000-000000000041',
  studyId: 'new-russian-diasporas',
  study: 'nrd',
  kind: 'SUF',
  name: 'Dr Example, University of Example',
  createdAt: new Date('2026-03-01T08:00:00Z'),
  expiresAt: new Date('2026-04-01T08:00:00Z'),
  revokedAt: null,
  usedOn: null,
};

describe('a token', () => {
  it('is a prefix and 256 bits, kept as the hash of the whole, and no personal link', () => {
    const made = Array.from({ length: 50 }, newAnalystToken);
    expect(new Set(made.map(({ token }) => token)).size).toBe(50);
    for (const { token, hash } of made) {
      expect(token).toMatch(/^onw_[\w-]{43}$/);
      expect(Buffer.from(token.slice(4), 'base64url')).toHaveLength(32);
      expect(hash).toEqual(hashOf(token));
      expect(tokenIn(token)).toBeUndefined();
    }
  });

  it('has ended when it expired, at that instant, and when it was revoked', () => {
    expect(tokenState(OPEN, NOW)).toBe('open');
    expect(tokenState(OPEN, new Date(OPEN.expiresAt.getTime() - 1))).toBe('open');
    expect(tokenState(OPEN, OPEN.expiresAt)).toBe('expired');
    expect(tokenState({ ...OPEN, revokedAt: NOW }, NOW)).toBe('revoked');
    expect(tokenState({ ...OPEN, revokedAt: NOW }, OPEN.expiresAt)).toBe('revoked');
  });

  it('opens its study and its kind of release alone, while it is open', () => {
    const use = { studyCode: 'nrd', kinds: RELEASE_KINDS };
    expect(tokenOpens(OPEN, use, NOW)).toBe(true);
    expect(tokenOpens(OPEN, { ...use, studyCode: undefined }, NOW)).toBe(true);
    expect(tokenOpens(OPEN, { ...use, studyCode: 'oth' }, NOW)).toBe(false);
    expect(tokenOpens(OPEN, { ...use, studyCode: '' }, NOW)).toBe(false);
    expect(tokenOpens(OPEN, { ...use, kinds: ['PUF'] }, NOW)).toBe(false);
    expect(tokenOpens(OPEN, { ...use, kinds: [] }, NOW)).toBe(false);
    expect(tokenOpens(OPEN, use, OPEN.expiresAt)).toBe(false);
    expect(tokenOpens({ ...OPEN, revokedAt: NOW }, use, NOW)).toBe(false);
  });

  it('reads its own kind; the staff read each', () => {
    expect(readableKinds({ kind: 'PUF' })).toEqual(['PUF']);
    expect(readableKinds(undefined)).toEqual(['SUF', 'PUF']);
  });
});

describe('a bearer token in a header', () => {
  it.each([
    ['Bearer onw_x', 'onw_x'],
    ['bearer  onw_x ', 'onw_x'],
    ['BEARER anything', 'anything'],
  ])('is found: %s', (header, token) => expect(bearerIn(header)).toBe(token));

  it.each([undefined, '', 'Bearer', 'Bearer ', 'onw_x', 'Basic onw_x', 'Bearer one two', ' Bearer onw_x'])(
    'is none: %s',
    (header) => expect(bearerIn(header)).toBeUndefined(),
  );
});

describe('a wish for a token', () => {
  const wish = (differs: Partial<TokenWish>) =>
    wishFault({ kind: 'SUF', name: OPEN.name, days: 365, ...differs });

  it('is good with a name and up to 400 days', () => {
    expect(wish({})).toBeUndefined();
    expect(wish({ days: 1 })).toBeUndefined();
    expect(wish({ days: LONGEST_DAYS, name: 'Д-р Пример, Университет' })).toBeUndefined();
    expect(wish({ name: '🙂'.repeat(200) })).toBeUndefined();
  });

  it.each([0, -1, 401, 1.5, NaN, Infinity])('is refused for %s days', (days) =>
    expect(wish({ days })).toMatch(/from 1 to 400/),
  );

  it('is refused for a name that is none, too long, an address or not to be printed', () => {
    expect(wish({ name: '  ' })).toMatch(/whose it is/);
    expect(wish({ name: 'x'.repeat(201) })).toMatch(/200 characters/);
    expect(wish({ name: 'dr@university.example' })).toMatch(/without an address/);
    for (const sign of ['\n', '\u001b[2J', '\u202e', '\u2028', '\ud800'])
      expect(wish({ name: `Dr${sign}Example` })).toMatch(/invisible/);
  });

  it('has its name written one way', () => expect(plainName(' Ё ')).toBe('Ё'));
});

describe('the matrix, for tokens', () => {
  const open = Object.entries(ROUTES).filter(([, access]) => typeof access === 'object' && access.token);

  it('lets them change nothing, and names kinds', () => {
    expect(open.length).toBeGreaterThan(0);
    for (const [route, access] of open) {
      expect(route).toMatch(/^GET \/api\//);
      expect(access).toMatchObject({ token: expect.arrayContaining([expect.stringMatching(/^(SUF|PUF)$/)]) });
    }
  });
});
