import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { csvBytes } from '../../src/export/format/csv.js';
import { type FileColumn } from '../../src/export/format/file-table.js';
import { writeParquet } from '../../src/export/format/parquet.node.js';
import { notAFormulaCell } from '../../src/kit/csv.js';
import { run } from '../make/dta-readers.js';
import { randomTable, type RandomTable } from '../make/dta-tables.js';
import { aTable, type Cell } from '../make/file-table.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onward-csv-'));
});
afterEach(() => rm(folder, { recursive: true }));

type Read = (string | number | null)[][];
type Made = Pick<RandomTable, 'table' | 'read' | 'rows'>;

/** Each reads the files that are its arguments, and prints the rows of each, without their header, as a line of JSON. */
const PYTHON = `
import csv, json, sys
for path in sys.argv[1:]:
    with open(path, encoding='utf-8', newline='') as file:
        print(json.dumps([row or [''] for row in csv.reader(file, strict=True)][1:]))
`;
const PANDAS = `
import json, sys
import pandas as pd
for path in sys.argv[1:]:
    names = list(pd.read_csv(path, nrows=0).columns)
    types = {name: float if name.startswith('n_') else str for name in names}
    empty = {name: [''] for name in names if name.startswith('n_')}
    frame = pd.read_csv(path, dtype=types, keep_default_na=False, na_values=empty, float_precision='round_trip', skip_blank_lines=False)
    print(json.dumps([[None if cell != cell else cell for cell in row] for row in frame.values.tolist()]))
`;
const R = `
hex <- function(text) paste(charToRaw(enc2utf8(text)), collapse = "")
for (path in commandArgs(trailingOnly = TRUE)) {
  frame <- read.csv(path, colClasses = "character", na.strings = character(0), encoding = "UTF-8", check.names = FALSE,
                    blank.lines.skip = FALSE, strip.white = FALSE)
  rows <- vapply(seq_len(nrow(frame)), function(row) paste0("[", paste0('"', vapply(frame[row, ], hex, ""), '"', collapse = ","), "]"), "")
  cat("[", paste(rows, collapse = ","), "]\\n", sep = "")
}
`;

async function readBy(program: string, script: string, paths: readonly string[]): Promise<Read[]> {
  const file = join(folder, 'script');
  await writeFile(file, script);
  const output = await run(program, [file, ...paths], folder);
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Read);
}

async function writeCsv(all: readonly Made[]): Promise<string[]> {
  const paths = all.map((_, at) => join(folder, `${at}.csv`));
  for (const [at, { table, read }] of all.entries())
    await pipeline(csvBytes(table, read), createWriteStream(paths[at] ?? ''));
  return paths;
}

/** Their names tell pandas which columns are numbers. */
const named = ({ table, ...made }: RandomTable): Made => ({
  ...made,
  table: {
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      name: `${column.type === 'numeric' ? 'n' : 't'}_${column.name}`,
    })),
  },
});
const someTables = fc.array(randomTable.map(named), { minLength: 15, maxLength: 15 });

const written = ({ type }: Pick<FileColumn, 'type'>, cell: Cell): string =>
  type === 'string' ? notAFormulaCell(String(cell ?? '')) : String(cell ?? '');
const cellsOf = ({ table, rows }: Made, shown: (column: FileColumn, cell: Cell) => Cell) =>
  rows.map((row) => row.map((cell, at) => shown(table.columns[at] as FileColumn, cell)));

test("Python's csv reads what was written", async () => {
  await fc.assert(
    fc.asyncProperty(someTables, async (all) => {
      const found = await readBy('/usr/bin/python3', PYTHON, await writeCsv(all));
      expect(found).toEqual(all.map((made) => cellsOf(made, written)));
    }),
    { numRuns: 5, endOnFailure: true },
  );
});

