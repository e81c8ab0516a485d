import { type CellBlock } from './cells.js';

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
/** With flags and the length of what may be added to the head. */
const HEAD_BYTES = SIGNATURE.length + 8;
/** Fields of the row and bytes of the array; its dimensions, flags and type of elements. */
const ROW_HEAD_BYTES = 2 + 4 + 12;
/** Elements, and the number of the first. */
const DIMENSION_BYTES = 8;
const BLOCK_BYTES = 1024 ** 2;

/**
 * The rows of PostgreSQL's `COPY (SELECT cells …) TO STDOUT (FORMAT binary)`, in blocks of about 1 MiB, at least one row each. The one column is `text[]`,
 * or the `bytea` that `array_send` made of it, which is the same bytes. Chunks may end anywhere.
 * @param columns  elements of every array, of one dimension; NULL is an empty cell
 * @throws Error when the bytes are something else, an array has another length, or the end is missing
 * @see    PostgreSQL, COPY, "Binary Format"; array_send in src/backend/utils/adt/arrayfuncs.c
 */
export async function* blocksOf(chunks: AsyncIterable<Buffer>, columns: number): AsyncGenerator<CellBlock> {
  const reader = new RowReader(columns);
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length;) {
      from += reader.take(chunk, from);
      if (!reader.isFull) continue;
      const block = reader.block();
      if (block.rows > 0) yield block;
    }
  }
  const last = reader.block();
  if (!reader.isEnded) throw new Error('COPY ended before its trailer.');
  if (last.rows > 0) yield last;
}

/** Gathers bytes, and gives away those of whole rows. */
class RowReader {
  isEnded = false;
  private isBegun = false;
  private buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  private held = 0;

  constructor(private readonly columns: number) {}

  get isFull(): boolean {
    return this.held === this.buffer.length;
  }

  /** @returns how many bytes of the chunk found room */
  take(chunk: Buffer, from: number): number {
    const taken = chunk.copy(this.buffer, this.held, from);
    this.held += taken;
    return taken;
  }

  /** The whole rows among the bytes gathered. What is left begins the next block's. */
  block(): CellBlock {
    const { buffer: bytes, held, columns } = this;
    const rowBytes = ROW_HEAD_BYTES + (columns === 0 ? 0 : DIMENSION_BYTES + 4 * columns);
    const most = Math.floor(held / rowBytes) * columns;
    const starts = new Int32Array(most);
    const lengths = new Int32Array(most);
    let rows = 0;
    let cell = 0;
    let at = this.begin();
    while (this.isBegun && !this.isEnded && at + 2 <= held) {
      const fields = int16(bytes, at);
      if (fields === -1) {
        this.isEnded = true;
        at += 2;
        break;
      }
      if (at + 6 > held) break;
      const end = at + 6 + int32(bytes, at + 2);
      if (fields !== 1 || end < at + ROW_HEAD_BYTES) throw new Error(NO_ARRAY);
      if (end > held) break;
      at = this.firstElement(at + 6);
      for (const next = cell + columns; cell < next && at < end; cell += 1) {
        const length = int32(bytes, at);
        at += 4;
        starts[cell] = at;
        lengths[cell] = length;
        if (length > 0) at += length;
      }
      rows += 1;
      if (at !== end || cell !== rows * columns) throw new Error(NO_ARRAY);
    }
    if (this.isEnded && at !== held) throw new Error('COPY sent more after its trailer.');
    this.keepFrom(at);
    return { rows, columns, bytes, starts: starts.subarray(0, cell), lengths: lengths.subarray(0, cell) };
  }

  /** Where the rows begin: behind the head of all, once it has come. */
  private begin(): number {
    if (this.isBegun || this.held < HEAD_BYTES) return 0;
    if (!this.buffer.subarray(0, SIGNATURE.length).equals(SIGNATURE))
      throw new Error('This is no COPY in binary form.');
    const end = HEAD_BYTES + int32(this.buffer, HEAD_BYTES - 4);
    if (end > this.held) return 0;
    this.isBegun = true;
    return end;
  }

  /** Where the elements of the array at `at` begin. */
  private firstElement(at: number): number {
    const dimensions = int32(this.buffer, at);
    const elements = dimensions === 0 ? 0 : int32(this.buffer, at + 12);
    if (dimensions > 1 || elements !== this.columns)
      throw new Error(
        `COPY sent a row of ${elements} cells in ${dimensions} dimensions, not of ${this.columns}.`,
      );
    return at + 12 + dimensions * DIMENSION_BYTES;
  }

  /** The bytes given away are the consumer's, so the next ones get a buffer of their own; a larger one for a row that is larger. */
  private keepFrom(at: number): void {
    const left = this.buffer.subarray(at, this.held);
    this.buffer = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, 2 * left.length));
    this.held = left.copy(this.buffer);
  }
}

const NO_ARRAY = 'COPY sent a row that is no array of text.';

const int16 = (bytes: Buffer, at: number): number =>
  (((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16)) >> 16;

const int32 = (bytes: Buffer, at: number): number =>
  ((bytes[at] as number) << 24) |
  ((bytes[at + 1] as number) << 16) |
  ((bytes[at + 2] as number) << 8) |
  (bytes[at + 3] as number);
