import { type Operand, Variable } from 'survey-core';
import { type CompiledQuestionnaire, compileQuestionnaire } from '../check/check.js';
import { readForm } from '../check/check-form.js';
import { type Element, elementsIn, isItem, keyOf, keyOwner, pagesOf } from './resume-json.js';
import { Rewriter } from './resume-rewrite.js';
import { parseExpression } from '../check/routing-expression.js';
import type { Folding } from '../check/routing-fold.js';
import { LOCAL_NAMES, surveyName } from '../check/routing-names.js';
import { rootScope, startRun } from '../check/routing-run.js';
import { REFUSED_SUFFIX } from '../survey.js';
import { type CheckContext, Findings } from '../check/verdict.js';

/** What a session on another device may see of a questionnaire that is partly answered. */
export interface ResumeView {
  /** The questionnaire without what was answered; routing that depended on it is replaced by its result. */
  questionnaire: object;
  /** Value names of the items that can still be answered. */
  openItems: string[];
  /** Places where an earlier answer itself had to stay: an open item is compared with it. */
  leaks: string[];
}

/**
 * Leaves out what was answered before: items with an answer or a refusal, and pages before the furthest one.
 * An item whose sealed answer would keep the submission from passing (a required row is missing) stays open.
 * @param sealed  the answers that were saved; they are never part of the result, except for `leaks`
 * @param furthestPage  name of the furthest page reached; items left blank before it stay blank
 * @param compiled  the same questionnaire, where the caller has it compiled already
 */
export function resumeView(
  json: object,
  sealed: Record<string, unknown>,
  furthestPage: string | undefined,
  context: CheckContext,
  compiled: CompiledQuestionnaire = compileQuestionnaire(json),
): ResumeView {
  const copy = JSON.parse(JSON.stringify(json)) as Element;
  const scope = rootScope(startRun(context));
  readForm(compiled.form, sealed, scope, '', '', new Findings(true));
  const verdict = compiled.checkSubmission(sealed, context);
  const reached = reachedIn(copy, furthestPage);
  const known = knownItems(
    copy,
    sealed,
    reached,
    new Set(verdict.findings.map(({ item }) => item)),
    compiled,
  );
  const folding: Folding = { names: compiled.names, scope, isKnown: (key) => known.has(key) };
  const rewriter = new Rewriter(folding, copy);
  const computed = computedIn(compiled);
  const isOpen = (item: Element) => isItem(item) && !computed.has(keyOf(item));
  const pages = pagesOf(copy);
  const remaining = pages.flatMap((page, index): Element[] => {
    const goes = (item: Element) => known.has(keyOf(item)) || (index < reached && computed.has(keyOf(item)));
    const kept = rewriter.without(page, goes, isOpen);
    return kept ? [kept] : [];
  });
  const left: Element[] = remaining.flatMap(elementsIn);
  const calculated = ((copy.calculatedValues ?? []) as Element[]).filter(
    ({ name }) => !known.has(String(name)),
  );
  const gone = pages
    .flatMap(elementsIn)
    .filter(
      (item) => computed.has(keyOf(item)) && !known.has(keyOf(item)) && !verdict.inapplicable(keyOf(item)),
    )
    .filter((item) => !left.some((other) => keyOf(other) === keyOf(item)))
    .map((item) => ({ name: keyOf(item), expression: formulaOf(item) }));
  const values = [...calculated, ...gone].map((value) => rewriter.rewrite(value, String(value.name)));
  for (const name of ['pages', 'elements', 'questions', 'calculatedValues', 'firstPageIsStartPage'])
    delete copy[name];
  const questionnaire = {
    ...(rewriter.rewrite(copy, '') as Element),
    ...(values.length > 0 ? { calculatedValues: values } : {}),
    pages: remaining,
  };
  return { questionnaire, openItems: left.filter(isOpen).map(keyOf), leaks: rewriter.leaks };
}

const computedIn = (compiled: CompiledQuestionnaire): Set<string> =>
  new Set(
    compiled.form.items
      .map((item) => item.key)
      .filter((key) => compiled.form.keys.get(key)?.use === 'computed'),
  );

/** Position of the furthest page reached; -1 when none was. */
const reachedIn = (json: Element, furthestPage: string | undefined): number =>
  pagesOf(json).findIndex((page, index) => (page.name ?? `page${index + 1}`) === furthestPage);

/** Everything whose value can no longer change: sealed items, blank ones passed by, and what they alone determine. */
function knownItems(
  json: Element,
  sealed: Record<string, unknown>,
  reached: number,
  unfinished: Set<string>,
  compiled: CompiledQuestionnaire,
): Set<string> {
  const known = new Set<string>();
  const here = new Set<string>();
  const formulas = new Map<string, string>();
  const computed = computedIn(compiled);
  const answered = new Set(Object.keys(sealed).map((key) => keyOwner(key, compiled)));
  pagesOf(json).forEach((page, index) => {
    for (const element of elementsIn(page).filter(isItem)) {
      const key = keyOf(element);
      if (computed.has(key)) formulas.set(key, formulaOf(element));
      else if (!unfinished.has(key) && (index < reached || answered.has(key))) {
        known.add(key);
        if (index >= reached) here.add(key);
      }
    }
  });
  for (const { name, expression } of (json.calculatedValues ?? []) as Element[]) {
    formulas.set(String(name), String(expression ?? ''));
  }
  const determined = (formula: string): boolean =>
    variablesOf(formula).every((variable) => {
      const name = surveyName(variable, compiled.names);
      return !name || known.has(name.owner) || LOCAL_NAMES.has(variable.toLowerCase());
    });
  reopen(known, here, compiled);
  for (let before = -1; before !== known.size;) {
    before = known.size;
    for (const [key, formula] of formulas) if (determined(formula)) known.add(key);
  }
  return known;
}

/** Of the sealed items, those whose rows or choices depend on open ones: what was answered may no longer fit. */
function reopen(known: Set<string>, candidates: Set<string>, compiled: CompiledQuestionnaire): void {
  const items = compiled.form.items.filter((item) => candidates.has(item.key));
  const isOpen = (key: string) => compiled.form.keys.get(key)?.use === 'value' && !known.has(key);
  for (let before = -1; before !== known.size;) {
    before = known.size;
    for (const item of items) if (item.needs.some(isOpen)) known.delete(item.key);
  }
}

const formulaOf = (element: Element): string =>
  String(element.type === 'expression' ? (element.expression ?? '') : (element.defaultValueExpression ?? ''));

function variablesOf(formula: string): string[] {
  if (formula.trim() === '') return [];
  const parts: Operand[] = [];
  parseExpression(formula).addOperandsToList(parts);
  return parts.filter((part) => part instanceof Variable).map((part) => (part as Variable).variable);
}

const SUFFIXES = ['-Comment', REFUSED_SUFFIX, '-total'];

/**
 * Joins what was sealed with what a resumed session sent. An item that is not open keeps its sealed answer,
 * whatever was sent; an open one is exactly as the session leaves it, blank included.
 */
export function mergeSealed(
  sealed: Record<string, unknown>,
  open: Record<string, unknown>,
  openItems: string[],
): Record<string, unknown> {
  const openKeys = new Set(openItems.flatMap((item) => [item, ...SUFFIXES.map((suffix) => item + suffix)]));
  const merged: Record<string, unknown> = {};
  for (const key of Object.keys(sealed)) if (!openKeys.has(key)) merged[key] = sealed[key];
  for (const key of Object.keys(open)) if (openKeys.has(key)) merged[key] = open[key];
  return merged;
}
