import { ValueGetter, VariableGetterContext } from 'survey-core';
import type { Choice } from './domain-choice.js';
import type { Evaluate, Scope } from './routing-run.js';

/** An item, a comment or a computed value that an expression can name. */
export interface Name {
  /** The key under which the value is stored. */
  key: string;
  /** The key of the item that it belongs to: what must be known before it can be read. */
  owner: string;
  /** How the stored value reads in an expression: choices with comments read as the plain choices. */
  seen?: ((value: unknown) => unknown) | undefined;
  /** Equality minds the order (rankings). */
  strict?: boolean;
  /** The choices that a select question shows, without the special ones; set when it is compiled. */
  offered?: (scope: Scope) => Choice[];
  /** The value of its "other" choice. */
  other?: Choice['value'];
  /** A computed value: read from the variables. */
  variable?: boolean;
}

export type ScopeKind = 'survey' | 'panel' | 'row';

/** What expressions inside one form can name; forms nest: survey, panel entry, matrix row. */
export class Names {
  private readonly byName = new Map<string, Name>();
  private readonly byQuestion = new Map<string, Name>();
  constructor(
    readonly kind: ScopeKind,
    readonly parent?: Names,
  ) {}

  /** @param question  the question's own name, which may differ from the key */
  declare(name: Name, question?: string): void {
    const lower = name.key.toLowerCase();
    if (!this.byName.has(lower)) this.byName.set(lower, name);
    if (question !== undefined) this.byQuestion.set(question, name);
  }

  question(name: string): Name | undefined {
    return this.byQuestion.get(name);
  }

  find(name: string): Name | undefined {
    return this.byName.get(name.toLowerCase());
  }

  get root(): Names {
    return this.parent ? this.parent.root : this;
  }
}

/** Which value an expression needs before it can be evaluated. */
export interface Need {
  names: Names;
  owner: string;
}

/** A variable of an expression, resolved. */
export interface Resolved {
  get: Evaluate;
  /** The value as it is stored, where that differs from what expressions read. */
  original?: Evaluate;
  need?: Need;
  strict?: boolean;
  /** What a reader of the whole survey would call it: the key at the top level. */
  root?: string;
  /** Not an item of this questionnaire: an earlier wave's answer or a variable of the caller. */
  outside?: boolean;
}

/** Why a variable cannot be compiled. */
export class Unresolvable extends Error {}

const UNSUPPORTED: Record<string, string> = {
  prevpanel: 'name the entry by its number instead',
  nextpanel: 'name the entry by its number instead',
  visiblepanelindex: 'use {panelIndex}',
  prevrow: 'name the row instead',
  nextrow: 'name the row instead',
  totalrow: 'name the matrix’s total, {matrix-total.column}, instead',
  visiblerowindex: 'use {rowIndex}',
  rowtitle: 'use {rowName}: texts change with the language',
  matrix: 'name the matrix itself',
  pageno: 'routing must not depend on where the respondent stands',
  pagecount: 'routing must not depend on where the respondent stands',
  questioncount: 'quiz scores are not answers',
  correctedanswers: 'quiz scores are not answers',
  correctanswers: 'quiz scores are not answers',
  correctedanswercount: 'quiz scores are not answers',
  incorrectedanswers: 'quiz scores are not answers',
  incorrectanswers: 'quiz scores are not answers',
  incorrectedanswercount: 'quiz scores are not answers',
  locale: 'routing must not depend on the language',
};

type Path = ReturnType<ValueGetter['getPath']>;

const walk = (value: unknown, path: Path): unknown =>
  new VariableGetterContext(value as Record<string, unknown>).getValue({ path, isRoot: true, index: -1 })
    ?.value;

const up = (levels: number): ((scope: Scope) => Scope) =>
  levels === 0
    ? (scope) => scope
    : levels === 1
      ? (scope) => scope.parent!
      : (scope) => up(levels - 1)(scope.parent!);

function levelsTo(names: Names, kind: ScopeKind, skip = 0): { names: Names; levels: number } | undefined {
  let levels = 0;
  for (let at: Names | undefined = names; at; at = at.parent, levels++) {
    if (at.kind === kind && skip-- === 0) return { names: at, levels };
  }
  return undefined;
}

function within(names: Names, levels: number, path: Path, text: string): Resolved | undefined {
  for (let length = path.length; length > 0; length--) {
    if (path.slice(0, length - 1).some((step) => step.index !== undefined)) continue;
    const name = names.find(
      path
        .slice(0, length)
        .map((step) => step.name)
        .join('.'),
    );
    if (name) return reader(names, levels, name, path, length, text);
  }
  return undefined;
}

