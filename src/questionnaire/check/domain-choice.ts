import {
  type Domain,
  LONGEST_TEXT,
  type Part,
  type Place,
  isBlank,
  isObject,
  pick,
  refuse,
} from './domain.js';
import { readText } from './domain-text.js';
import type { Evaluate, Scope } from './routing-run.js';

/** One answer that may be chosen. */
export interface Choice {
  value: string | number | boolean;
  visible?: Evaluate | undefined;
  enabled?: Evaluate | undefined;
  /** Chosen alone or not at all: none, refused, don't know and what the author marked so. */
  exclusive?: boolean;
  /** Has a comment of its own, stored beside it. */
  comment?: 'optional' | 'required' | undefined;
}

/** What may be chosen, and in which shape it is stored. */
export interface ChoiceSpec {
  kind: string;
  choices: Choice[];
  /** Taken over from another item at the time of answering, instead of `choices`. */
  carried?: ((scope: Scope) => Choice[]) | undefined;
  /** Several answers, in a list. */
  multiple: boolean;
  min: number;
  max: number;
  /** The list is an order of all visible choices. */
  wholeOrder?: boolean;
  /** Entries are objects with the answer under this key. */
  property?: string | undefined;
  /** Entries are `{value, comment}` although no property is named. */
  objects?: boolean;
  /** Another answer may be written instead of a choice (`storeOthersAsComment: false`). */
  free?: { length: number; other: Choice['value'] } | undefined;
  commentLength: number;
}

interface Entry {
  plain: unknown;
  comment?: unknown;
}

