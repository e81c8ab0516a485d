import type { CompiledQuestionnaire } from '../check/check.js';

/** An object of a questionnaire's JSON: a page, a panel, a question, a choice. */
export type Element = Record<string, unknown> & { name?: string; type?: string };

const DISPLAY = new Set(['html', 'image']);

/** Pages in order; a questionnaire without pages is one page. */
export function pagesOf(json: Element): Element[] {
  if (Array.isArray(json.pages)) return json.pages as Element[];
  const elements = json.elements ?? json.questions;
  return Array.isArray(elements) ? [{ name: 'page1', elements }] : [];
}

/** Under which name an element holds its children. */
export const childrenKey = (element: Element): 'elements' | 'questions' | undefined =>
  Array.isArray(element.elements) ? 'elements' : Array.isArray(element.questions) ? 'questions' : undefined;

/** All questions inside a page or a panel, not those of entries and rows. */
export function elementsIn(element: Element): Element[] {
  const key = childrenKey(element);
  if (!key) return [];
  return (element[key] as Element[]).flatMap((child) => (isPanel(child) ? elementsIn(child) : [child]));
}

export const isPanel = (element: Element): boolean => element.type === 'panel';

/** Does the element hold an answer, or a computed value? */
export const isItem = (element: Element): boolean => !isPanel(element) && !DISPLAY.has(String(element.type));

/** The key under which a question's value is stored. */
export const keyOf = (element: Element): string => String(element.valueName ?? element.name);

/** The item that a key of the answers belongs to: its own, or that of its comment, refusal or total. */
export function keyOwner(key: string, compiled: CompiledQuestionnaire): string {
  const use = compiled.form.keys.get(key);
  return use && use.item >= 0 ? compiled.form.items[use.item]!.key : key;
}
