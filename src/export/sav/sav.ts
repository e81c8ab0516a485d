import { type FileTable, type ReadRows } from '../format/file-table.js';
import { Packing } from './packing.js';
import { savDictionary } from './sav-dictionary.js';
import { type SavVariable, savVariables } from './sav-variable.js';

/**
 * A table as an SPSS file (.sav), packed in byte codes. What the format has no room for stands in its attributes (`sav-attributes.ts`). Strings
 * are padded with spaces, so that spaces at the end of a cell, and an empty text apart from an empty cell, cannot be told in it.
 * @throws CellUnwritable for a name, a cell or a string that SPSS cannot hold
 * @see    PSPP, System File Format
 */
export async function* savBytes(table: FileTable, read: ReadRows): AsyncGenerator<Buffer> {
  const variables = savVariables(table);
  yield savDictionary(table, variables, 'bytecode');
  yield* packedRows(table, variables, read);
}

/** The data in byte codes, in chunks of about 1 MiB. @throws CellUnwritable as `savBytes` */
export async function* packedRows(
  table: FileTable,
  variables: readonly SavVariable[],
  read: ReadRows,
): AsyncGenerator<Buffer> {
  const packing = new Packing(variables);
  let rows = 0;
  for await (const block of read()) {
    const cells = block.rows * block.columns;
    for (let cell = packing.pack(block, 0); cell < cells; cell = packing.pack(block, cell))
      yield packing.taken(false);
    rows += block.rows;
  }
  if (rows !== table.rows) throw new Error(`${table.name} was to have ${table.rows} rows, and has ${rows}`);
  yield packing.taken(true);
}
