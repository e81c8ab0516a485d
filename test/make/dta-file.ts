import { dtaBytes } from '../../src/export/dta/dta.js';
import { type FileTable, type ReadRows } from '../../src/export/format/file-table.js';

/** The parts of a .dta file, found by its map, as the published description lays them out. */
export interface DtaFile {
  bytes: Buffer;
  release: string;
  header: Buffer;
  /** What begins at each position of the map; nothing at the last, the end of the file. */
  begins: string[];
  types: number[];
  names: string[];
  sortedBy: number[];
  formats: string[];
  labelNames: string[];
  labels: string[];
  characteristics: Record<string, string>;
  data: Buffer;
  longTexts: Buffer;
  /** Words by number, of each label table. */
  tables: Record<string, Record<number, string>>;
}

export async function dtaOf({ table, read }: { table: FileTable; read: ReadRows }): Promise<DtaFile> {
  const parts: Buffer[] = [];
  for await (const part of dtaBytes(table, read)) parts.push(part);
  return parsed(Buffer.concat(parts));
}

function parsed(bytes: Buffer): DtaFile {
  const mapAt = bytes.indexOf('<map>');
  const positions = Array.from({ length: 14 }, (_, index) =>
    Number(bytes.readBigUInt64LE(mapAt + 5 + 8 * index)),
  );
  const header = bytes.subarray(0, mapAt);
  const release = header.toString('latin1', 28, 31);
  const between = (index: number) => {
    const all = bytes.subarray(positions[index], positions[index + 1]);
    return all.subarray(all.indexOf('>') + 1, all.lastIndexOf('<'));
  };
  const wide = release === '119' ? 4 : 2;
  const sorted = numbers(between(4), wide);
  return {
    bytes,
    release,
    header,
    begins: positions.map((at) => bytes.toString('latin1', at, Math.max(at, bytes.indexOf('>', at) + 1))),
    types: numbers(between(2), 2),
    names: fields(between(3), 129),
    sortedBy: sorted.slice(0, sorted.indexOf(0)),
    formats: fields(between(5), 57),
    labelNames: fields(between(6), 129),
    labels: fields(between(7), 321),
    characteristics: characteristicsIn(between(8)),
    data: between(9),
    longTexts: between(10),
    tables: tablesIn(between(11)),
  };
}

const upToNul = (bytes: Buffer): string => bytes.subarray(0, bytes.indexOf(0)).toString();

const pieces = (bytes: Buffer, width: number): Buffer[] =>
  Array.from({ length: bytes.length / width }, (_, index) =>
    bytes.subarray(index * width, (index + 1) * width),
  );

const fields = (bytes: Buffer, width: number): string[] => pieces(bytes, width).map(upToNul);

const numbers = (bytes: Buffer, width: number): number[] =>
  pieces(bytes, width).map((piece) => piece.readUIntLE(0, width));

function characteristicsIn(bytes: Buffer): Record<string, string> {
  const found: Record<string, string> = {};
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32LE(at + 4);
    const content = bytes.subarray(at + 8, at + 8 + length);
    found[`${upToNul(content)}[${upToNul(content.subarray(129))}]`] = content.toString(
      'utf8',
      258,
      length - 1,
    );
    at += 8 + length + '</ch>'.length;
  }
  return found;
}

function tablesIn(bytes: Buffer): DtaFile['tables'] {
  const found: DtaFile['tables'] = {};
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readInt32LE(at + 5);
    const table = bytes.subarray(at + 9 + 129 + 3, at + 9 + 129 + 3 + length);
    const count = table.readInt32LE(0);
    const texts = table.subarray(8 + 8 * count);
    const entries = Array.from({ length: count }, (_, index) => [
      table.readInt32LE(8 + 4 * (count + index)),
      upToNul(texts.subarray(table.readInt32LE(8 + 4 * index))),
    ]);
    found[upToNul(bytes.subarray(at + 9))] = Object.fromEntries(entries) as Record<number, string>;
    at += 9 + 129 + 3 + length + '</lbl>'.length;
  }
  return found;
}
