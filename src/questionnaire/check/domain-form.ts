import { type Domain, type Form, type FormState, type Place, isBlank, isObject, refuse } from './domain.js';
import { finishForm, hidesInForm, readForm, sampleForm } from './check-form.js';
import type { Evaluate, Scope } from './routing-run.js';

const entryScope = (at: Place, values: Record<string, unknown>, index: number, row?: unknown): Scope => ({
  run: at.scope.run,
  values,
  index,
  row,
  parent: at.scope,
});

/** Several named texts under one item. Its items name the survey's values, as their own form would. */
export function multipleTextDomain(form: Form): Domain {
  const open = (value: Record<string, unknown>, at: Place): FormState => {
    const state = readForm(form, value, entryScope(at, {}, 0), `${at.path}.`, at.root, at.findings);
    at.inner = [state];
    return state;
  };
  return {
    kind: 'multipletext',
    read(value, at) {
      if (!isObject(value)) return refuse(at, 'wrong_type');
      const held = open(value, at).scope.values;
      return isBlank(held) ? undefined : held;
    },
    finish(value, at) {
      if (value === undefined && !at.inner) open({}, at);
      for (const state of at.inner ?? []) finishForm(state, at.findings);
    },
    sample: (random, at) => sampleForm(form, entryScope(at, {}, 0), random),
    hidesPart: (part, at) => hidesInForm(at.inner?.[0], part.rest ?? part.row ?? ''),
  };
}

/** A matrix whose columns are items of their own, with fixed rows. */
export interface TableSpec {
  form: Form;
  rows: { value: string; visible?: Evaluate | undefined }[];
  unique: string[];
  caseSensitive: boolean;
}

/** The answers of a matrix with columns of several kinds: an object of rows, each an object of columns. */
export function tableDomain(spec: TableSpec): Domain {
  const rows = new Map(spec.rows.map((row) => [row.value, row]));
  const shows = (row: TableSpec['rows'][number], at: Place) =>
    !row.visible || row.visible(at.scope, row.value) === true;
  const readRow = (value: unknown, row: string, index: number, at: Place): FormState | undefined => {
    const path = `${at.path}[${row}]`;
    if (!isObject(value)) return refuse(at, 'wrong_type', path);
    return readForm(spec.form, value, entryScope(at, {}, index, row), `${path}.`, at.root, at.findings);
  };
  const open = (value: Record<string, unknown>, at: Place): Record<string, unknown> => {
    const held: Record<string, unknown> = {};
    at.inner = [];
    spec.rows.forEach((row, index) => {
      const given = Object.hasOwn(value, row.value) ? value[row.value] : undefined;
      if (!shows(row, at)) {
        if (!isBlank(given)) at.findings.hidden(at.root, `${at.path}[${row.value}]`);
        return;
      }
      const state = readRow(given ?? {}, row.value, index, at);
      if (!state) return;
      at.inner!.push(state);
      if (!isBlank(state.scope.values)) held[row.value] = state.scope.values;
    });
    return held;
  };
  const fill = (at: Place): unknown => {
    const held = open({}, at);
    return isBlank(held) ? undefined : held;
  };
  return {
    kind: 'matrixdropdown',
    ...(spec.form.items.some((item) => item.computed) ? { fill } : {}),
    read(value, at) {
      if (!isObject(value)) return refuse(at, 'wrong_type');
      for (const key of Object.keys(value)) if (!rows.has(key)) return refuse(at, 'unknown_key');
      const held = open(value, at);
      return isBlank(held) ? undefined : held;
    },
    finish(_value, at) {
      if (!at.inner) open({}, at);
      for (const state of at.inner!) finishForm(state, at.findings);
      uniqueInRows(at.inner!, spec.unique, spec.caseSensitive, at);
    },
    sample(random, at) {
      const sampled: Record<string, unknown> = {};
      spec.rows.forEach((row, index) => {
        if (shows(row, at))
          sampled[row.value] = sampleForm(spec.form, entryScope(at, {}, index, row.value), random);
      });
      return sampled;
    },
    hidesPart(part, at) {
      if (part.row === undefined) return undefined;
      const row = rows.get(part.row);
      if (row && !shows(row, at)) return true;
      const state = at.inner?.find((one) => one.scope.row === part.row);
      return part.rest === undefined ? (row ? false : undefined) : hidesInForm(state, part.rest);
    },
  };
}

/** Entries that the respondent adds: rows of a dynamic matrix or entries of a dynamic panel. */
export interface EntriesSpec {
  kind: 'matrixdynamic' | 'paneldynamic';
  form: Form;
  min: number;
  max: number;
  unique: string[];
  caseSensitive: boolean;
  required: boolean;
}

/** The answers of a dynamic panel or matrix: a list of objects. */
export function entriesDomain(spec: EntriesSpec): Domain {
  const read = (list: unknown[], at: Place): unknown[] => {
    at.inner = [];
    return Array.from(list, (value, index) => {
      const path = `${at.path}[${index}]`;
      if (value !== null && value !== undefined && !isObject(value))
        return refuse(at, 'wrong_type', path) ?? {};
      const scope = entryScope(at, {}, index);
      at.inner!.push(readForm(spec.form, value ?? {}, scope, `${path}.`, at.root, at.findings));
      return scope.values;
    });
  };
  const fill = (at: Place): unknown => {
    const held = read(
      Array.from({ length: spec.min }, () => ({})),
      at,
    );
    return held.every(isBlank) ? undefined : held;
  };
  return {
    kind: spec.kind,
    ...(spec.min > 0 ? { fill } : {}),
    read(value, at) {
      if (!Array.isArray(value)) return refuse(at, 'wrong_type');
      if (value.length > spec.max) return refuse(at, 'too_many');
      if (value.length < spec.min && !at.findings.draft) return refuse(at, 'too_few');
      const held = read(value, at);
      return held.every(isBlank) ? undefined : held;
    },
    finish(_value, at) {
      const entries = at.inner ?? [];
      for (const state of entries) finishForm(state, at.findings);
      uniqueInRows(entries, spec.unique, spec.caseSensitive, at);
      if (spec.kind !== 'matrixdynamic' || !spec.required || at.findings.draft) return;
      const filled = entries.filter((state) => !isBlank(state.scope.values)).length;
      if (filled > 0 && filled < spec.min) refuse(at, 'too_few');
    },
    sample(random, at) {
      const most = Math.min(spec.max, Math.max(spec.min, 3));
      const count = spec.min + Math.floor(random() * (most - spec.min + 1));
      return Array.from({ length: count }, (_, index) =>
        sampleForm(spec.form, entryScope(at, {}, index), random),
      );
    },
    hidesPart(part, at) {
      if (part.row === undefined) return undefined;
      const entries = at.inner ?? [];
      if (part.row === '') {
        const { rest } = part;
        return rest === undefined ? false : entries.every((state) => hidesInForm(state, rest) !== false);
      }
      const state = entries[Number(part.row)];
      if (!state) return true;
      return part.rest === undefined ? false : hidesInForm(state, part.rest);
    },
  };
}

function uniqueInRows(states: FormState[], keys: string[], caseSensitive: boolean, at: Place): void {
  if (at.findings.draft) return;
  for (const key of keys) {
    const seen = new Set<string>();
    for (const state of states) {
      const value = state.scope.values[key];
      if (isBlank(value)) continue;
      const text = caseSensitive ? String(value) : String(value).toLocaleLowerCase();
      if (seen.has(text)) refuse(at, 'duplicate', `${state.path}${key}`);
      seen.add(text);
    }
  }
}
