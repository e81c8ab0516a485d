import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { type ExportedFile, ExportService } from '../../../src/export/export.service.js';
import { type Services } from '../../../src/kit/cli.js';
import { anna } from '../../make/actors.js';

export type Row = Record<string, string>;

interface Book {
  files: {
    file: string;
    key: string[];
    variables: {
      name: string;
      type: string;
      label: Record<string, string>;
      values?: { code: number }[];
      missing: { code: number }[];
    }[];
  }[];
  leftOut: { file: string; why: Record<string, string> }[];
  notPooled: { variable: string; why: string[] }[];
}

/** The files of an export, read into memory. */
export interface Exported {
  written: ExportedFile[];
  book: Book;
  text(file: string): string;
  rows(file: string): Row[];
  /** The row of a person, who is known by the name of their cohort; `more` chooses among several. */
  row(file: string, who: string, more?: Row): Row | undefined;
  pidp(who: string): string;
  columns(file: string): Book['files'][number]['variables'];
}

export async function exported(services: Services, studyId: string): Promise<Exported> {
  const folder = await mkdtemp(join(tmpdir(), 'onward-export-'));
  const written = await services(ExportService).export(studyId, folder, anna);
  const texts = new Map<string, string>();
  for (const file of [...written.map((each) => each.file), 'codebook.json'])
    texts.set(file, await readFile(join(folder, file), 'utf8'));
  await rm(folder, { recursive: true });
  const text = (file: string) => texts.get(file) ?? '';
  const rows = (file: string) => parse(text(file), { columns: true }) as Row[];
  const book = JSON.parse(text('codebook.json')) as Book;
  const people = new Map(
    rows('xwave.csv').map((row) => [row['cohort']?.replace(/^'=/, ''), row['pidp'] ?? '']),
  );
  const pidp = (who: string) => people.get(who) ?? '';
  return {
    written,
    book,
    text,
    rows,
    pidp,
    row: (file, who, more = {}) =>
      rows(file).find(
        (row) =>
          row['pidp'] === pidp(who) && Object.entries(more).every(([name, cell]) => row[name] === cell),
      ),
    columns: (file) => book.files.find((each) => each.file === file)?.variables ?? [],
  };
}
