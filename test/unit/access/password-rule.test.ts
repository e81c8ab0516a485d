import { COMMON_PASSWORDS } from '../../../src/access/common-passwords.js';
import { normalPassword, passwordFault } from '../../../src/access/password-rule.js';

const EMAIL = 'vera.petrova@institute.example';

it.each([
  ['dwelt ochre piano', undefined],
  ['десять синих слонов', undefined],
  ['🦊🐻🐼🦁🐯🐨🐸🐵🐔🐧🦆🦉', undefined],
  ['            x', 'common'],
  ['elevensigns', 'short'],
  ['🦊🐻🐼🦁🐯🐨🐸🐵🐔🐧🦆', 'short'],
  ['x'.repeat(200) + 'yz'.repeat(29), 'long'],
  ['Password1234', 'common'],
  ['ПАРОЛЬпароль', 'common'],
  ['qwertyuiop12', 'common'],
  ['aaaaaaaaaaaaaaa', 'common'],
  ['abcabcabcabcab', 'common'],
  ['0123456789012', 'common'],
  ['vera.petrova1', 'own_address'],
  ['Institute2026!', 'own_address'],
  ['vera.petrova@institute.example', 'own_address'],
  ['petrova dwelt ochre', undefined],
])('%s: %s', (password, fault) => {
  expect(passwordFault(password, EMAIL)).toBe(fault);
});

it('takes the same password from any keyboard', () => {
  expect(normalPassword('Ёжик\u00a0и кот')).toBe(normalPassword('Е\u0308жик\u00a0и кот'));
});

it('lists no password that is too short anyway', () => {
  expect([...COMMON_PASSWORDS].filter((word) => [...word].length < 12)).toEqual([]);
  expect([...COMMON_PASSWORDS].filter((word) => word !== word.toLowerCase())).toEqual([]);
  expect(COMMON_PASSWORDS.size).toBeGreaterThan(100);
});
