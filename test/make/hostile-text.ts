import fc from 'fast-check';

const SIGNS = ['=', '+', '-', '@', '＝', '\t', '\r', '\n', '\r\n', ';', ',', '"', "'", ' ', '|', '\0'];
const SPACES = ['\u2028', '\u00a0', '\ufeff', '\u3000'];
const WORDS = ['cmd|calc!A0', 'HYPERLINK("https://foreign.example")', 'Bcc: all@foreign.example', 'Имя'];

/** Texts made of what means something to spreadsheets and mail, and of anything else. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...SIGNS),
      fc.constantFrom(...SPACES),
      fc.constantFrom(...WORDS),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
