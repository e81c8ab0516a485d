import { type FileColumn, type FileTable } from '../format/file-table.js';
import { labelIn } from './dta-characteristics.js';
import { type DtaColumn, type DtaLayout, type Storage } from './dta-column.js';
import { type Labels } from './dta-labels.js';
import { fieldsOf } from './dta-text.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const NAME_BYTES = 129;
const FORMAT_BYTES = 57;
const LABEL_BYTES = 321;
const WIDEST_SHOWN = 244;

/** A section in its tags. */
export const tagged = (tag: string, ...content: Buffer[]): Buffer =>
  Buffer.concat([Buffer.from(`<${tag}>`), ...content, Buffer.from(`</${tag}>`)]);

/** The file's beginning, up to the map. */
export function headerBytes(table: FileTable, { release, columns }: DtaLayout): Buffer {
  const label = Buffer.from(labelIn(table.label, table.locales[0] ?? '', table));
  const stamp = Buffer.from(stampOf(table.madeAt));
  const rows = Buffer.alloc(8);
  rows.writeBigUInt64LE(BigInt(table.rows));
  return Buffer.concat([
    Buffer.from('<stata_dta>'),
    tagged(
      'header',
      tagged('release', Buffer.from(String(release))),
      tagged('byteorder', Buffer.from('LSF')),
      tagged('K', unsigned([columns.length], release === 118 ? 2 : 4)),
      tagged('N', rows),
      tagged('label', unsigned([label.length], 2), label),
      tagged('timestamp', unsigned([stamp.length], 1), stamp),
    ),
  ]);
}

/** Such as `01 Mar 2026 12:00`. */
function stampOf(at: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const year = String(at.getUTCFullYear()).padStart(4, '0');
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  return `${two(at.getUTCDate())} ${MONTHS[at.getUTCMonth()]} ${year} ${time}`;
}

/** The map: where each section begins, the end of the file last. */
export function mapBytes(positions: readonly number[]): Buffer {
  const out = Buffer.alloc(8 * positions.length);
  positions.forEach((position, index) => out.writeBigUInt64LE(BigInt(position), 8 * index));
  return tagged('map', out);
}

/** The sections between the map and the characteristics, in their order. */
export function descriptionOf(table: FileTable, layout: DtaLayout, labels: Labels): Buffer[] {
  const { columns, release } = layout;
  const main = table.locales[0] ?? '';
  const sorted = sortOf(table, columns).map((index) => index + 1);
  const order = [...sorted, ...Array<number>(columns.length + 1 - sorted.length).fill(0)];
  const field = (tag: string, width: number, textOf: (of: DtaColumn, index: number) => string) =>
    tagged(tag, fieldsOf(columns.map(textOf), width));
  return [
    tagged('variable_types', unsigned(columns.map(typeOf), 2)),
    field('varnames', NAME_BYTES, ({ column }) => column.name),
    tagged('sortlist', unsigned(order, release === 118 ? 2 : 4)),
    field('formats', FORMAT_BYTES, formatOf),
    field('value_label_names', NAME_BYTES, (_, index) => labels.namesOf[index]?.[main] ?? ''),
    field('variable_labels', LABEL_BYTES, ({ column }) => labelIn(column.label, main, table)),
  ];
}

/**
 * Columns by whose values the rows are sorted, first to last: those of the key up to one that Stata orders otherwise than the rows come. It compares texts
 * by their bytes, and puts missing reasons behind all numbers.
 */
export function sortOf({ key }: FileTable, columns: readonly DtaColumn[]): number[] {
  const places = new Map(columns.map(({ column }, index) => [column.name, index]));
  const keyed = key.map((name) => places.get(name));
  const end = keyed.findIndex((index) => index === undefined || !isOrdered(columns[index]?.column));
  return (end === -1 ? keyed : keyed.slice(0, end)).filter((index) => index !== undefined);
}

const isOrdered = (column: FileColumn | undefined): boolean =>
  column !== undefined && column.type !== 'string' && column.missing.length === 0;

const TYPES: Record<Exclude<Storage, 'text'>, number> = {
  longText: 32_768,
  double: 65_526,
  long: 65_528,
  int: 65_529,
  byte: 65_530,
};

const typeOf = ({ storage, width }: DtaColumn): number => (storage === 'text' ? width : TYPES[storage]);

/** How Stata shows a column. Whole numbers beyond a `long` get their digits, where they are exact. */
function formatOf({ column: { type, scan }, storage }: DtaColumn): string {
  if (type === 'date') return '%td';
  if (type === 'month') return '%tm';
  if (type === 'datetime') return '%tc';
  if (type === 'string') return `%-${Math.min(WIDEST_SHOWN, Math.max(1, scan.mostBytes))}s`;
  if (storage === 'long') return '%12.0g';
  if (storage === 'double') return scan.decimals === 0 ? '%17.0g' : '%10.0g';
  return '%8.0g';
}

function unsigned(values: readonly number[], width: 1 | 2 | 4): Buffer {
  const out = Buffer.alloc(values.length * width);
  values.forEach((value, index) => out.writeUIntLE(value, index * width, width));
  return out;
}
