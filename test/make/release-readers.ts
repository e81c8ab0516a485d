import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { type ReadCell, readByHaven, readByPandas, readByReadstata13, run } from './dta-readers.js';
import {
  byColumn,
  type Described,
  type DescribedFile,
  type Labels,
  type Reading,
  wholeLabels,
} from './release-cells.js';
import { readSavByHaven, readSavByPspp } from './sav-readers.js';

const DAY = 86_400_000;
/** Of Stata and of SPSS, by the calendar of ECMAScript. */
const STATA_EPOCH = Date.UTC(1960, 0, 1);
const SPSS_EPOCH = Date.UTC(1582, 9, 14);

const LENGTH = { date: 10, month: 7, datetime: 19 } as const;
const momentOf = (type: keyof typeof LENGTH, ms: number): string =>
  new Date(ms).toISOString().slice(0, LENGTH[type]);

/** A number of Stata: as it is, or days, months, milliseconds from 1960; a letter is the code of its reason. */
function fromStata({ type, missing }: Described, cell: ReadCell): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'object') {
    if (cell.missing === '.') return '';
    return String(missing.find(({ stata }) => stata === cell.missing)?.code ?? cell.missing);
  }
  if (type === 'date') return momentOf(type, STATA_EPOCH + cell * DAY);
  if (type === 'datetime') return momentOf(type, STATA_EPOCH + cell);
  return type === 'month' ? momentOf(type, Date.UTC(1960, cell)) : String(cell);
}

const labelled = (
  variables: readonly Described[],
  shown: (name: string) => { label: string; values: Record<string, string> } | undefined,
): Labels =>
  Object.fromEntries(
    variables.map((variable) => {
      const { label = '', values = {} } = shown(variable.name) ?? {};
      const byCode = Object.entries(values).map(([code, words]) => [fromLetter(variable, code), words]);
      return [variable.name, { label, values: Object.fromEntries(byCode) as Record<string, string> }];
    }),
  );
const fromLetter = ({ missing }: Described, code: string): string =>
  String(missing.find(({ stata }) => stata === code)?.code ?? code);