test('pandas reads the same numbers and texts', async () => {
  await fc.assert(
    fc.asyncProperty(someTables, async (all) => {
      const found = await readBy('/usr/bin/python3', PANDAS, await writeCsv(all));
      const shown = (column: FileColumn, cell: Cell) => {
        if (column.type !== 'numeric') return written(column, cell);
        return cell === null ? null : Number(cell) + 0;
      };
      const added = found.map((rows) =>
        rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell + 0 : cell))),
      );
      expect(added).toEqual(all.map((made) => cellsOf(made, shown)));
    }),
    { numRuns: 3, endOnFailure: true },
  );
});

test('R reads the same texts, with line breaks of its own', async () => {
  const unbroken = (text: string) => text.replaceAll(/\r\n?/g, '\n');
  await fc.assert(
    fc.asyncProperty(someTables, async (all) => {
      const found = await readBy('Rscript', R, await writeCsv(all));
      const texts = found.map((rows) =>
        rows.map((row) => row.map((cell) => unbroken(Buffer.from(String(cell), 'hex').toString()))),
      );
      expect(texts).toEqual(
        all.map((made) => cellsOf(made, (column, cell) => unbroken(written(column, cell)))),
      );
    }),
    { numRuns: 2, endOnFailure: true },
  );
});

test('long texts of every script are the same bytes in all', async () => {
  const texts = [
    'ы'.repeat(1000),
    '😀'.repeat(500),
    'שלום'.repeat(250),
    'Հայ'.repeat(333),
    '"a", \n'.repeat(300),
  ];
  const rows = texts.map((text, at) => [at, text]);
  const made = { ...aTable([{ name: 'n_pidp' }, { name: 'words', type: 'string' }], rows), rows };
  const paths = await writeCsv([made]);
  const expected = rows.map(([at, text]) => [String(at), text]);
  expect(await readBy('/usr/bin/python3', PYTHON, paths)).toEqual([expected]);
  expect(await readBy('/usr/bin/python3', PANDAS, paths)).toEqual([rows]);
  const [byR = []] = await readBy('Rscript', R, paths);
  expect(byR.map((row) => row.map((cell) => Buffer.from(String(cell), 'hex').toString()))).toEqual(expected);
});

test('Parquet and CSV of a table hold the same, but for what keeps spreadsheets from counting', async () => {
  const duck = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(randomTable.map(named), { minLength: 5, maxLength: 5 }), async (all) => {
        const fromCsv = await readBy('/usr/bin/python3', PYTHON, await writeCsv(all));
        for (const [at, { table, read }] of all.entries()) {
          const path = join(folder, 'rows.parquet');
          await writeParquet(table, read, path, { codebook: table.label['ru'] ?? '' }, folder);
          const found = await duck.runAndReadAll(
            `SELECT hex(COLUMNS(*)::VARCHAR) FROM read_parquet('${path}')`,
          );
          const shown = (found.getRowsJson() as (string | null)[][]).map((row) =>
            row.map((cell, column) => {
              const text = Buffer.from(cell ?? '', 'hex').toString();
              const { type } = table.columns[column] as FileColumn;
              if (type === 'numeric') return cell === null ? null : Number(text) + 0;
              if (type === 'month') return text.replace(/-01$/, '');
              return type === 'string' ? notAFormulaCell(text) : text.replace(' ', 'T').slice(0, 16);
            }),
          );
          const inCsv = fromCsv[at]?.map((row) =>
            row.map((cell, column) => {
              const { type } = table.columns[column] as FileColumn;
              if (type === 'numeric') return cell === '' ? null : Number(cell) + 0;
              return type === 'datetime' ? String(cell).slice(0, 16) : cell;
            }),
          );
          expect(shown).toEqual(inCsv);
          const kept = await duck.runAndReadAll(`SELECT hex(value) FROM parquet_kv_metadata('${path}')`);
          expect(kept.getRows()).toEqual([
            [
              Buffer.from(table.label['ru'] ?? '')
                .toString('hex')
                .toUpperCase(),
            ],
          ]);
          await rm(path);
        }
      }),
      { numRuns: 5, endOnFailure: true },
    );
  } finally {
    duck.closeSync();
  }
});
