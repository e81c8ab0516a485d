import { cookieValue, sessionCookie, sessionCookieName } from '../../../src/access/cookie.js';
import { hashOf, newToken, sameSecret } from '../../../src/access/token.node.js';
import { tokenIn } from '../../../src/access/token.js';

const TOKEN = 'aZ09_-'.repeat(7) + 'x';

describe('a token in what was pasted', () => {
  it.each([
    TOKEN,
    ` ${TOKEN}\n`,
    `https://panel.example/go/nrd/a/ru#${TOKEN}`,
    `Открыть опрос:\nhttps://panel.example/go/nrd/a/ru#${TOKEN}`,
    `<https://panel.example/go/nrd/a/ru#${TOKEN}>`,
    `(https://panel.example/go/nrd/a/ru#${TOKEN}).`,
  ])('is found: %s', (text) => expect(tokenIn(text)).toBe(TOKEN));

  it.each([
    '',
    TOKEN.slice(1),
    `${TOKEN}y`,
    `x${TOKEN}`,
    `#${TOKEN}?x=1`,
    `https://panel.example/${TOKEN}`,
    `#${TOKEN} and more words`,
    `${' '.repeat(2000)}${TOKEN}`,
    undefined,
    null,
    [TOKEN],
    { token: TOKEN },
  ])('is none: %s', (text) => expect(tokenIn(text)).toBeUndefined());
});

it('tokens have 256 bits and are kept as their hash', () => {
  const made = Array.from({ length: 100 }, newToken);
  expect(new Set(made.map(({ token }) => token)).size).toBe(100);
  for (const { token, hash } of made) {
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(tokenIn(token)).toBe(token);
    expect(hash).toEqual(hashOf(token));
  }
});

it('secrets are compared whole', () => {
  expect([sameSecret('a', 'a'), sameSecret('a', 'b'), sameSecret('', 'a'), sameSecret('aa', 'a')]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

describe('the session cookie', () => {
  it('is bound to the host over https', () => {
    expect(sessionCookieName('https://panel.example')).toBe('__Host-onward');
    const cookie = sessionCookie('https://panel.example', TOKEN, 60);
    expect(cookie.split('; ').sort()).toEqual(
      [`__Host-onward=${TOKEN}`, 'HttpOnly', 'Max-Age=60', 'Path=/', 'SameSite=Lax', 'Secure'].sort(),
    );
    expect(sessionCookie('http://localhost:8080', TOKEN, 60)).not.toMatch(/Secure|__Host/);
  });

  it.each([
    [undefined, undefined],
    ['', undefined],
    ['onward-local=abc', 'abc'],
    ['a=1; onward-local=abc; b=2', 'abc'],
    ['xonward-local=abc', undefined],
    ['onward-local', undefined],
    ['onward-local=', ''],
  ])('in the header %j has the value %j', (header, value) => {
    expect(cookieValue(header, 'onward-local')).toBe(value);
  });
});
