import { dayIn, millisecondIn, monthIn } from '../../../src/export/dta/dta-moment.js';
import { blocksOf } from '../../make/file-table.js';

const EPOCH = Date.UTC(1960, 0, 1);
const DAY_MS = 86_400_000;

const blockOf = (...cells: (string | null)[]) => {
  const [block] = blocksOf([cells], cells.length);
  if (!block) throw new Error('There is a row.');
  return block;
};

test('every day from 1880 to 2120 is counted as the calendar does', () => {
  const first = Date.UTC(1880, 0, 1);
  const instants = Array.from({ length: 87_700 }, (_, day) => first + day * DAY_MS);
  const texts = instants.map((at) => new Date(at).toISOString());
  const days = blockOf(...texts.map((text) => text.slice(0, 10)));
  const months = blockOf(...texts.map((text) => text.slice(0, 7)));
  const wrong = texts.filter((text, cell) => {
    const at = instants[cell] ?? NaN;
    const month = (Number(text.slice(0, 4)) - 1960) * 12 + new Date(at).getUTCMonth();
    return dayIn(days, cell) !== (at - EPOCH) / DAY_MS || monthIn(months, cell) !== month;
  });
  expect(wrong).toEqual([]);
});

test('a time of the day is counted in milliseconds, with or without seconds', () => {
  const texts = [
    '1900-01-01T23:59',
    '1959-12-31T23:59:59',
    '2000-02-29T00:00',
    '2024-12-31T12:34:56',
    '2100-12-31T23:59:59',
  ];
  const block = blockOf(...texts, null);
  expect(texts.map((_, cell) => millisecondIn(block, cell))).toEqual(
    texts.map((text) => Date.parse(`${text}Z`) - EPOCH),
  );
  expect(millisecondIn(block, texts.length)).toBeUndefined();
});

test.each([
  '',
  '2024',
  '2024-1-1',
  '24-01-01',
  '2024/01/01',
  '2024-00-10',
  '2024-13-10',
  '2024-01-00',
  '2024-01-32',
  '2023-02-29',
  '1900-02-29',
  '2024-04-31',
  '0099-12-31',
  '-024-01-01',
  '2024-01-0x',
  ' 2024-01-0',
  '12024-01-01',
  '2024-01-01 ',
])('%p is no date', (text) => expect(dayIn(blockOf(text), 0)).toBeNaN());

test.each(['', '2024-1', '2024-00', '2024-13', '2024/01', '0099-01', '2024-01-01', '202a-01'])(
  '%p is no month',
  (text) => expect(monthIn(blockOf(text), 0)).toBeNaN(),
);

test.each([
  '2024-01-01',
  '2024-01-01 10:00',
  '2024-01-01T24:00',
  '2024-01-01T10:60',
  '2024-01-01T10:00:60',
  '2024-01-01T10:00Z',
  '2024-01-01T10:00:0',
  '2024-01-01T10-00',
  '2024-01-01T10:00-00',
  '2024-02-30T10:00',
  '2024-01-01T1a:00',
])('%p is no date with a time', (text) => expect(millisecondIn(blockOf(text), 0)).toBeNaN());
