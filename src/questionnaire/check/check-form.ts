import {
  type Form,
  type FormState,
  type Item,
  type Part,
  type Place,
  isBlank,
  LONGEST_TEXT,
  refuse,
} from './domain.js';
import { readText } from './domain-text.js';
import { storable } from './domain-computed.js';
import type { Scope } from './routing-run.js';
import { Findings } from './verdict.js';

/** Where a form's answers come from: what was sent, or a maker of synthetic answers. */
export type Source = Record<string, unknown> | ((item: Item, at: Place) => unknown);

const own = (source: Source, key: string): unknown =>
  typeof source === 'function' || !Object.hasOwn(source, key) ? undefined : source[key];

/**
 * Checks the answers of one form in dependency order and fills `scope.values` with the canonical ones.
 * @param prefix  what stands before the keys in paths: `panel[2].`
 * @param root  value name of the top-level item; empty when the form is the survey itself
 */
export function readForm(
  form: Form,
  source: Source,
  scope: Scope,
  prefix: string,
  root: string,
  findings: Findings,
): FormState {
  const state: FormState = {
    form,
    scope,
    path: prefix,
    root,
    shown: new Array<boolean>(form.items.length).fill(false),
    containers: new Array<boolean | undefined>(form.containers.length),
    refused: new Array<boolean>(form.items.length).fill(false),
    places: new Array<Place | undefined>(form.items.length),
  };
  if (typeof source === 'object') {
    for (const key of Object.keys(source)) {
      const use = form.keys.get(key)?.use;
      if (!use || use === 'display') findings.add(root, prefix + printable(key), 'unknown_key');
    }
  }
  for (const step of form.order) {
    if (findings.full) break;
    if (step >= 0) readItem(form.items[step]!, step, source, state, findings);
    else {
      const { name, compute, stored } = form.computed[-step - 1]!;
      const value = compute(scope);
      scope.run.variables[name.toLowerCase()] = value;
      const kept = storable(value);
      if (stored && !isBlank(kept)) scope.values[name] = kept;
    }
  }
  if (form.reordered) putInOrder(state);
  return state;
}

const printable = (key: string): string => (/^[\w .-]{1,80}$/.test(key) ? key : '?');

function readItem(item: Item, index: number, source: Source, state: FormState, findings: Findings): void {
  const { scope } = state;
  const { values } = scope;
  const root = state.root || item.key;
  const path = state.path + item.key;
  const given = own(source, item.key);
  const shown = containerShown(state, item.container) && (!item.visible || item.visible(scope) === true);
  if (!shown) {
    const answered = !isBlank(given) || !isBlank(item.comment && own(source, item.comment.key));
    const declined = item.refusedKey !== undefined && own(source, item.refusedKey) !== undefined;
    if (!item.computed && (answered || declined)) findings.hidden(root, path);
    return;
  }
  state.shown[index] = true;
  const at: Place = { item, root, path, scope, findings };
  state.places[index] = at;
  if (item.computed) {
    const value = storable(item.computed(scope));
    if (!isBlank(value)) values[item.key] = value;
    return;
  }
  const changeable = !item.readOnly && item.enabled.every((evaluate) => evaluate(scope) !== false);
  const sent = typeof source === 'function' ? (changeable ? source(item, at) : undefined) : given;
  const declined = readRefusal(item, index, source, isBlank(sent), state, at);
  let value: unknown;
  if (!isBlank(sent) || isSpaces(sent, item)) {
    if (changeable || isFixed(item, sent)) value = item.domain.read(sent, at);
    else findings.hidden(root, path, 'read_only');
  } else if (!declined) value = item.domain.fill?.(at);
  if (value !== undefined) values[item.key] = value;
  if (item.comment) readComment(item, source, value, changeable, at);
  if (declined) return;
  if (item.totals) {
    const totals: Record<string, unknown> = {};
    for (const { name, compute } of item.totals.columns) {
      const total = storable(compute(scope));
      if (!isBlank(total)) totals[name] = total;
    }
    if (!isBlank(totals)) values[item.totals.key] = totals;
  }
}

const isFixed = (item: Item, value: unknown): boolean =>
  item.fixed !== undefined && JSON.stringify(value) === JSON.stringify(item.fixed);

function readComment(item: Item, source: Source, value: unknown, changeable: boolean, at: Place): void {
  const comment = item.comment!;
  const text =
    typeof source === 'function' && comment.needed(value) ? 'по-другому' : own(source, comment.key);
  if (isBlank(text)) return;
  const path = at.path.slice(0, at.path.length - item.key.length) + comment.key;
  if (!changeable) at.findings.hidden(at.root, path, 'read_only');
  else if (!comment.allowed(value)) at.findings.hidden(at.root, path);
  else {
    const read = readText(text, Math.min(comment.maxLength, LONGEST_TEXT), at, path);
    if (read !== undefined) at.scope.values[comment.key] = read;
  }
}

/** Spaces are no answer where a text is written, and a wrong one everywhere else. */
const isSpaces = (value: unknown, item: Item): boolean =>
  typeof value === 'string' && value !== '' && !item.domain.free;

