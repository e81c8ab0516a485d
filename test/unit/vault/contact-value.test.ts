import { normalContact } from '../../../src/vault/contact-value.js';

it.each([
  ['anna@example.org', 'anna@example.org'],
  ['  Anna.Ivanova+panel@Example.ORG\n', 'anna.ivanova+panel@example.org'],
  ['анна@пример.рф', 'анна@пример.рф'],
  ['a@b.co', 'a@b.co'],
  ['e\u0301@example.org', '\u00e9@example.org'],
])('%j is written to as %s', (given, normal) => {
  expect(normalContact('email', given)).toBe(normal);
  expect(normalContact('email', normal)).toBe(normal);
});

it.each([
  '',
  'anna',
  'anna@',
  '@example.org',
  'anna@localhost',
  'anna@example..org',
  'anna@@example.org',
  'anna@example.org, boris@example.org',
  'Anna <anna@example.org>',
  'anna@example.org\r\nBcc: boris@example.org',
  'an na@example.org',
  '"anna"@example.org',
  'anna@[127.0.0.1]',
  'an\u0000na@example.org',
  'an\u200bna@example.org',
  `${'a'.repeat(65)}@example.org`,
  `a@${'b'.repeat(260)}.org`,
])('%j is no address', (given) => {
  expect(() => normalContact('email', given)).toThrow(
    expect.objectContaining({ code: 'vault.invalid_contact', details: { channel: 'email' } }),
  );
});
