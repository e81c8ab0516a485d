import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type DuckDBConnection } from '@duckdb/node-api';
import { NEW_FILE, newFileStream } from '../../kit/files.node.js';
import { identifier, literal } from '../sql-text.js';
import { type FileTable, type ReadRows } from './file-table.js';
import { ParquetFeed } from './parquet-feed.js';
import { type ParquetSizes, parquetSizes, parquetType } from './parquet-type.js';

/** The least that DuckDB is given to read lines into. */
const LINE_BYTES = 1024 ** 2;

/**
 * A table as Parquet, compressed with zstd: whole numbers of the smallest size or doubles (codes of reasons stay numbers), texts, dates, a month's first
 * day, instants of no zone. The same rows make the same bytes. The rows go through a file of lines: twice as fast as DuckDB's appender, whose
 * table would take memory for every column, where this takes no more for more rows.
 * @param path      where the file goes; nothing may be there
 * @param metadata  the file's key-value metadata
 * @param work      a private folder, in which the rows stand meanwhile
 * @throws CellUnwritable
 */
export async function writeParquet(
  table: FileTable,
  read: ReadRows,
  path: string,
  metadata: Record<string, string>,
  work: string,
): Promise<void> {
  const types = table.columns.map(parquetType);
  const sizes = parquetSizes(table.columns, table.rows);
  const lines = join(work, `${table.name}.lines`);
  const feed = new ParquetFeed(table.columns);
  try {
    await pipeline(linesOf(feed, read), await newFileStream(lines));
    await writeFile(path, '', NEW_FILE);
    const written = await inDuckDb(sizes.memoryBytes, work, [lines, path], async (duck) => {
      await duck.run(copyStatement(table, types, sizes, metadata, lines, path, feed.longestLine));
      return countsOf(duck, table, path);
    });
    const given = [feed.rows, feed.filled, feed.textBytes];
    if (given.some((count, at) => written[at] !== count))
      throw new Error(`DuckDB wrote other cells into ${path} than it was given.`);
  } finally {
    await rm(lines, { force: true });
  }
}

async function* linesOf(feed: ParquetFeed, read: ReadRows): AsyncGenerator<Buffer> {
  for await (const block of read()) yield feed.lines(block);
}

/** Runs work in a DuckDB of its own that opens no other files, loads nothing, and works in one thread, in the order of the rows. */
async function inDuckDb<Result>(
  memoryBytes: number,
  work: string,
  files: readonly string[],
  what: (duck: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: `${memoryBytes}B`,
    temp_directory: join(work, 'duckdb'),
    preserve_insertion_order: 'true',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  try {
    const duck = await instance.connect();
    try {
      await duck.run(`SET allowed_paths = [${files.map(literal).join(', ')}]`);
      await duck.run('SET enable_external_access = false');
      await duck.run('SET lock_configuration = true');
      return await what(duck);
    } catch (cause) {
      throw new Error(`DuckDB could not write ${files.at(-1)}: ${kindOf(cause)}.`);
    } finally {
      duck.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** Which kind of failure it was. Messages of other kinds than these two may quote cells. */
const kindOf = (cause: unknown): string =>
  /(IO|Out of Memory) Error: [^\n]*|[A-Z][A-Za-z ]+ Error/.exec(String(cause))?.[0] ??
  'a failure of no known kind';

function copyStatement(
  { columns }: FileTable,
  types: readonly string[],
  sizes: ParquetSizes,
  metadata: Record<string, string>,
  lines: string,
  path: string,
  longestLine: number,
): string {
  const mostBytes = Math.max(LINE_BYTES, longestLine + 1);
  const read = [
    'auto_detect = false, header = false, parallel = false, strict_mode = true',
    `delim = ',', quote = '"', escape = '"', new_line = '\\n', nullstr = '', allow_quoted_nulls = false`,
    `max_line_size = ${mostBytes}, buffer_size = ${4 * mostBytes}`,
    `columns = {nothing: 'VARCHAR', ${types.map((type, at) => `c${at}: '${type}'`).join(', ')}}`,
  ].join(', ');
  const named = columns.map(({ name }, at) => `c${at} AS ${identifier(name)}`).join(', ');
  const entries = Object.entries(metadata).map(([key, value]) => `${literal(key)}: ${literal(value)}`);
  const write = [
    'FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false',
    `ROW_GROUP_SIZE ${sizes.rowGroupRows}, STRING_DICTIONARY_PAGE_SIZE_LIMIT ${sizes.dictionaryBytes}`,
    ...(entries.length === 0 ? [] : [`KV_METADATA {${entries.join(', ')}}`]),
  ].join(', ');
  return `COPY (SELECT ${named} FROM read_csv(${literal(lines)}, ${read})) TO ${literal(path)} (${write})`;
}

/** The file read again: its rows, its cells that are not empty, bytes of its texts. DuckDB may take lines for other cells, or for none, and not say so. */
async function countsOf(duck: DuckDBConnection, { columns }: FileTable, path: string): Promise<number[]> {
  const filled = columns.map(({ name }) => `count(${identifier(name)})`);
  const textBytes = columns
    .filter(({ type }) => type === 'string')
    .map(({ name }) => `coalesce(sum(strlen(${identifier(name)})), 0)`);
  const found = await duck.runAndReadAll(
    `SELECT count(*), list_sum([${filled.join(', ')}]), list_sum([0, ${textBytes.join(', ')}]) FROM read_parquet(${literal(path)})`,
  );
  return (found.getRows()[0] ?? []).map(Number);
}
