import { type Texts } from '../../src/questionnaire/variable/variable.js';
import { notAFormulaCell } from '../../src/kit/csv.js';

/** A variable and a file as codebook.json describes them. */
export interface Described {
  name: string;
  type: 'numeric' | 'string' | 'date' | 'month' | 'datetime';
  label: Texts;
  item?: string;
  values?: { code: number; label: Texts; count: number }[];
  missing: { code: number; stata: string; label: Texts; count: number }[];
}
export interface DescribedFile {
  file: string;
  label: Texts;
  key: string[];
  rows: number;
  variables: Described[];
}

/**
 * The cells of a file by column as texts that all programs have in common: a number, the code of a missing reason, YYYY-MM-DD, YYYY-MM, a text;
 * empty for no value.
 */
export type Cells = Record<string, string[]>;

/** @param cellsOf  the cells of a column as a program gave them, in the common form */
export const byColumn = (
  variables: readonly Described[],
  cellsOf: (variable: Described) => string[],
): Cells => Object.fromEntries(variables.map((variable) => [variable.name, cellsOf(variable)]));

/** Labels as a program showed them in a language: of each variable, and of its values and reasons by code. */
export type Labels = Record<string, { label: string; values: Record<string, string> }>;

/** A file as a program read it. */
export interface Reading {
  file: DescribedFile;
  /** How many variables the program sees. */
  width: number;
  cells: Cells;
  /** By language. */
  labels: Record<string, Labels>;
}

/** What the cells of a CSV file say. An apostrophe that keeps a spreadsheet from counting belongs to the file, not to the text. */
export function cellsInCsv({ variables }: DescribedFile, cells: Cells): Cells {
  return byColumn(variables, ({ name, type }) =>
    (cells[name] ?? []).map((cell) => {
      if (type === 'string') return notAFormulaCell(cell.slice(1)) === cell ? cell.slice(1) : cell;
      return type === 'numeric' && cell !== '' ? String(Number(cell)) : cell;
    }),
  );
}

/** All labels in a language as the codebook has them. */
export const wholeLabels = (variables: readonly Described[], locale: string): Labels =>
  Object.fromEntries(
    variables.map(({ name, label, values = [], missing }) => [
      name,
      {
        label: label[locale] ?? '',
        values: Object.fromEntries(
          [...values, ...missing].map(({ code, label: of }) => [String(code), of[locale] ?? '']),
        ),
      },
    ]),
  );

/** What a program read that does not stand in the CSV file, or not so. */
export function wrongCells(
  release: { cells: Record<string, Cells> },
  { file, cells }: Reading,
  tells = (cell: string) => cell,
): string[] {
  const expected = cellsInCsv(file, release.cells[file.file] ?? {});
  return file.variables.flatMap(({ name, type }) => {
    const [read = [], given = []] = [cells[name], expected[name]];
    const told = type === 'string' ? given : given.map(tells);
    if (read.length !== given.length)
      return [`${file.file}.${name} has ${read.length} cells for ${given.length}`];
    const row = told.findIndex((cell, at) => cell !== read[at]);
    return row < 0 ? [] : [`${file.file}.${name}, row ${row}: ${read[row]} for ${told[row]}`.slice(0, 300)];
  });
}

/** A label of which as much has room as stands there; the whole one where `most` is not reached. */
const isLabelOf = (whole: string, shown: string | undefined, most: number): boolean =>
  shown === whole.trimEnd() ||
  (shown !== undefined &&
    shown.length * 4 > most &&
    Buffer.byteLength(whole) > most &&
    whole.startsWith(shown));

/** @param most  bytes that a label of a variable and of a value may take */
export function wrongLabels(
  { file }: Reading,
  shown: Labels,
  locale: string,
  most: [number, number],
): string[] {
  const whole = wholeLabels(file.variables, locale);
  return file.variables.flatMap(({ name }) => {
    const [is, should] = [shown[name], whole[name]];
    const wrong = Object.entries(should?.values ?? {}).filter(
      ([code, words]) => !isLabelOf(words, is?.values[code], most[1]),
    );
    return [
      ...(isLabelOf(should?.label ?? '', is?.label, most[0]) ? [] : [`${file.file}.${name}: ${is?.label}`]),
      ...wrong.map(([code]) => `${file.file}.${name}: ${locale} ${code} is ${is?.values[code]}`),
    ];
  });
}
