import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvBytes } from '../../../src/export/format/csv.js';
import { notAFormulaCell } from '../../../src/kit/csv.js';
import { aTable, type Cell, type ColumnGiven } from '../../make/file-table.js';
import { hostileText } from '../../make/hostile-text.js';

const csv = async (columns: ColumnGiven[], rows: Cell[][]) => {
  const { table, read } = aTable(columns, rows);
  const chunks: Buffer[] = [];
  for await (const chunk of csvBytes(table, read)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};
const PERSON: ColumnGiven = { name: 'pidp' };
const WORDS: ColumnGiven = { name: 'words', type: 'string' };

test('a header of names, CRLF, no mark; an empty cell is nothing and an empty text is quoted', async () => {
  expect(
    await csv(
      [PERSON, WORDS, { name: 'day', type: 'date' }, { name: 'month', type: 'month' }],
      [
        [1, 'Ереван', '2022-02-24', '2022-03'],
        [-8, '', null, null],
        ['-0.5', null, '1900-01-01', '2100-12'],
      ],
    ),
  ).toBe('pidp,words,day,month\r\n1,Ереван,2022-02-24,2022-03\r\n-8,"",,\r\n-0.5,,1900-01-01,2100-12\r\n');
});

test('a table without rows is its header', async () => {
  expect(await csv([PERSON, WORDS], [])).toBe('pidp,words\r\n');
});

test.each([
  ['plain words', 'plain words'],
  [' spaces stay ', ' spaces stay '],
  ['a,b', '"a,b"'],
  ['say "no"', '"say ""no"""'],
  ['"', '""""'],
  ['two\nlines', '"two\nlines"'],
  ['two\rlines', '"two\rlines"'],
  ['=1+1', "'=1+1"],
  ['-5', "'-5"],
  ['+7 900', "'+7 900"],
  ['@name', "'@name"],
  ['\tx', "'\tx"],
  ['\rx', '"\'\rx"'],
  ['=HYPERLINK("https://foreign.example",1)', `"'=HYPERLINK(""https://foreign.example"",1)"`],
  ['  =1', "'  =1"],
  ['\u00a0=1', "'\u00a0=1"],
  ['\ufeff-1', "'\ufeff-1"],
  ['＝1', "'＝1"],
  ['1=1', '1=1'],
  ['«да»', '«да»'],
  ['Ответ, длиннее двадцати четырёх байтов', '"Ответ, длиннее двадцати четырёх байтов"'],
  ['Ответ длиннее двадцати четырёх байтов', 'Ответ длиннее двадцати четырёх байтов'],
])('the text %j is the cell %j', async (text, cell) => {
  expect(await csv([PERSON, WORDS], [[1, text]])).toBe(`pidp,words\r\n1,${cell}\r\n`);
});

test('every character that may stand before a formula is known', async () => {
  const texts = Array.from({ length: 0xd800 }, (_, code) => `${String.fromCharCode(code)}=1`).concat(
    Array.from({ length: 0x2000 }, (_, code) => `${String.fromCharCode(0xe000 + code)}=1`),
  );
  const found = parse(
    await csv(
      [WORDS],
      texts.map((text) => [text]),
    ),
    { from: 2, record_delimiter: '\r\n' },
  );
  expect(found).toEqual(texts.map((text) => [notAFormulaCell(text)]));
});

test('what is read back is what was written, with an apostrophe before a formula and nothing else changed', async () => {
  const cell = fc.option(fc.oneof(hostileText, fc.string({ unit: 'binary', maxLength: 40 })));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.integer(), cell, cell), { maxLength: 10 }), async (rows) => {
      const text = await csv([PERSON, WORDS, { name: 'more', type: 'string' }], rows);
      const found = parse(text, { bom: false, record_delimiter: '\r\n', relax_column_count: false });
      const expected = rows.map(([person, ...words]) => [
        String(person),
        ...words.map((each) => notAFormulaCell(Buffer.from(each ?? '').toString())),
      ]);
      expect(found).toEqual([['pidp', 'words', 'more'], ...expected]);
    }),
    { numRuns: 300 },
  );
});
