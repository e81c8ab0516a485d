import { dtaBytes } from '../dta/dta.js';
import { savBytes } from '../sav/sav.js';
import { zsavBytes } from '../sav/zsav.node.js';
import { csvBytes } from './csv.js';
import { type FileTable, type ReadRows } from './file-table.js';

/** How a table becomes the bytes of a file, by the file's ending. */
export const WRITERS: Readonly<
  Record<'csv' | 'dta' | 'sav' | 'zsav', (table: FileTable, read: ReadRows) => AsyncIterable<Buffer>>
> = { csv: csvBytes, dta: dtaBytes, sav: savBytes, zsav: zsavBytes };
