import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { CellUnwritable } from '../../../src/export/format/format.problems.js';
import { cutAt, wrapAt } from '../../../src/export/sav/cut.js';
import { savBytes } from '../../../src/export/sav/sav.js';
import { zsavBytes } from '../../../src/export/sav/zsav.node.js';
import { aTable, type Cell, type ColumnGiven } from '../../make/file-table.js';

const reasons = [-1, -2, -8, -12].map((code) => ({
  code,
  stata: 'd',
  label: { ru: `Причина ${-code}`, en: `Reason ${-code}` },
}));

async function sav(...given: Parameters<typeof aTable>): Promise<Buffer> {
  const { table, read } = aTable(...given);
  const parts: Buffer[] = [];
  for await (const part of savBytes(table, read)) parts.push(part);
  return Buffer.concat(parts);
}

/** Contents of the extension records of a subtype. */
function extensions(bytes: Buffer, subtype: number, size: number): Buffer[] {
  const head = Buffer.alloc(12);
  [7, subtype, size].forEach((number, index) => head.writeInt32LE(number, index * 4));
  const found: Buffer[] = [];
  for (let at = bytes.indexOf(head); at >= 0; at = bytes.indexOf(head, at + 1)) {
    const count = bytes.readInt32LE(at + 12);
    found.push(bytes.subarray(at + 16, at + 16 + size * count));
  }
  return found;
}
const textOf = (bytes: Buffer, subtype: number) => extensions(bytes, subtype, 1)[0]?.toString();
/** What stands behind the dictionary's end. */
const dataOf = (bytes: Buffer) => bytes.subarray(bytes.indexOf(Buffer.from('e703000000000000', 'hex')) + 8);

test('the header says who made the file, when by UTC, of how many units and cases', async () => {
  const bytes = await sav([{ name: 'x' }, { name: 's', type: 'string' }], [[1, 'девять']], {
    label: { ru: 'Очень длинное название файла, которое не помещается', en: 'A file' },
    madeAt: new Date('2026-12-31T23:59:58.999Z'),
  });
  expect(bytes.toString('latin1', 0, 64)).toBe(`$FL2${'@(#) SPSS DATA FILE Onward'.padEnd(60)}`);
  expect([64, 68, 72, 76, 80].map((at) => bytes.readInt32LE(at))).toEqual([2, 3, 1, 0, 1]);
  expect(bytes.readDoubleLE(84)).toBe(100);
  expect(bytes.toString('latin1', 92, 109)).toBe('31 Dec 2623:59:58');
  expect(bytes.toString('utf8', 109, 173)).toBe('Очень длинное название файла, кото ');
  expect(extensions(bytes, 16, 8)[0]?.toString('hex')).toBe('01000000000000000100000000000000');
  expect(textOf(bytes, 20)).toBe('UTF-8');
});

test('cases are packed: small whole numbers in a byte, others and texts in eight, nothing and spaces in none', async () => {
  const columns: ColumnGiven[] = [{ name: 'x' }, { name: 's', type: 'string' }, { name: 'd', type: 'date' }];
  const bytes = await sav(columns, [
    [151, 'abcdefghi', null],
    ['-99', null, '1582-10-15'],
    ['-0', 'z', null],
    [152, null, null],
    [1, null, null],
  ]);
  const double = (value: number) => {
    const made = Buffer.alloc(8);
    made.writeDoubleLE(value);
    return made.toString('hex');
  };
  const text = (value: string) => Buffer.from(value).toString('hex');
  expect(dataOf(bytes).toString('hex')).toBe(
    [
      'fbfdfdff01fefefd',
      text('abcdefgh') + text('i       ') + double(86_400),
      'fdfdfefffdfefeff',
      double(-0) + text('z       ') + double(152),
      '65fefefffc000000',
    ].join(''),
  );
});

test('long names, and names of segments, have short ones that occur once', async () => {
  const bytes = await sav(
    [
      { name: 'a_jobmarket' },
      { name: 'a_jobmarket_2' },
      { name: 'a_jobma1' },
      { name: 'я' },
      { name: 'a_jobmarket_text', type: 'string' },
    ],
    [[1, 1, 1, 1, 'x'.repeat(600)]],
  );
  expect(textOf(bytes, 13)?.split('\t')).toEqual([
    'A_JOBMAR=a_jobmarket',
    'A_JOBMA2=a_jobmarket_2',
    'A_JOBMA1=a_jobma1',
    'V=я',
    'A_JOBMA3=a_jobmarket_text',
  ]);
  expect(textOf(bytes, 14)).toBe('A_JOBMA3=00601\0\t');
});

