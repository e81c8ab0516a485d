import type { MissingKey } from '../missing.js';

/** A text by locale, such as `{ en: 'Country', ru: 'Страна' }`. */
export type Texts = Record<string, string>;

/** One category: the number in the data, the value in the answers, its words. */
export interface ValueLabel {
  code: number;
  value: unknown;
  label: Texts;
}

/** How a cell is read from the value that `Source.at` leads to. */
export type Read =
  | { as: 'number' }
  | { as: 'text' }
  /** One choice; `other` is the code of a value outside the list, where an own answer is stored in the value. */
  | { as: 'code'; other?: number }
  | { as: 'boolean'; yes: unknown; no: unknown }
  /** 1 when the choice is among the chosen, else 0. */
  | { as: 'chosen'; choice: unknown }
  | { as: 'rank'; choice: unknown }
  /** One end of a range. */
  | { as: 'end'; index: 0 | 1 }
  | { as: 'count' }
  /** Names of files, or values of an open list, in one text. */
  | { as: 'list' }
  | { as: 'present' }
  /** What was written beside "other"; `known` are the values of the list. */
  | { as: 'otherText'; choice: unknown; comment: string[]; known: unknown[] }
  | { as: 'choiceText'; choice: unknown }
  /** Position, from 1, of the entry at this level (from 0) of the child table, whose parent and keys `of` names. */
  | { as: 'index'; level: number; of: { parent: string; at: string[] } }
  /** A part of the earlier answer that was fed to an item; its value is read like the item's own. */
  | { as: 'fed'; item: string; part: 'value'; like: Read }
  | { as: 'fed'; item: string; part: Exclude<FedPart, 'value'> };

/** What is kept of an earlier answer: itself, its wave, age and words, what became of it, and how it was used. */
export type FedPart = 'value' | 'wave' | 'age' | 'text' | 'outcome' | 'mode';

/** Where in the answers (or in an entry of a child table) a variable's value stands, and how to read it. */
export interface Source {
  /** Keys from the answers, or from the entry, to the value. */
  at: string[];
  read: Read;
  /** True for the companion of a text or date: the cell holds the reason for which the other has no value. */
  reason: boolean;
  /** Key, beside the item, that says that the item was refused. */
  refusal: string | null;
  /** Values that are the missing reasons "refused" and "don't know". */
  refused: unknown[];
  dontKnow: unknown[];
  /** Property in which an entry of a multiple answer keeps its value (`valuePropertyName`, or `value`). */
  wrap: string | null;
  /** Paths of which none may be hidden by routing, outermost first; `[]` marks a level of a child table. */
  guards: string[];
}

/** A column of the data: what it is called, what it means, and how it is read from the answers. */
export interface Variable {
  name: string;
  /** `main`, or the child table of a dynamic panel or matrix. */
  table: string;
  type: 'numeric' | 'string' | 'date' | 'datetime';
  measure: 'nominal' | 'ordinal' | 'scale';
  label: Texts;
  /** The whole question as asked. */
  question: Texts;
  values?: ValueLabel[];
  universe: { expression: string | null; text?: Texts };
  concept?: string;
  /** Name of the item at the top level that the cell belongs to. */
  item: string;
  /** Cell path: `q`, `q[row]`, `q[row].column`, `q{choice}`, `panel[].item`. */
  path: string;
  source: Source;
  /** Position, from 0, of the page that the item stands on; −1 for what stands on none. */
  page: number;
  /** The last page that its routing depends on; −1 when nothing does. */
  routedBy: number;
  /** Computed from other answers: never asked, so never left blank. */
  computed: boolean;
  /** Whether a legitimate value may be below zero; then missing reasons have their long codes. */
  negatives: boolean;
  missing: MissingKey[];
  /** Name of the item whose earlier answer stands in this cell when it was confirmed. */
  confirms?: string;
}

/** A table of the data that a questionnaire yields: `main` has one row a case, a child table one an entry. */
export interface VariableTable {
  name: string;
  parent: string | null;
  label: Texts;
  /** Keys that lead from the parent's row to the entries. */
  at: string[];
  /** The item or template path, such as `household[].schools`. */
  path: string;
  /** Names of the index columns of this table, outermost first; none for `main`. */
  index: string[];
}
