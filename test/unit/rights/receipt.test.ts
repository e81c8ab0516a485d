import { codeIn, CODE_LETTERS } from '../../../src/rights/receipt.js';
import { codeHash, newCode } from '../../../src/rights/receipt-code.node.js';

it('a code has sixty random bits, in letters that are not mistaken for each other', () => {
  expect(new Set(CODE_LETTERS).size).toBe(32);
  const codes = Array.from({ length: 400 }, newCode);
  for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
  expect(new Set(codes).size).toBe(400);
  expect(new Set(codes.join('').replaceAll('-', '')).size).toBe(32);
});

it('is read however a person typed it', () => {
  for (const typed of [
    '01AB-CDEF-GHJK',
    ' 01ab cdef ghjk ',
    'OIAB–CDEF–GHJK',
    'olabcdefghjk',
    '01AB.CDEF.GHJK',
  ])
    expect(codeIn(typed)).toBe('01AB-CDEF-GHJK');
  expect(codeHash('01AB-CDEF-GHJK')).toEqual(codeHash(codeIn('01ab cdef ghjk') ?? ''));
});

it('what can be no code is none', () => {
  for (const typed of [
    '',
    '01AB-CDEF-GHJ',
    '01AB-CDEF-GHJKM',
    '01AB-CDEF-GHJU',
    'x'.repeat(5000),
    null,
    7,
    {},
  ])
    expect(codeIn(typed)).toBeUndefined();
});