test('texts are cut between characters, and stand whole in the attributes', async () => {
  const family = '👩‍👩‍👧‍👦';
  const words = `${'ы'.repeat(120)}${family}конец`;
  const bytes = await sav(
    [
      {
        name: 'x',
        label: { ru: words },
        values: [{ code: 1, label: { ru: `${'ы'.repeat(55)}${family}`, en: 'Yes' } }],
      },
    ],
    [[1]],
  );
  const label = Buffer.from('ы'.repeat(120));
  const at = bytes.indexOf(label);
  expect(bytes.readInt32LE(at - 4)).toBe(label.length);
  expect(bytes[bytes.indexOf(Buffer.from('ы'.repeat(55)), at + 255) - 1]).toBe(110);
  expect(textOf(bytes, 18)).toBe(
    `x:label_ru('${words}'\n)values_ru('1=${'ы'.repeat(55)}${family}'\n)values_en('1=Yes'\n)`,
  );
});

test('a character that alone is too long is cut between code points, and a text becomes lines at its spaces', () => {
  expect(cutAt(`e${'\u0301'.repeat(100)}`, 10)).toBe(`e${'\u0301'.repeat(4)}`);
  expect(cutAt('😀😀', 7)).toBe('😀');
  expect(wrapAt(` один  два три${'ы'.repeat(9)} `, 16)).toEqual(['один два', 'триыыыыы', 'ыыыы']);
});

test('equal value labels are written once; each variable and segment has its measure and side', async () => {
  const values = [{ code: 1, label: { ru: 'Да', en: 'Yes' } }];
  const bytes = await sav(
    [
      { name: 'x', values, measure: 'ordinal' },
      { name: 's', type: 'string', values },
      { name: 'y', values, measure: 'scale' },
      { name: 'z', values: [{ code: 2, label: { ru: 'Да' } }] },
    ],
    [[1, 'x'.repeat(300), 1, 1]],
  );
  const labelled = (code: number, ...variables: number[]) => {
    const made = Buffer.alloc(8 + 16 + 8 + 4 * variables.length, ' ');
    [3, 1].forEach((number, at) => made.writeInt32LE(number, at * 4));
    made.writeDoubleLE(code, 8);
    made[16] = 4;
    made.write('Да', 17);
    [4, variables.length, ...variables].forEach((number, at) => made.writeInt32LE(number, 24 + at * 4));
    return made;
  };
  const at = bytes.indexOf(labelled(1, 1, 41));
  expect(bytes.subarray(at + 40, at + 76).equals(labelled(2, 42))).toBe(true);
  const display = extensions(bytes, 11, 4)[0] ?? Buffer.alloc(0);
  const numbers = Array.from({ length: display.length / 4 }, (_, index) => display.readInt32LE(index * 4));
  expect(numbers).toEqual([2, 8, 1, 1, 32, 0, 1, 32, 0, 3, 8, 1, 1, 8, 1]);
});

test('an attribute keeps quotes, and has a space for the end of a line; very many go into further records', async () => {
  const columns = Array.from({ length: 300 }, (_, index) => ({
    name: `v${index}`,
    question: { ru: `Ваш 'ответ'?\r\nДа\n${'ы'.repeat(20_000)}` },
  }));
  const records = extensions(await sav(columns, []), 18, 1);
  expect(records.length).toBe(2);
  for (const record of records) expect(record.length).toBeLessThan(8 * 1024 * 1024);
  expect(records[1]?.toString()).toMatch(/^v\d+:/);
  const [, question = ''] = /question_ru\('(.*)'\n\)/.exec(records[0]?.toString() ?? '') ?? [];
  expect(question).toMatch(/^Ваш 'ответ'\? Да ы+$/);
  expect(Buffer.byteLength(question)).toBe(32_766);
});

const refused: [string, ColumnGiven, Cell, RegExp][] = [
  ['a name with a space', { name: 'two words' }, 1, /two words .* begin with a letter/],
  ['a name that is a word of SPSS', { name: 'with' }, 1, /a word of the SPSS language/],
  ['a name too long', { name: 'ы'.repeat(33) }, 1, /64 bytes/],
  [
    'the number that stands for system missing',
    { name: 'x' },
    '-1.7976931348623157e308',
    /no number that SPSS holds/,
  ],
  ['a number beyond all', { name: 'x' }, '1e999', /no number that SPSS holds/],
  ['a value among the reasons', { name: 'x', missing: reasons }, -5, /x cannot .* below zero/],
  [
    'a string too long',
    { name: 's', type: 'string' },
    'x'.repeat(32_768),
    /32768 bytes, and SPSS holds 32767/,
  ],
  ['a day that is none', { name: 'd', type: 'date' }, '2023-02-29', /no date/],
  ['a day before the calendar', { name: 'd', type: 'date' }, '1582-10-14', /no date/],
  ['a day of another form', { name: 'd', type: 'date' }, '2023-02-2x', /no date/],
  ['a day with more behind it', { name: 'd', type: 'date' }, '2023-02-20T', /no date/],
  ['a month that is none', { name: 'm', type: 'month' }, '2023-13', /no month/],
  ['a month with a day', { name: 'm', type: 'month' }, '2023-12-01', /no month/],
  ['an hour that is none', { name: 't', type: 'datetime' }, '2023-12-01T24:00', /no moment/],
  ['a moment with a zone', { name: 't', type: 'datetime' }, '2023-12-01T23:00:00Z', /no moment/],
  ['a moment of another form', { name: 't', type: 'datetime' }, '2023-12-01 23:00', /no moment/],
];
test.each(refused)('%s is refused with the name of the variable', async (_, column, cell, sentence) => {
  const given = sav([column], [[cell]]);
  await expect(given).rejects.toThrow(sentence);
  await expect(given).rejects.toMatchObject({
    code: CellUnwritable.code,
    details: { variable: column.name },
  });
});

