import { normalContact, postalOf, postalValue } from '../../../src/vault/contact-value.js';

const POSTAL = {
  name: 'Анна Синтетическая',
  lines: ['Улица 1', 'стан 2'],
  postcode: '11000',
  city: 'Београд',
  country: 'SRB',
};

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

it.each([
  ['12345678', '12345678'],
  [' -1001234567890 ', '-1001234567890'],
])('the chat %j is written to as %s', (given, normal) => {
  expect(normalContact('telegram', given)).toBe(normal);
});

it.each([
  '',
  '0',
  '-',
  '--1',
  '+1',
  '1.5',
  '1e5',
  '0x10',
  '012',
  '@anna',
  'anna',
  '1 2',
  '12345678901234567',
  '١٢',
])('%j is no chat', (given) => {
  expect(() => normalContact('telegram', given)).toThrow(
    expect.objectContaining({ code: 'vault.invalid_contact', details: { channel: 'telegram' } }),
  );
});

it('a postal address has one form, whatever its spaces and the order of its parts', () => {
  const { name, ...rest } = POSTAL;
  const normal = normalContact('letter', JSON.stringify(POSTAL));
  expect(JSON.parse(normal)).toEqual(POSTAL);
  expect(normalContact('letter', JSON.stringify({ ...rest, name: `  ${name.replace(' ', '   ')} ` }))).toBe(
    normal,
  );
  const loose = { ...POSTAL, lines: [' Улица 1', '', 'стан  2', ' '], country: 'srb' };
  expect(normalContact('letter', JSON.stringify(loose))).toBe(normal);
  expect(postalValue(loose)).toBe(normal);
  expect(postalOf(normal)).toEqual(POSTAL);
  expect(normalContact('letter', normal)).toBe(normal);
  const decomposed = { ...POSTAL, city: 'Çanakkale'.normalize('NFD'), country: 'TUR', postcode: '' };
  expect(postalOf(JSON.stringify(decomposed)).city).toBe('Çanakkale'.normalize('NFC'));
});

it.each<[string, unknown]>([
  ['no JSON', 'Улица 1, Београд'],
  ['no address', []],
  ['a part too many', { ...POSTAL, phone: '1' }],
  ['no name', { ...POSTAL, name: ' ' }],
  ['a long name', { ...POSTAL, name: 'a'.repeat(101) }],
  ['no lines', { ...POSTAL, lines: [''] }],
  ['five lines', { ...POSTAL, lines: ['1', '2', '3', '4', '5'] }],
  ['a long line', { ...POSTAL, lines: ['a'.repeat(101)] }],
  ['a line break', { ...POSTAL, lines: ['Улица 1\nстан 2'] }],
  ['a tab', { ...POSTAL, city: 'Бео\tград' }],
  ['a line separator', { ...POSTAL, name: 'Анна\u2028Синтетическая' }],
  ['an invisible character', { ...POSTAL, name: 'Ан\u202eна' }],
  ['half of a pair', { ...POSTAL, name: 'Анна \ud83d' }],
  ['a long postcode', { ...POSTAL, postcode: '1'.repeat(21) }],
  ['no town', { ...POSTAL, city: '' }],
  ['a long town', { ...POSTAL, city: 'a'.repeat(101) }],
  ['another code of the country', { ...POSTAL, country: 'RS' }],
  ['no such country', { ...POSTAL, country: 'XXX' }],
  ['a number for a text', { ...POSTAL, postcode: 11000 }],
])('%s makes no postal address', (_, given) => {
  const value = typeof given === 'string' ? given : JSON.stringify(given);
  const refused = expect.objectContaining({
    code: 'vault.invalid_contact',
    details: { channel: 'letter' },
  }) as Error;
  expect(() => normalContact('letter', value)).toThrow(refused);
  expect(() => postalOf(value)).toThrow(refused);
});