/** Reads all files of a folder, each program in one process. @param main  the language of the labels that stand first */
export function readersOf(folder: string, files: readonly DescribedFile[], main: string) {
  const paths = (ending: string) => files.map(({ file }) => join(folder, `${file}.${ending}`));
  const stata = async (read: typeof readByHaven): Promise<Reading[]> => {
    const all = await read(paths('dta'));
    return files.map((file, nr) => {
      const columns = new Map(all[nr]?.columns.map((column) => [column.name, column]));
      return {
        file,
        width: columns.size,
        cells: byColumn(file.variables, (variable) =>
          (columns.get(variable.name)?.cells ?? []).map((cell) => fromStata(variable, cell)),
        ),
        labels: { [main]: labelled(file.variables, (name) => columns.get(name)) },
      };
    });
  };
  return {
    'haven, .dta': () => stata(readByHaven),
    'pandas, .dta': () => stata(readByPandas),
    async 'readstata13, .dta'(): Promise<Reading[]> {
      const all = await readByReadstata13(paths('dta'));
      return files.map((file, nr) => {
        const { columns = [], languages = {} } = all[nr] ?? {};
        const read = new Map(columns.map((column) => [column.name, column]));
        return {
          file,
          width: read.size,
          cells: byColumn(file.variables, (variable) =>
            (read.get(variable.name)?.cells ?? []).map((cell) => fromStata(variable, cell)),
          ),
          labels: Object.fromEntries(
            Object.entries(languages).map(([locale, of]) => [
              locale,
              labelled(file.variables, (name) => of[name]),
            ]),
          ),
        };
      });
    },
    async 'haven, .sav and .zsav'(): Promise<Reading[]> {
      const all = await readSavByHaven([...paths('sav'), ...paths('zsav')]);
      return [...files, ...files].map((file, nr) => {
        const columns = new Map(all[nr]?.columns.map((column) => [column.name, column]));
        const cell = ({ type }: Described, given: number | string | null): string => {
          if (given === null || typeof given === 'string') return given ?? '';
          if (type === 'numeric' || type === 'string') return String(given);
          // haven knows the days of SPSS, and leaves its months.
          return momentOf(type, given * 1000 + (type === 'month' ? SPSS_EPOCH : 0));
        };
        return {
          file,
          width: columns.size,
          cells: byColumn(file.variables, (variable) =>
            (columns.get(variable.name)?.cells ?? []).map((given) => cell(variable, given)),
          ),
          labels: { [main]: labelled(file.variables, (name) => columns.get(name)) },
        };
      });
    },
    async 'PSPP, .sav and .zsav'(): Promise<Reading[]> {
      const all = await readSavByPspp([...paths('sav'), ...paths('zsav')]);
      return [...files, ...files].map((file, nr) => {
        const { rows = [], attributes = {}, missing = {} } = all[nr] ?? {};
        const cell = ({ type }: Described, given: string): string => {
          if (type === 'string' || given.trim() === '') return given.trimEnd();
          if (type === 'numeric') return String(Number(given));
          const [month = '', day = '', year = ''] = given.slice(0, 10).split('/');
          return `${year}-${month}-${day}${given.slice(10).replace(' ', 'T')}`.slice(0, LENGTH[type]);
        };
        return {
          file,
          width: Object.keys(missing).length,
          cells: byColumn(file.variables, (variable) => {
            const at = file.variables.indexOf(variable);
            return rows.map((row) => cell(variable, row[at] ?? ''));
          }),
          labels: { en: labelled(file.variables, (name) => fromAttributes(attributes[name])) },
        };
      });
    },
    async 'readstat, .dta, .sav and .zsav'(): Promise<Reading[]> {
      const read: Reading[] = [];
      for (const ending of ['dta', 'sav', 'zsav'])
        for (const file of files) {
          const text = await run('readstat', [join(folder, `${file.file}.${ending}`), '-'], folder);
          const [names = [], ...rows] = parse(text) as string[][];
          const cell = (variable: Described, given: string): string => {
            if (variable.type === 'string' || given === '') return given;
            const number = Number(given);
            if (ending === 'dta') return fromStata(variable, number);
            return variable.type === 'numeric'
              ? String(number)
              : momentOf(variable.type, SPSS_EPOCH + number * 1000);
          };
          const cells = byColumn(file.variables, (variable) => {
            const at = file.variables.indexOf(variable);
            return rows.map((row) => cell(variable, row[at] ?? ''));
          });
          read.push({ file, width: names.length, cells, labels: {} });
        }
      return read;
    },
    async 'DuckDB, .parquet'(): Promise<Reading[]> {
      const script = join(import.meta.dirname, 'release-duckdb.mjs');
      const output = await run(process.execPath, [script, ...paths('parquet')], folder);
      return output
        .trim()
        .split('\n')
        .map((line, nr): Reading => {
          const file = files[nr] as DescribedFile;
          const { columns, metadata } = JSON.parse(line) as {
            columns: Record<string, (string | null)[]>;
            metadata: { codebook: string };
          };
          const described = JSON.parse(metadata.codebook) as DescribedFile;
          const cells = byColumn(file.variables, ({ name, type }) =>
            (columns[name] ?? []).map((cell) => {
              if (cell === null || type === 'string') return cell ?? '';
              if (type === 'numeric') return String(Number(cell));
              return cell.replace(' ', 'T').slice(0, LENGTH[type]);
            }),
          );
          const labels = Object.keys(file.label).map((locale): [string, Labels] => [
            locale,
            wholeLabels(described.variables, locale),
          ]);
          return { file, width: Object.keys(columns).length, cells, labels: Object.fromEntries(labels) };
        });
    },
  };
}

/** What the other language has in SPSS: `label_en`, and `values_en` with an entry `1=Yes` for each code. */
function fromAttributes(of: Record<string, string[]> = {}): Labels[string] {
  const values = (of['values_en'] ?? []).map((entry) => /^(-?\d+)=(.*)$/s.exec(entry)?.slice(1) ?? []);
  return { label: of['label_en']?.[0] ?? '', values: Object.fromEntries(values) as Record<string, string> };
}

/** How often PSPP finds each number, and which are missing, by file and variable: a line of `FREQUENCIES` each. */
export async function countedByPspp(
  folder: string,
  files: readonly DescribedFile[],
): Promise<Map<string, Record<string, { count: number; isMissing: boolean }>>> {
  const found = new Map<string, Record<string, { count: number; isMissing: boolean }>>();
  const commands = files.map(
    ({ file }) => `GET FILE='${file}.sav'.\nECHO 'FILE ${file}'.\nFREQUENCIES ALL.\n`,
  );
  const path = join(folder, 'frequencies.sps');
  await writeFile(path, ['SET TVARS=NAMES TNUMBERS=VALUES.\n', ...commands].join(''));
  const output = await run('pspp', ['-O', 'format=csv', path], folder);
  let file = '';
  for (const table of output.split(/^(?=Table: |.*FILE \w+"?$)/m)) {
    file = /FILE (\w+)"?$/m.exec(table)?.[1] ?? file;
    const [, name] = /^Table: (\w+)\n/.exec(table) ?? [];
    if (name === undefined || name === 'Statistics') continue;
    const rows = parse(table.slice(table.indexOf('\n') + 1), { relax_column_count: true }) as string[][];
    let kind = '';
    const counts: Record<string, { count: number; isMissing: boolean }> = {};
    for (const [first = '', value = '', count = ''] of rows.slice(1)) {
      kind = first || kind;
      if (kind !== 'Total') counts[value] = { count: Number(count), isMissing: kind === 'Missing' };
    }
    found.set(`${file}.${name}`, counts);
  }
  return found;
}