test('two names that SPSS takes for the same are refused', async () => {
  await expect(sav([{ name: 'age' }, { name: 'AGE' }], [[1, 2]])).rejects.toThrow(/for the same/);
});

test('other rows than there were to be are an error', async () => {
  await expect(sav([{ name: 'x' }], [[1]], { rows: 2 })).rejects.toThrow(
    'a_indresp was to have 2 rows, and has 1',
  );
});

/** Missing values of the first variable, as its record has them. */
async function missingOf(codes: number[], cells: number[]): Promise<number[]> {
  const missing = codes.map((code) => ({ code, stata: 'd', label: { ru: 'Причина' } }));
  const bytes = await sav(
    [{ name: 'x', label: {}, missing }],
    cells.map((cell) => [cell]),
  );
  const count = bytes.readInt32LE(176 + 12);
  return Array.from({ length: Math.abs(count) }, (_, index) => bytes.readDoubleLE(208 + index * 8));
}

test('reasons are missing from LO on, but where a value lies below them', async () => {
  const LO = -1.7976931348623155e308;
  expect(await missingOf([-2, -8], [1, -8])).toEqual([LO, -1]);
  expect(await missingOf([-9999902, -9999903], [-5])).toEqual([LO, -9999901]);
  expect(await missingOf([-1, -2, -8], [-13, -1])).toEqual([-1, -2, -8]);
  expect(await missingOf([-1, -2, -8, -12], [-13, -1])).toEqual([-12, -1]);
  expect(await missingOf([], [-13, -1])).toEqual([]);
});

test('the same table has the same bytes for ever, under any time zone and locale', () => {
  const root = join(import.meta.dirname, '..', '..', '..');
  const script = `
    import { createHash } from 'node:crypto';
    import { aTable } from './test/make/file-table.js';
    import { savBytes } from './src/export/sav/sav.js';
    import { zsavBytes } from './src/export/sav/zsav.node.js';
    const { table, read } = aTable(
      [{ name: 'x' }, { name: 's', type: 'string' }, { name: 'd', type: 'date' }, { name: 't', type: 'datetime' }],
      Array.from({ length: 300 }, (_, row) => [row * row, 'Строка ' + (row % 7), '2022-02-24', '2022-03-27T02:30']),
    );
    for (const bytes of [savBytes, zsavBytes]) {
      const hash = createHash('sha256');
      for await (const part of bytes(table, read)) hash.update(part);
      process.stdout.write(hash.digest('hex') + '\\n');
    }`;
  const printed = ['Pacific/Kiritimati', 'America/St_Johns'].map((TZ) =>
    execFileSync(
      process.execPath,
      ['--import', './test/make/typescript.mjs', '--input-type=module', '-e', script],
      {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, TZ, LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' },
      },
    ).split('\n'),
  );
  expect(printed[0]).toEqual(printed[1]);
  expect(printed[0]?.slice(0, 2)).toEqual([
    'ed0e20f90a52f8f69196c0978bd57adef22485a0febf3342b7e19157cd769f41',
    'a5555a052504a1f5ac010a8f9f3f1d86a1dced870ae0b2229134daa48fa6434f',
  ]);
});

test('a .zsav says before its blocks where they end, and what they hold', async () => {
  const { table, read } = aTable([{ name: 'x' }], [[1], [2], [3]]);
  const parts: Buffer[] = [];
  for await (const part of zsavBytes(table, read)) parts.push(part);
  const [head = Buffer.alloc(0), block = Buffer.alloc(0), trailer = Buffer.alloc(0)] = parts;
  const start = head.length - 24;
  expect(parts.length).toBe(3);
  expect(head.toString('latin1', 0, 4)).toBe('$FL3');
  expect([0, 8, 16].map((at) => Number(head.readBigInt64LE(start + at)))).toEqual([
    start,
    head.length + block.length,
    trailer.length,
  ]);
  expect([0, 8, 24, 32].map((at) => Number(trailer.readBigInt64LE(at)))).toEqual([
    -100,
    0,
    start,
    head.length,
  ]);
  expect([16, 20, 40, 44].map((at) => trailer.readInt32LE(at))).toEqual([0x3ff000, 1, 8, block.length]);
});