/** Items whose answers are chosen from a list: one, several or an order of them. */
export function choiceDomain(spec: ChoiceSpec): Domain {
  const byValue = new Map(spec.choices.map((choice) => [choice.value as unknown, choice]));
  const free = spec.free;
  const lookup = (scope: Scope): { list: Choice[]; find: (value: unknown) => Choice | undefined } => {
    if (!spec.carried) return { list: spec.choices, find: (value) => byValue.get(value) };
    const list = spec.carried(scope);
    return { list, find: (value) => list.find((choice) => choice.value === value) };
  };
  const needsComments = spec.choices.some((choice) => choice.comment);
  const property = spec.property ?? (spec.objects ? 'value' : undefined);

  const open = (value: unknown, at: Place): Entry | undefined => {
    if (property === undefined && (!needsComments || !isObject(value))) return { plain: value };
    if (!isObject(value)) return refuse(at, 'wrong_type');
    const key = property ?? 'value';
    for (const name of Object.keys(value))
      if (name !== key && name !== 'comment') return refuse(at, 'unknown_key');
    return { plain: value[key], comment: value.comment };
  };
  const readOne = (
    value: unknown,
    at: Place,
    find: (value: unknown) => Choice | undefined,
  ): Entry | undefined => {
    const entry = open(value, at);
    if (!entry) return undefined;
    if (isObject(entry.plain) || Array.isArray(entry.plain) || entry.plain === undefined) {
      return refuse(at, 'wrong_type');
    }
    const choice = find(entry.plain);
    if (!choice) {
      if (free && entry.plain === free.other) return refuse(at, 'comment_required');
      if (free && typeof entry.plain === 'string' && entry.comment === undefined) {
        return isBlank(entry.plain) || readText(entry.plain, free.length, at) === undefined
          ? refuse(at, 'not_a_choice')
          : entry;
      }
      return refuse(at, 'not_a_choice');
    }
    const path = `${at.path}{${String(choice.value)}}`;
    if (choice.visible && choice.visible(at.scope, choice.value) !== true) {
      return void at.findings.hidden(at.root, path);
    }
    if (choice.enabled && choice.enabled(at.scope, choice.value) !== true) {
      return void at.findings.hidden(at.root, path, 'disabled_choice');
    }
    if (isBlank(entry.comment)) return { plain: entry.plain };
    if (!choice.comment) return refuse(at, 'unknown_key', path);
    return readText(entry.comment, spec.commentLength, at, path) === undefined ? undefined : entry;
  };
  const close = (entry: Entry): unknown => {
    if (property === undefined && entry.comment === undefined) return entry.plain;
    const held: Record<string, unknown> = { [property ?? 'value']: entry.plain };
    if (entry.comment !== undefined) held.comment = entry.comment;
    return held;
  };
  const plainOf = (value: unknown): unknown => (isObject(value) ? value[property ?? 'value'] : value);

  const readList = (value: unknown, at: Place): unknown => {
    if (!Array.isArray(value)) return refuse(at, 'wrong_type');
    if (value.length > spec.choices.length + 50 && !spec.carried) return refuse(at, 'too_many');
    const { list, find } = lookup(at.scope);
    const entries: Entry[] = [];
    const seen = new Set<unknown>();
    let written = 0;
    for (const one of value) {
      const entry = readOne(one, at, find);
      if (!entry) continue;
      if (seen.has(entry.plain)) return refuse(at, 'duplicate');
      seen.add(entry.plain);
      const choice = find(entry.plain);
      if (!choice) written++;
      if (choice?.exclusive && value.length > 1) return refuse(at, 'exclusive_choice');
      entries.push(entry);
    }
    if (written > 1) return refuse(at, 'not_a_choice');
    if (spec.max > 0 && entries.length > spec.max) return refuse(at, 'too_many');
    if (spec.wholeOrder && entries.length < visibleOf(list, at.scope).length && !at.findings.draft) {
      return refuse(at, 'incomplete');
    }
    return entries.length === 0 ? undefined : entries.map(close);
  };
  const finish = (value: unknown, at: Place): void => {
    const entries = value === undefined ? [] : spec.multiple ? (value as unknown[]) : [value];
    const { find } = lookup(at.scope);
    for (const entry of entries) {
      const choice = find(plainOf(entry));
      if (choice?.comment === 'required' && isBlank(isObject(entry) ? entry.comment : undefined)) {
        refuse(at, 'comment_required', `${at.path}{${String(choice.value)}}`);
      }
    }
    const alone = entries.length === 1 && find(plainOf(entries[0]))?.exclusive;
    if (spec.multiple && spec.min > 0 && entries.length < spec.min && !alone) {
      refuse(at, entries.length === 0 ? 'required' : 'too_few');
    }
  };
  return {
    kind: spec.kind,
    read(value, at) {
      if (spec.multiple) return readList(value, at);
      const entry = Array.isArray(value)
        ? refuse(at, 'wrong_type')
        : readOne(value, at, lookup(at.scope).find);
      return entry && close(entry);
    },
    finish(value, at) {
      if (!at.findings.draft) finish(value, at);
    },
    ...(needsComments || property !== undefined
      ? {
          seen: (value: unknown) => (Array.isArray(value) ? value.map(plainOf) : plainOf(value)),
        }
      : {}),
    sample(random, at) {
      const list = visibleOf(lookup(at.scope).list, at.scope).filter(
        (choice) => !choice.enabled || choice.enabled(at.scope, choice.value) === true,
      );
      const entryOf = (choice: Choice): Entry =>
        choice.comment && (choice.comment === 'required' || random() < 0.5)
          ? { plain: choice.value, comment: 'пояснение' }
          : { plain: choice.value };
      if (!spec.multiple) {
        const choice = pick(random, list);
        return choice && close(entryOf(choice));
      }
      const shuffled = list.map((choice) => ({ choice, at: random() })).sort((a, b) => a.at - b.at);
      const first = shuffled[0]?.choice;
      if (!first) return undefined;
      if (first.exclusive && !spec.wholeOrder && random() < 0.3) return [close(entryOf(first))];
      const open = shuffled.map((one) => one.choice).filter((choice) => spec.wholeOrder || !choice.exclusive);
      const most = spec.max > 0 ? Math.min(spec.max, open.length) : open.length;
      const least = spec.wholeOrder ? open.length : Math.min(Math.max(spec.min, 1), most);
      const count = least + Math.floor(random() * (most - least + 1));
      return open.slice(0, count).map((choice) => close(entryOf(choice)));
    },
    hidesPart(part: Part, at: Place) {
      if (part.choice === undefined) return undefined;
      const choice = lookup(at.scope).list.find((one) => String(one.value) === part.choice);
      if (!choice) return spec.carried !== undefined;
      return choice.visible !== undefined && choice.visible(at.scope, choice.value) !== true;
    },
  };
}

/** The choices that routing shows. */
export const visibleOf = (list: Choice[], scope: Scope): Choice[] =>
  list.filter((choice) => !choice.visible || choice.visible(scope, choice.value) === true);

/** How long a comment may be: the survey's own limit, or ours. */
export const commentLimit = (limit: number): number =>
  limit > 0 ? Math.min(limit, LONGEST_TEXT) : LONGEST_TEXT;
