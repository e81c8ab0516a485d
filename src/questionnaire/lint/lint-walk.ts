/** One thing that a questionnaire's lint has to say. */
export interface Finding {
  /** Where in the JSON: `pages[2].elements[0].choices[3].text`; empty for the whole. */
  path: string;
  rule: string;
  level: 'error' | 'warning';
  /** What is wrong, why, and what to do. */
  message: string;
}

export type Json = Record<string, unknown>;

/** An object or array of the JSON, or a value in it, and what it stands in. */
export interface Node {
  path: string;
  key: string;
  value: unknown;
  parent: Node | null;
}

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const at = (path: string, key: string | number): string =>
  typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;

/** Every value of a JSON, outermost first. */
export function* nodesOf(value: unknown, path = '', key = '', parent: Node | null = null): Generator<Node> {
  const node = { path, key, value, parent };
  yield node;
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) yield* nodesOf(entry, at(path, index), key, node);
  } else if (isJson(value)) {
    for (const [property, inner] of Object.entries(value))
      yield* nodesOf(inner, at(path, property), property, node);
  }
}

/** A page, panel or question. */
export interface Element {
  json: Json;
  path: string;
  type: string;
  /** The pages and panels around it, outermost first, dynamic panels and matrices included. */
  around: Element[];
}

const ELEMENT_LISTS = new Set(['pages', 'elements', 'questions', 'templateElements', 'detailElements']);
const KNOWN_LISTS = [...ELEMENT_LISTS, 'choices'];

/** Every page, panel and question, in order. */
export function* elementsOf(json: unknown, path = '', around: Element[] = []): Generator<Element> {
  if (!isJson(json)) return;
  for (const list of KNOWN_LISTS) {
    const entries = json[list];
    if (!Array.isArray(entries)) continue;
    for (const [index, entry] of entries.entries()) {
      const here = at(at(path, list), index);
      if (!isJson(entry)) continue;
      if (list === 'choices') {
        yield* elementsOf({ elements: entry.elements }, here, around);
        continue;
      }
      const type = list === 'pages' ? 'page' : typeof entry.type === 'string' ? entry.type : '';
      const element: Element = { json: entry, path: here, type, around };
      yield element;
      yield* elementsOf(entry, here, [...around, element]);
    }
  }
}

/** Whether an element is asked within the entries of a dynamic panel or the rows of a matrix. */
export const isInTemplate = (element: Element): boolean =>
  element.around.some(({ type }) => ['paneldynamic', 'matrixdynamic', 'matrixdropdown'].includes(type));

export const error = (path: string, rule: string, message: string): Finding => ({
  path,
  rule,
  level: 'error',
  message,
});
export const warning = (path: string, rule: string, message: string): Finding => ({
  path,
  rule,
  level: 'warning',
  message,
});
