import type { FeedMode, FeedOutcome } from './feed/feed.js';
import { type Decoded, Lost, readerOfValue } from './record-read.js';
import type { FedPart, Variable } from './variable/variable.js';

/** An earlier answer that was fed to an item, and what became of it; only outcome and mode where there was none. */
export interface FedCell {
  /** As it was stored then. */
  value?: unknown;
  /** Number of its wave, a is 1; 0 stands for between waves. */
  wave?: number;
  /** Whole months from that interview to this one. */
  age?: number;
  /** Its words in the language of this interview; empty where they were not to be shown. */
  text?: string;
  outcome: FeedOutcome;
  mode: FeedMode;
}

/** An earlier answer as it goes into the cells: read once by this version's codes. */
export interface Settled {
  value: Decoded;
  cell: FedCell;
  /** An answer that this version does not know cannot be confirmed in it. */
  outcome: FeedOutcome;
}

type Settle = (fed: Readonly<Record<string, FedCell>>) => ReadonlyMap<string, Settled>;

const OUTCOME_CODES: Record<FeedOutcome, number> = { confirmed: 1, changed: 2, disputed: 3, not_shown: 4 };
const MODE_CODES: Record<FeedMode, number> = { independent: 1, proactive: 2, reactive: 3 };

/** Prepares the reading of earlier answers by the codes of a questionnaire version; null where it uses none. */
export function feedSettler(variables: readonly Variable[]): Settle | null {
  const readers = variables.flatMap((variable) => {
    const { read, reason } = variable.source;
    return read.as === 'fed' && read.part === 'value' && !reason
      ? [{ item: read.item, decode: readerOfValue(read.like, variable) }]
      : [];
  });
  if (readers.length === 0) return null;
  return (fed) => {
    const settled = new Map<string, Settled>();
    for (const { item, decode } of readers) {
      const cell = fed[item];
      if (!cell) continue;
      const read = decode(cell.value);
      const value = read instanceof Lost ? Lost.error : read;
      const readable = value !== undefined && value !== Lost.error;
      const outcome = cell.outcome === 'confirmed' && !readable ? 'not_shown' : cell.outcome;
      settled.set(item, { value, cell, outcome });
    }
    return settled;
  };
}

/** Code of an earlier answer that was confirmed; undefined where none was. */
export const confirmedValue = (settled: Settled | undefined): number | string | undefined =>
  settled?.outcome === 'confirmed' && !(settled.value instanceof Lost) ? settled.value : undefined;

/** What a cell holds of an earlier answer. */
export function fedDecoder(part: FedPart): (settled: Settled | undefined) => number | string | Lost {
  if (part === 'outcome') return (settled) => OUTCOME_CODES[settled?.outcome ?? 'not_shown'];
  if (part === 'mode') return (settled) => (settled ? MODE_CODES[settled.cell.mode] : Lost.inapplicable);
  if (part === 'value') return (settled) => settled?.value ?? Lost.inapplicable;
  if (part === 'text') return (settled) => settled?.cell.text || Lost.inapplicable;
  return (settled) => settled?.cell[part] ?? Lost.inapplicable;
}
