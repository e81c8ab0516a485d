import { type FileTable, type ReadRows } from '../format/file-table.js';
import { characteristicBytes } from './dta-characteristics.js';
import { layoutOf } from './dta-column.js';
import { descriptionOf, headerBytes, mapBytes } from './dta-head.js';
import { labelBytes, labelsOf } from './dta-labels.js';
import { longTextBytes, longTextLength, rowBytes } from './dta-rows.js';
import { joined } from './dta-text.js';

/** Sections with offsets in the map, and the end of the file. */
const MAP_BYTES = mapBytes(Array<number>(14).fill(0)).length;
const END = '</stata_dta>';

/**
 * A Stata file of format 118, beyond 32,767 columns 119: UTF-8, least significant byte first. Columns of text, with letters for missing reasons, value labels
 * and labels in every language, whole texts as characteristics. The rows are read once, with texts of over 2,045 bytes three times; memory stays flat.
 * @throws CellUnwritable for a table or a cell that Stata cannot hold, before or while writing; Error when the rows are not those that the table describes
 * @see    Stata, help dta: "Description of .dta file format" 118 and 119
 */
export async function* dtaBytes(table: FileTable, read: ReadRows): AsyncGenerator<Buffer> {
  const layout = layoutOf(table);
  const labels = labelsOf(table);
  const header = headerBytes(table, layout);
  const description = descriptionOf(table, layout, labels);
  const lengths = [
    header.length,
    MAP_BYTES,
    ...description.map(({ length }) => length),
    sectionLength('characteristics', lengthOf(characteristicBytes(table, labels))),
    sectionLength('data', table.rows * layout.rowBytes),
    sectionLength('strls', await longTextLength(layout, read)),
    sectionLength('value_labels', lengthOf(labelBytes(labels.tables))),
    END.length,
  ];
  const positions = [0];
  for (const length of lengths) positions.push((positions.at(-1) as number) + length);

  let written = 0;
  const parts = [
    [header, mapBytes(positions), ...description],
    section('characteristics', joined(characteristicBytes(table, labels))),
    section('data', rowBytes(table, layout, read)),
    section('strls', longTextBytes(layout, read)),
    section('value_labels', joined(labelBytes(labels.tables))),
    [Buffer.from(END)],
  ];
  // The first part ends where the characteristics begin, the ninth of the positions.
  for (const [index, part] of parts.entries()) {
    for await (const bytes of part) {
      yield bytes;
      written += bytes.length;
    }
    if (written !== positions[8 + index])
      throw new Error(`The rows of ${table.name} are not those that it describes.`);
  }
}

async function* section(
  tag: string,
  content: Iterable<Buffer> | AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  yield Buffer.from(`<${tag}>`);
  yield* content;
  yield Buffer.from(`</${tag}>`);
}

/** Of a section with so many bytes of content. */
const sectionLength = (tag: string, content: number): number => content + `<${tag}></${tag}>`.length;

function lengthOf(parts: Iterable<Buffer>): number {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
}
