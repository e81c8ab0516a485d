import { namesIn } from '../variable/variable-expression.js';
import { isExpressionProperty } from './lint-expressions.js';
import { error, type Finding, isJson, type Json, nodesOf } from './lint-walk.js';
import { isTextProperty } from './lint-texts.js';

/** What the platform itself knows of earlier waves, beside the answers that are fed. */
export const KNOWN_OF_PREV = new Set([
  'interview_when',
  'place',
  'place_text',
  'place_when',
  'place_class',
  'spells',
]);

const PARTS = ['', '_text', '_when', '_wave'];
/** Part that only sensitive items have, in place of those that tell. */
const DIFFERS = '_differs';
/** Parts that tell the earlier answer itself. */
const TELLING = ['', '_text'];
const PREV = /^prev(?:$|[.[])/i;
const GLUED = /\p{L}-?\{\s*prev\.\w+_text\s*\}|\{\s*prev\.\w+_text\s*\}-?\p{L}/u;

/** A name in braces somewhere in a questionnaire. */
interface Reference {
  name: string;
  path: string;
  /** The computed value whose expression names it; null for everything else, such as routing and texts. */
  within: string | null;
}

/**
 * References to earlier answers: only to what is fed; none to a sensitive answer but in a computed value that neither
 * steers nor is shown, as the browser does not get it; and none glued to a word, whose ending would be wrong.
 * @param fed  whether each fed item is sensitive
 */
export function lintPrev(json: Json, fed: ReadonlyMap<string, boolean>): Finding[] {
  const references = referencesIn(json);
  return [...references.flatMap((one) => unknown(one, fed)), ...sensitive(references, fed), ...glued(json)];
}

function referencesIn(json: Json): Reference[] {
  const references: Reference[] = [];
  for (const { key, value, path } of nodesOf(json)) {
    if (typeof value !== 'string' || key === 'regex') continue;
    const within = computedAt(json, path);
    references.push(...namesIn(value).map((name) => ({ name, path, within })));
  }
  return references;
}

/** The computed value whose expression stands at a path. */
function computedAt(json: Json, path: string): string | null {
  const index = /^calculatedValues\[(\d+)\]\.expression$/.exec(path)?.[1];
  if (index === undefined || !Array.isArray(json.calculatedValues)) return null;
  const value: unknown = json.calculatedValues[Number(index)];
  return isJson(value) && typeof value.name === 'string' ? value.name.toLowerCase() : null;
}

/** The part of an earlier answer that a name stands for, without what follows in an array or object. */
const partOf = (name: string): string => /^prev\.(\w+)/i.exec(name)?.[1] ?? '';

function unknown({ name, path }: Reference, fed: ReadonlyMap<string, boolean>): Finding[] {
  if (!PREV.test(name)) return [];
  const part = partOf(name);
  const known =
    /^prev\./.test(name) &&
    (KNOWN_OF_PREV.has(part) ||
      PARTS.some((suffix) => part.endsWith(suffix) && fed.has(without(part, suffix))) ||
      (part.endsWith(DIFFERS) && fed.get(without(part, DIFFERS)) === true));
  return known
    ? []
    : [
        error(
          path,
          'prev-unknown',
          `Nothing provides {${name}}, so it is always empty. Give an item feedMode and feedBy, and name it as {prev.<item>} with nothing, _text, _when, _wave or, for a sensitive item, _differs after it.`,
        ),
      ];
}

const without = (name: string, suffix: string): string => name.slice(0, name.length - suffix.length);

function sensitive(references: Reference[], fed: ReadonlyMap<string, boolean>): Finding[] {
  const tells = ({ name }: Reference) =>
    TELLING.some((suffix) => {
      const part = partOf(name);
      return PREV.test(name) && part.endsWith(suffix) && fed.get(without(part, suffix)) === true;
    });
  const hidden = hiddenBy(references, tells);
  const isHidden = ({ name }: Reference) => hidden.has(rootOf(name));
  const outside = references.filter(({ within }) => within === null);
  return [
    ...outside
      .filter(tells)
      .map(({ name, path }) =>
        error(
          path,
          'prev-sensitive',
          `{${name}} is an earlier sensitive answer, which whoever holds the link would read, so it never reaches the browser. Use {prev.<item>_differs} here, or a computed value that neither steers nor is shown.`,
        ),
      ),
    ...outside
      .filter(isHidden)
      .map(({ name, path }) =>
        error(
          path,
          'prev-sensitive',
          `{${name}} is computed from an earlier sensitive answer, which never reaches the browser, so it can neither steer nor be shown. Use {prev.<item>_differs} here.`,
        ),
      ),
  ];
}

const rootOf = (name: string): string => (/^[^.[]+/.exec(name)?.[0] ?? '').toLowerCase();

/** Computed values that are made of a sensitive answer, directly or through others. */
function hiddenBy(references: Reference[], tells: (one: Reference) => boolean): Set<string> {
  const usedBy = new Map<string, string[]>();
  const waiting: string[] = [];
  for (const one of references) {
    if (one.within === null) continue;
    if (tells(one)) waiting.push(one.within);
    const root = rootOf(one.name);
    const users = usedBy.get(root) ?? [];
    users.push(one.within);
    usedBy.set(root, users);
  }
  const hidden = new Set<string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (hidden.has(name)) continue;
    hidden.add(name);
    waiting.push(...(usedBy.get(name) ?? []));
  }
  return hidden;
}

function glued(json: Json): Finding[] {
  return [...nodesOf(json)]
    .filter(
      ({ key, value, parent }) =>
        typeof value === 'string' &&
        !isExpressionProperty(key) &&
        (isTextProperty(key) || isTextProperty(parent?.key ?? '')) &&
        GLUED.test(value),
    )
    .map(({ path }) =>
      error(
        path,
        'prev-glued',
        'An earlier answer stands here glued to a word, which no language bears for every answer. Set it apart: “…: {prev.item_text}.”',
      ),
    );
}