function readRefusal(
  item: Item,
  index: number,
  source: Source,
  blank: boolean,
  state: FormState,
  at: Place,
): boolean {
  const key = item.refusedKey;
  const given = key === undefined ? undefined : own(source, key);
  if (key === undefined || given === undefined) return false;
  const path = state.path + key;
  if (given !== true) refuse(at, 'wrong_type', path);
  else if (!blank) refuse(at, 'refused_and_answered', path);
  else {
    state.scope.values[key] = true;
    state.refused[index] = true;
    return true;
  }
  return false;
}

/** Does routing show a page or a panel, and everything around it? */
export function containerShown(state: FormState, index: number): boolean {
  if (index < 0) return true;
  const known = state.containers[index];
  if (known !== undefined) return known;
  const container = state.form.containers[index]!;
  const shown =
    containerShown(state, container.parent) &&
    (!container.visible || container.visible(state.scope) === true);
  return (state.containers[index] = shown);
}

function putInOrder(state: FormState): void {
  const { values } = state.scope;
  const copy = { ...values };
  for (const key of Object.keys(values)) delete values[key];
  for (const key of state.form.keys.keys()) if (key in copy) values[key] = copy[key];
}

/** Checks what needs all answers: what is required, limits by expression and validators. */
export function finishForm(state: FormState, findings: Findings): void {
  const { form, scope, shown } = state;
  for (let index = 0; index < form.items.length && !findings.full; index++) {
    const at = state.places[index];
    if (shown[index] && at) finishItem(form.items[index]!, state.refused[index]!, at);
  }
  if (findings.draft) return;
  form.containers.forEach((container, index) => {
    const required = container.required || container.requiredIf?.(scope) === true;
    if (!required || !containerShown(state, index)) return;
    const inside = form.items.map((_, at) => at).filter((at) => shown[at] && isInside(form, at, index));
    const answered = inside.some(
      (at) => state.refused[at] || scope.values[form.items[at]!.key] !== undefined,
    );
    if (inside.length > 0 && !answered) findings.add(state.root, state.path + container.name, 'required');
  });
}

function isInside(form: Form, item: number, container: number): boolean {
  let at = form.items[item]!.container;
  while (at >= 0 && at !== container) at = form.containers[at]!.parent;
  return at === container;
}

function finishItem(item: Item, refused: boolean, at: Place): void {
  const { scope, findings } = at;
  const value = scope.values[item.key];
  if (refused || item.computed) return;
  if (item.readOnly || item.enabled.some((evaluate) => evaluate(scope) === false)) return;
  if (value === undefined && !findings.draft && (item.required || item.requiredIf?.(scope) === true)) {
    return void refuse(at, 'required');
  }
  item.domain.finish?.(value, at);
  if (
    item.comment &&
    !findings.draft &&
    item.comment.needed(value) &&
    isBlank(scope.values[item.comment.key])
  ) {
    refuse(at, 'comment_required', at.path.slice(0, at.path.length - item.key.length) + item.comment.key);
  }
  for (const validate of item.validators) {
    const rule = validate(value, scope);
    // Expressions compare items: in a draft, a later answer may still make them hold.
    const early = findings.draft && (value === undefined || rule === 'invalid');
    if (rule && !early) return void refuse(at, rule);
  }
}

const BLANK_SHARE = 0.1;

/** Synthetic answers of a form: the items that routing shows, in order. */
export function sampleForm(form: Form, scope: Scope, random: () => number): Record<string, unknown> {
  const give = (item: Item, at: Place): unknown => {
    const must = item.required || item.requiredIf?.(at.scope) === true;
    return must || random() >= BLANK_SHARE ? item.domain.sample(random, at) : undefined;
  };
  readForm(form, give, scope, '', '', new Findings(true));
  return { ...scope.values };
}

/** Does routing hide what a path inside a form names? Undefined for a path that names nothing. */
export function hidesInForm(state: FormState | undefined, path: string): boolean | undefined {
  if (!state) return true;
  const { form } = state;
  let end = path.length;
  for (; end > 0; end = Math.max(...['.', '[', '{'].map((mark) => path.lastIndexOf(mark, end - 1)))) {
    const use = form.keys.get(path.slice(0, end));
    if (!use || use.item < 0) continue;
    const at = state.places[use.item];
    if (!state.shown[use.item] || !at) return true;
    const part = partOf(path.slice(end));
    return part === undefined ? false : form.items[use.item]!.domain.hidesPart?.(part, at);
  }
  const container = form.containers.findIndex((one) => one.name === path);
  return container < 0 ? undefined : !containerShown(state, container);
}

function partOf(text: string): Part | undefined {
  if (text === '') return undefined;
  if (text.startsWith('.')) return { rest: text.slice(1) };
  if (text.startsWith('{')) return { choice: text.slice(1, -1) };
  const [, row, rest] = /^\[(.*?)\](?=$|[.{])(.*)$/s.exec(text) ?? [];
  if (row === undefined) return undefined;
  return { row, ...(rest ? partOf(rest) : {}) };
}