function reader(names: Names, levels: number, name: Name, path: Path, used: number, text: string): Resolved {
  const toScope = up(levels);
  const { key } = name;
  const last = path[used - 1]!;
  const rest = path.slice(used);
  const need = { names, owner: name.owner };
  const root = names.kind === 'survey' ? { root: name.key } : {};
  const stored: Evaluate = name.variable
    ? (scope) => scope.run.variables[key.toLowerCase()]
    : levels === 0
      ? (scope) => scope.values[key]
      : (scope) => toScope(scope).values[key];
  const strict = name.strict && rest.length === 0 ? { strict: true } : {};
  if (rest.length === 0 && last.index === undefined) {
    const get: Evaluate = (scope) => {
      const value = stored(scope);
      return name.seen && value !== undefined ? name.seen(value) : value;
    };
    return { get, original: stored, need, ...strict, ...root };
  }
  const empty = text.endsWith('.length') ? 0 : null;
  const index = last.index;
  const get: Evaluate = (scope) => {
    let value = stored(scope);
    if (index !== undefined) {
      if (rest.length === 0) {
        const list = name.seen ? name.seen(value) : value;
        return Array.isArray(list) ? list[index < 0 ? list.length + index : index] : list;
      }
      value = Array.isArray(value) ? value[index < 0 ? value.length + index : index] : undefined;
    }
    return walk(value, rest) ?? empty;
  };
  return { get, need, ...root };
}

/**
 * Resolves a variable of an expression as survey-core would, once and for all.
 * @param self  name of the item that the expression belongs to, for `{self}`
 * @throws Unresolvable for what depends on navigation, language, screens or the order of events
 */
export function resolveName(text: string, names: Names, choice: boolean, self?: string): Resolved {
  if (text.startsWith('$'))
    throw new Unresolvable('it reads a property of an element; compare answers instead');
  const path = new ValueGetter().getPath(text);
  const first = path[0]!.name.toLowerCase();
  if (path.length === 1) {
    if (choice && ['item', 'choice', 'self'].includes(first)) return { get: (_scope, value) => value };
    if (first === 'self' && self !== undefined)
      return within(names, 0, new ValueGetter().getPath(self), self)!;
    const row = levelsTo(names, 'row');
    if (row && ['item', 'rowname', 'rowvalue'].includes(first)) {
      const toRow = up(row.levels);
      return { get: (scope) => toRow(scope).row };
    }
    if (row && first === 'rowindex') {
      const toRow = up(row.levels);
      return { get: (scope) => toRow(scope).index + 1 };
    }
    const panel = levelsTo(names, 'panel');
    if (panel && first === 'panelindex') {
      const toPanel = up(panel.levels);
      return { get: (scope) => toPanel(scope).index };
    }
  } else {
    const kind = first === 'row' ? 'row' : first === 'panel' || first === 'parentpanel' ? 'panel' : undefined;
    const found = kind && levelsTo(names, kind, first === 'parentpanel' ? 1 : 0);
    if (found) {
      const resolved = within(found.names, found.levels, path.slice(1), text);
      if (!resolved) throw new Unresolvable('there is no such item beside it');
      return resolved;
    }
    if (kind && !names.root.find(first)) throw new Unresolvable('it stands outside of such a row or panel');
  }
  const unsupported = UNSUPPORTED[first];
  if (unsupported && !names.root.find(first)) throw new Unresolvable(unsupported);
  const depth = depthOf(names);
  const known = within(names.root, depth, path, text);
  if (known) return known;
  const empty = text.endsWith('.length') ? 0 : null;
  return { get: (scope) => walk(scope.run.variables, path) ?? empty, outside: true };
}

const depthOf = (names: Names): number => (names.parent ? 1 + depthOf(names.parent) : 0);

/** The item or computed value of the survey itself that a variable names, read as outside of any row or panel. */
export function surveyName(text: string, names: Names): Name | undefined {
  const path = new ValueGetter().getPath(text);
  for (let length = path.length; length > 0; length--) {
    const steps = path.slice(0, length);
    const name = names.root.find(steps.map((step) => step.name).join('.'));
    if (name && steps.slice(0, -1).every((step) => step.index === undefined)) return name;
  }
  return undefined;
}

/** Names that mean something beside the survey's own items where rows, entries or choices are. */
export const LOCAL_NAMES: ReadonlySet<string> = new Set([
  ...[
    'panel',
    'parentpanel',
    'panelindex',
    'row',
    'rowindex',
    'rowname',
    'rowvalue',
    'item',
    'choice',
    'self',
  ],
]);
