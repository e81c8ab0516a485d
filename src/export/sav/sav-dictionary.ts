import { type FileTable, wordsIn } from '../format/file-table.js';
import { cutAt, wrapAt } from './cut.js';
import { BIAS } from './packing.js';
import { Records } from './records.js';
import { addAttributes, LABEL_BYTES } from './sav-attributes.js';
import { LOWEST, type SavVariable, SYSTEM_MISSING } from './sav-variable.js';

const RECORD = { variable: 2, labels: 3, labelled: 4, documents: 6, end: 999 };
const SUBTYPE = { integers: 3, floats: 4, display: 11, names: 13, lengths: 14, cases: 16, encoding: 20 };
const MEASURE = { nominal: 1, ordinal: 2, scale: 3 };
const LEFT = 0;
const RIGHT = 1;
const VARIABLE_LABEL_BYTES = 255;
const FILE_LABEL_BYTES = 64;
const LINE_BYTES = 80;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

export type Compression = 'bytecode' | 'zlib';

/**
 * All that stands before the data.
 * @see PSPP, System File Format
 */
export function savDictionary(
  table: FileTable,
  variables: readonly SavVariable[],
  compression: Compression,
): Buffer {
  const records = new Records();
  addHeader(records, table, variables, compression);
  for (const variable of variables) addVariable(records, variable, table);
  addValueLabels(records, variables, table);
  addDocuments(records, table);
  // Version of the writer, any machine, IEEE 754, compression, the least byte first, UTF-8.
  records.extension(SUBTYPE.integers, 4, new Records().int32(1, 0, 0, -1, 1, 1, 2, 65001));
  records.extension(SUBTYPE.floats, 8, new Records().double(SYSTEM_MISSING, Number.MAX_VALUE, LOWEST));
  addDisplay(records, variables);
  addNames(records, variables);
  addAttributes(records, table);
  records.extension(SUBTYPE.cases, 8, new Records().int64(1, table.rows));
  records.extension(SUBTYPE.encoding, 1, new Records().text('UTF-8'));
  return records.int32(RECORD.end, 0).toBuffer();
}

/** Units of 8 bytes that a case has. */
const unitsIn = (variables: readonly SavVariable[]): number =>
  variables.reduce((sum, { segments }) => sum + segments.reduce((units, each) => units + each.units, 0), 0);

function addHeader(
  records: Records,
  table: FileTable,
  variables: readonly SavVariable[],
  compression: Compression,
): void {
  const two = (number: number) => String(number).padStart(2, '0');
  const at = table.madeAt;
  const [main = ''] = table.locales;
  records
    .text(compression === 'zlib' ? '$FL3' : '$FL2')
    .text('@(#) SPSS DATA FILE Onward', 60)
    // Layout, units of a case, compression, no weight, cases (−1 where 32 bits cannot say).
    .int32(2, unitsIn(variables), compression === 'zlib' ? 2 : 1, 0, table.rows < 2 ** 31 ? table.rows : -1)
    .double(BIAS)
    .text(`${two(at.getUTCDate())} ${MONTHS[at.getUTCMonth()]} ${two(at.getUTCFullYear() % 100)}`)
    .text(`${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`)
    .text(cutAt(wordsIn(table.label, main, table.locales), FILE_LABEL_BYTES), FILE_LABEL_BYTES)
    .bytes(Buffer.alloc(3));
}

function addVariable(records: Records, variable: SavVariable, table: FileTable): void {
  const { column, segments, format, missing } = variable;
  const [main = ''] = table.locales;
  const words = cutAt(wordsIn(column.label, main, table.locales), VARIABLE_LABEL_BYTES);
  segments.forEach(({ shortName, width, units }, place) => {
    const label = place === 0 ? words : '';
    const count = missing === undefined ? 0 : 'codes' in missing ? missing.codes.length : -2;
    const printed =
      (format.type << 16) | (Math.min(format.width, width || format.width) << 8) | format.decimals;
    records.int32(RECORD.variable, width, label === '' ? 0 : 1, count, printed, printed).text(shortName, 8);
    if (label !== '') {
      const bytes = Buffer.byteLength(label);
      records.int32(bytes).text(label, Math.ceil(bytes / 4) * 4);
    }
    if (missing !== undefined)
      records.double(...('codes' in missing ? missing.codes : [missing.low, missing.high]));
    for (let unit = 1; unit < units; unit += 1)
      records.int32(RECORD.variable, -1, 0, 0, printed, printed).text('', 8);
  });
}

/** Value labels, those of missing reasons among them; once for all variables that have the same. */
function addValueLabels(records: Records, variables: readonly SavVariable[], table: FileTable): void {
  const [main = ''] = table.locales;
  const sets = new Map<string, { labels: Buffer; count: number; of: number[] }>();
  for (const { column, index } of variables) {
    const words = new Map<number, string>();
    for (const { code, label } of [...column.values, ...column.missing]) {
      const whole = wordsIn(label, main, table.locales);
      if (whole !== '' && !words.has(code)) words.set(code, cutAt(whole, LABEL_BYTES));
    }
    if (column.type !== 'numeric' || words.size === 0) continue;
    const labels = new Records();
    for (const [code, label] of words) {
      const bytes = Buffer.byteLength(label);
      labels
        .double(code)
        .bytes(Buffer.from([bytes]))
        .text(label, Math.ceil((bytes + 1) / 8) * 8 - 1);
    }
    const key = labels.toBuffer().toString('base64');
    const set = sets.get(key) ?? { labels: labels.toBuffer(), count: words.size, of: [] };
    set.of.push(index);
    sets.set(key, set);
  }
  for (const { labels, count, of } of sets.values())
    records
      .int32(RECORD.labels, count)
      .bytes(labels)
      .int32(RECORD.labelled, of.length, ...of);
}

/** The title in each language, whole, for readers that know no attributes. */
function addDocuments(records: Records, { label, source, locales }: FileTable): void {
  const texts = locales.flatMap((locale) => [source[locale] ?? '', label[locale] ?? '']);
  const lines = texts.flatMap((text) => wrapAt(text, LINE_BYTES));
  if (lines.length === 0) return;
  records.int32(RECORD.documents, lines.length);
  for (const line of lines) records.text(line, LINE_BYTES);
}

function addDisplay(records: Records, variables: readonly SavVariable[]): void {
  const display = new Records();
  for (const { column, segments, format, width } of variables) {
    const columns = Math.min(32, Math.max(8, format.width));
    for (let place = 0; place < segments.length; place += 1)
      display.int32(MEASURE[column.measure], columns, width > 0 ? LEFT : RIGHT);
  }
  records.extension(SUBTYPE.display, 4, display);
}

/** The names of variables by their short ones, and the lengths of strings that stand in segments. */
function addNames(records: Records, variables: readonly SavVariable[]): void {
  const named = variables.map(({ column, segments }) => ({ short: segments[0]?.shortName ?? '', column }));
  const names = named.map(({ short, column }) => `${short}=${column.name}`).join('\t');
  records.extension(SUBTYPE.names, 1, new Records().text(names));
  const lengths = variables
    .filter(({ segments }) => segments.length > 1)
    .map(({ segments, width }) => `${segments[0]?.shortName}=${String(width).padStart(5, '0')}\0\t`);
  if (lengths.length > 0) records.extension(SUBTYPE.lengths, 1, new Records().text(lengths.join('')));
}
