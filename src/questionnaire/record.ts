import { missingCode, type MissingKey } from './missing.js';
import { confirmedValue, fedDecoder, type FedCell, feedSettler, type Settled } from './record-feed.js';
import { Lost, reader } from './record-read.js';
import type { Read, Variable } from './variable/variable.js';

export type { FedCell } from './record-feed.js';

/** Version of the way answers become a record; raise it when a record of the same answers would differ. */
export const CODER = '2';

export type Cell = number | string | null;
export type Row = Record<string, Cell>;

/** What a record needs to know besides the answers. */
export interface RecordContext {
  /** True for a cell path that routing hides, such as `q`, `q[row].column` or `panel[0].item`. */
  inapplicable: (path: string) => boolean;
  /** Position, from 0, of the furthest page reached; −1 for none. */
  reachedPage: number | 'submitted';
  /** Earlier answers by the item that they were fed to; `place` is the last known country. */
  fed?: Readonly<Record<string, FedCell>>;
}

/** The same with the earlier answers as they go into the cells, worked out once a record. */
type Known = RecordContext & { settled?: ReadonlyMap<string, Settled> };

/** One person's answers coded by the questionnaire's variables: the main row, and the rows of each child table. */
export interface CodedRecord {
  main: Row;
  children: Record<string, Row[]>;
}

type Holder = Readonly<Record<string, unknown>>;
export type Recorder = (answers: Holder, context: RecordContext) => CodedRecord;

type WriteCell = (holder: Holder, indexes: readonly number[], context: Known) => Cell;

interface Table {
  name: string;
  columns: { name: string; cell: WriteCell }[];
  children: ChildTable[];
}
interface ChildTable extends Table {
  /** Keys from the parent's row to the entries. */
  at: string[];
  /** Whether the item, at an entry of the parent, is hidden. */
  hidden: (indexes: readonly number[], context: Known) => boolean;
}

/**
 * Prepares the coding of answers by variables, once a questionnaire version; the recorder itself takes microseconds.
 * Numbers, codes of choices and ISO dates are written as they are, booleans as 0/1. A number that is missing holds its
 * reason (−1 … −9); a text or date is null and its companion `…_mis` holds the reason, else null. What is computed and
 * came to nothing is null. An item whose earlier answer was confirmed holds that, though routing hides it.
 */
export function makeRecorder(variables: readonly Variable[]): Recorder {
  const names = [...new Set(variables.map((variable) => variable.table))].filter((name) => name !== 'main');
  const main: Table = {
    name: 'main',
    columns: columnsOf('main', variables),
    children: childrenOf('main', variables),
  };
  const settle = feedSettler(variables);
  return (answers, context) => {
    const children: Record<string, Row[]> = {};
    for (const name of names) children[name] = [];
    const known = settle ? { ...context, settled: settle(context.fed ?? {}) } : context;
    const row = writeRow(main, answers, [], known, children);
    return { main: row, children };
  };
}

const columnsOf = (table: string, variables: readonly Variable[]): Table['columns'] =>
  variables
    .filter((variable) => variable.table === table)
    .map((variable) => ({ name: variable.name, cell: cellWriter(variable) }));

function childrenOf(parent: string, variables: readonly Variable[]): ChildTable[] {
  const children = new Map<string, ChildTable>();
  for (const { table, source } of variables) {
    if (source.read.as !== 'index' || source.read.of.parent !== parent || children.has(table)) continue;
    children.set(table, {
      name: table,
      columns: columnsOf(table, variables),
      children: childrenOf(table, variables),
      at: source.read.of.at,
      hidden: hiddenAt(source.guards.slice(0, -1)),
    });
  }
  return [...children.values()];
}

function writeRow(
  table: Table,
  holder: Holder,
  indexes: readonly number[],
  context: Known,
  children: Record<string, Row[]>,
): Row {
  const row: Row = {};
  for (const { name, cell } of table.columns) row[name] = cell(holder, indexes, context);
  for (const child of table.children) {
    if (child.hidden(indexes, context)) continue;
    entriesAt(holder, child.at).forEach((entry, position) => {
      children[child.name]?.push(writeRow(child, entry, [...indexes, position], context, children));
    });
  }
  return row;
}

/** The entries of a dynamic item; what is no object counts as an entry with nothing in it. */
function entriesAt(holder: Holder, at: readonly string[]): Holder[] {
  let here: unknown = holder;
  for (const key of at) here = isHolder(here) && Object.hasOwn(here, key) ? here[key] : undefined;
  return Array.isArray(here) ? here.map((entry: unknown) => (isHolder(entry) ? entry : {})) : [];
}

const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null;

/** Whether routing hides any of these paths at an entry; their `[]` are filled with its indexes, outermost first. */
function hiddenAt(guards: readonly string[]): ChildTable['hidden'] {
  const templates = guards.map((guard) => guard.split('[]'));
  return (indexes, context) => {
    for (const parts of templates) {
      let path = parts[0] as string;
      for (let level = 1; level < parts.length; level++) path += `[${indexes[level - 1]}]${parts[level]}`;
      if (context.inapplicable(path)) return true;
    }
    return false;
  };
}

function cellWriter(variable: Variable): WriteCell {
  const { read } = variable.source;
  if (read.as === 'index') return (_holder, indexes) => (indexes[read.level] ?? 0) + 1;
  if (read.as === 'fed') return fedWriter(variable, read);
  const asked = askedWriter(variable);
  const { confirms, source } = variable;
  if (confirms === undefined) return asked;
  return (holder, indexes, context) => {
    const confirmed = confirmedValue(context.settled?.get(confirms));
    if (confirmed === undefined) return asked(holder, indexes, context);
    return source.reason ? null : confirmed;
  };
}

/** A part of an earlier answer; what was not fed is inapplicable. */
function fedWriter(variable: Variable, read: Extract<Read, { as: 'fed' }>): WriteCell {
  const decode = fedDecoder(read.part);
  const written = writer(variable.type !== 'numeric', variable.source.reason, variable.negatives);
  return (_holder, _indexes, { settled }) => {
    const decoded = decode(settled?.get(read.item));
    return decoded instanceof Lost ? written(decoded.reason) : variable.source.reason ? null : decoded;
  };
}

/** A cell of what was asked or computed. */
function askedWriter(variable: Variable): WriteCell {
  const { source, page, routedBy, computed, negatives } = variable;
  const hidden = hiddenAt(source.guards);
  const decode = reader(variable);
  const written = writer(variable.type !== 'numeric', source.reason, negatives);
  return (holder, indexes, context) => {
    const reached = context.reachedPage === 'submitted' ? Infinity : context.reachedPage;
    if (hidden(indexes, context))
      return written(page > reached && routedBy > reached ? 'brokeOff' : 'inapplicable');
    const decoded = decode(holder);
    if (decoded === undefined)
      return written(page > reached ? 'brokeOff' : computed ? undefined : 'leftBlank');
    return decoded instanceof Lost ? written(decoded.reason) : source.reason ? null : decoded;
  };
}

/** What a cell without a value holds, prepared for each reason. */
function writer(
  companion: boolean,
  reason: boolean,
  negatives: boolean,
): (key: MissingKey | undefined) => Cell {
  if (companion && !reason) return () => null;
  return (key) => (key === undefined ? null : missingCode(key, negatives && !reason));
}
