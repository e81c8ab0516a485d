import type { Evaluate, Scope } from './routing-run.js';
import type { Findings, Rule } from './verdict.js';

/** Where a value stands while it is checked. */
export interface Place {
  item: Item;
  /** Value name of the top-level item. */
  root: string;
  path: string;
  scope: Scope;
  findings: Findings;
  /** What the rows or entries inside turned out to be; set by domains that hold forms. */
  inner?: FormState[];
}

/** The values that an item may hold. */
export interface Domain {
  /** What kind of value it is; the class of the question for most. */
  kind: string;
  /** Anything may be written, so that spaces alone are no answer. */
  free?: boolean;
  /** Checks a value that is not blank and returns it canonically; undefined when refused or left out. */
  read(value: unknown, at: Place): unknown;
  /** What stands in an item that was left blank: computed cells of fixed rows. */
  fill?(at: Place): unknown;
  /** Checks what needs all other answers: limits by expression, what is required inside. */
  finish?(value: unknown, at: Place): void;
  /** A value that may pass, for synthetic answers; undefined when there is none. */
  sample(random: () => number, at: Place): unknown;
  /** How the stored value reads in expressions. */
  seen?(value: unknown): unknown;
  /** Does routing hide this row, column or choice? Undefined when the domain has no such part. */
  hidesPart?(part: Part, at: Place): boolean | undefined;
}

/** A part of an item in a path: `q[row]`, `q[row].rest`, `q.rest`, `q{choice}`, `q[row]{choice}`. */
export interface Part {
  choice?: string;
  row?: string;
  rest?: string;
}

/** A comment beside an item, stored under `key`. */
export interface CommentKey {
  key: string;
  maxLength: number;
  /** When it may be given: always, or only with certain answers. */
  allowed(value: unknown): boolean;
  /** When it must be given. */
  needed(value: unknown): boolean;
}

/** A question, compiled. */
export interface Item {
  name: string;
  /** The key under which its value is stored (its value name). */
  key: string;
  domain: Domain;
  container: number;
  visible?: Evaluate;
  enabled: Evaluate[];
  readOnly: boolean;
  /** What a read-only item may hold. */
  fixed?: unknown;
  required: boolean;
  requiredIf?: Evaluate;
  /** The key of a refusal, where the item takes one. */
  refusedKey?: string;
  comment?: CommentKey;
  /** Recomputed from other answers, whatever is sent. */
  computed?: Evaluate;
  /** Totals under a key of their own, by column; recomputed likewise. */
  totals?: { key: string; columns: { name: string; compute: Evaluate }[] };
  validators: ((value: unknown, scope: Scope) => Rule | undefined)[];
  /** Keys of the survey's own items on whose answers its routing and its choices depend. */
  needs: string[];
}

/** A page or a panel. */
export interface Container {
  name: string;
  parent: number;
  visible?: Evaluate;
  required: boolean;
  requiredIf?: Evaluate;
}

/** A value computed under a name of its own (`calculatedValues`). */
export interface Computed {
  name: string;
  compute: Evaluate;
  stored: boolean;
}

/** What one key of the answers is for. */
export interface KeyUse {
  item: number;
  use: 'value' | 'comment' | 'refused' | 'computed' | 'display';
}

/** Items that are answered together: the survey, an entry of a dynamic panel, a row of a matrix. */
export interface Form {
  items: Item[];
  containers: Container[];
  computed: Computed[];
  /** Items (from 0) and computed values (from -1 down) in the order in which they can be evaluated. */
  order: number[];
  /** True when `order` is not the questionnaire's own. */
  reordered: boolean;
  keys: Map<string, KeyUse>;
}

/** One form's answers, checked. */
export interface FormState {
  form: Form;
  scope: Scope;
  path: string;
  root: string;
  shown: boolean[];
  containers: (boolean | undefined)[];
  refused: boolean[];
  places: (Place | undefined)[];
}

/** No item may be called so: these keys reach into JavaScript's own objects. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** No text may be longer, whatever the questionnaire says. */
export const LONGEST_TEXT = 10_000;

/** survey-core's notion of no answer: nothing, an empty or blank text, an empty list, an object of such. */
export function isBlank(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (typeof value === 'string') return value.trim() === '';
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.length === 0;
  for (const key in value) if (!isBlank((value as Record<string, unknown>)[key])) return false;
  return true;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reports a broken rule at a place. */
export const refuse = (at: Place, rule: Rule, path = at.path): undefined => {
  at.findings.add(at.root, path, rule);
  return undefined;
};

export const pick = <T>(random: () => number, list: readonly T[]): T | undefined =>
  list[Math.floor(random() * list.length)];
