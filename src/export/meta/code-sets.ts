import { type FileColumn, type FileReason, type FileTable } from '../format/file-table.js';

/** Codes and reasons with their words, shared by all columns that have the same. */
export interface CodeSet {
  /** From 1, in the order of first use. */
  nr: number;
  values: FileColumn['values'];
  missing: readonly FileReason[];
}

/** Gives each distinct set of codes and reasons one number; none for a column that has neither. */
export class CodeSets {
  private readonly bySignature = new Map<string, CodeSet>();

  constructor(tables: readonly FileTable[]) {
    for (const { columns } of tables) for (const column of columns) this.take(column);
  }

  of(column: FileColumn): CodeSet | undefined {
    return this.bySignature.get(signatureOf(column));
  }

  all(): CodeSet[] {
    return [...this.bySignature.values()];
  }

  private take(column: FileColumn): void {
    const { values, missing } = column;
    const signature = signatureOf(column);
    if (values.length + missing.length > 0 && !this.bySignature.has(signature))
      this.bySignature.set(signature, { nr: this.bySignature.size + 1, values, missing });
  }
}

const signatureOf = ({ values, missing }: FileColumn): string =>
  JSON.stringify([
    values.map(({ code, label }) => [code, label]),
    missing.map(({ code, stata, label }) => [code, stata, label]),
  ]);

/** Parts of a list, each of at most `size`. */
export function partsOf<T>(all: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < all.length; from += size) parts.push(all.slice(from, from + size));
  return parts;
}
