import { type FileTable, type ReadRows } from '../format/file-table.js';
import { Deflate } from './deflate.js';
import { BIAS } from './packing.js';
import { Records } from './records.js';
import { packedRows } from './sav.js';
import { savDictionary } from './sav-dictionary.js';
import { type SavVariable, savVariables } from './sav-variable.js';

/** Bytes of packed data in a block but the last: what SPSS itself has. */
const BLOCK = 0x3ff000;
const HEADER_BYTES = 24;

interface Block {
  /** Bytes before they were compressed. */
  size: number;
  compressed: Buffer;
}

/**
 * A table as a compressed SPSS file (.zsav): the data of a .sav in blocks of zlib's form. Where the last of them ends has to be said before the
 * first, so the rows are read and compressed twice, once for the lengths alone; nothing is kept but these.
 * @throws CellUnwritable as `savBytes`, all before the first byte
 * @see    PSPP, System File Format: Data Record, compression 2
 */
export async function* zsavBytes(table: FileTable, read: ReadRows): AsyncGenerator<Buffer> {
  const variables = savVariables(table);
  const dictionary = savDictionary(table, variables, 'zlib');
  const blocks: { size: number; bytes: number }[] = [];
  for await (const { size, compressed } of compressedRows(table, variables, read))
    blocks.push({ size, bytes: compressed.length });

  const start = dictionary.length;
  const trailerAt = blocks.reduce((at, { bytes }) => at + bytes, start + HEADER_BYTES);
  const trailerBytes = 24 + 24 * blocks.length;
  yield new Records().bytes(dictionary).int64(start, trailerAt, trailerBytes).toBuffer();
  for await (const { compressed } of compressedRows(table, variables, read)) yield compressed;

  const trailer = new Records().int64(-BIAS, 0).int32(BLOCK, blocks.length);
  let plainAt = start;
  let at = start + HEADER_BYTES;
  for (const { size, bytes } of blocks) {
    trailer.int64(plainAt, at).int32(size, bytes);
    plainAt += size;
    at += bytes;
  }
  yield trailer.toBuffer();
}

async function* compressedRows(
  table: FileTable,
  variables: readonly SavVariable[],
  read: ReadRows,
): AsyncGenerator<Block> {
  const deflate = new Deflate();
  const block = Buffer.allocUnsafeSlow(BLOCK);
  let filled = 0;
  let before = 0;
  const next = (isLast: boolean): Block => {
    const compressed = deflate.compressed(block.subarray(0, filled), isLast ? undefined : before);
    const size = filled;
    before += compressed.length;
    filled = 0;
    return { size, compressed };
  };
  for await (const chunk of packedRows(table, variables, read)) {
    for (let from = 0; from < chunk.length;) {
      const taken = chunk.copy(block, filled, from);
      filled += taken;
      from += taken;
      if (filled === BLOCK) yield next(false);
    }
  }
  if (filled > 0) yield next(true);
}
