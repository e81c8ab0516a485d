import { isBlank } from '../questionnaire/check/domain.js';
import { LOCAL_NAMES, surveyName } from '../questionnaire/check/routing-names.js';
import { type CaseFeed, prevVariable } from '../questionnaire/feed/fed.js';
import { namesIn } from '../questionnaire/variable/variable-expression.js';
import { type Variable } from '../questionnaire/variable/variable.js';
import { type RehearsalFindings, type RehearsedItem, type RehearsedWave } from './rehearsal.js';
import { type Outline, type OutlinedItem } from './rehearsal-outline.js';
import { type Synthetic } from './rehearsal-people.js';
import { type Walk } from './rehearsal-walk.js';

/** What a member saw: the walk, and what they were fed. */
export interface Seen {
  walked: Walk;
  feed: CaseFeed;
  member: Synthetic;
}

/** How often each item was shown, and each condition held. */
export class Coverage {
  private readonly reached = new Map<string, number>();
  private readonly held = new Map<string, { yes: number; no: number }>();

  constructor(private readonly outline: Outline) {}

  add({ walked: { state, verdict } }: Seen): void {
    const { form } = state;
    const shown = new Set(form.items.flatMap(({ name }, index) => (state.shown[index] ? [name] : [])));
    for (const { name, key } of this.outline.items)
      if (shown.has(name) || isInEntry(name, verdict.answers[key], verdict.inapplicable))
        count(this.reached, name);
    for (const { name, visible } of [...form.containers, ...form.items])
      if (visible) this.hold(name, visible(state.scope) === true);
    for (const { name, choices } of this.outline.items) {
      const index = form.items.findIndex((item) => item.name === name);
      const at = state.places[index];
      if (!at || !state.shown[index]) continue;
      for (const { value } of choices) {
        const hidden = form.items[index]?.domain.hidesPart?.({ choice: String(value) }, at);
        if (hidden !== undefined) this.hold(choiceName(name, value), !hidden);
      }
    }
  }

  items(): RehearsedItem[] {
    return this.outline.items.map(({ name, page, routing }) => ({
      item: name,
      page,
      reached: this.reached.get(name) ?? 0,
      routing,
    }));
  }

  /** @param enough  whether so many walked that chance alone does not explain an item that nobody met */
  report(findings: RehearsalFindings, enough: boolean): void {
    for (const { item, reached, routing } of this.items())
      if (reached === 0)
        findings.add(
          enough ? 'fault' : 'warning',
          'item_unreached',
          item,
          `Nobody reached ${item}. ${routing === null ? 'It has no condition of its own.' : `It is shown if ${routing}`}`,
        );
    const said = (name: string, visibleIf: string): void => {
      const { yes, no } = this.held.get(name) ?? { yes: 0, no: 0 };
      if (yes + no === 0 || (yes > 0 && no > 0) || (yes === 0 && this.isUnreached(name))) return;
      findings.add(
        'warning',
        'condition_constant',
        name,
        `The condition of ${name} was ${yes > 0 ? 'true' : 'false'} for everyone: ${visibleIf}`,
      );
    };
    for (const { name, visibleIf } of this.outline.conditions) said(name, visibleIf);
    for (const { name, choices } of this.outline.items)
      for (const { value, visibleIf } of choices) said(choiceName(name, value), visibleIf);
  }

  /** Whether an item, or all of a page or panel, was never shown: that is told by the items. */
  private isUnreached(name: string): boolean {
    return !name.includes('{') && !this.reached.has(name);
  }

  private hold(name: string, held: boolean): void {
    const counts = this.held.get(name) ?? { yes: 0, no: 0 };
    counts[held ? 'yes' : 'no'] += 1;
    this.held.set(name, counts);
  }
}

const choiceName = (item: string, value: unknown): string => `${item}{${String(value)}}`;
const count = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);

/** Whether an item of a dynamic panel is shown in one of the entries. */
function isInEntry(name: string, entries: unknown, inapplicable: (path: string) => boolean): boolean {
  if (!name.includes('[]') || !Array.isArray(entries)) return false;
  return entries.some((_, index) => !inapplicable(name.replace('[]', `[${index}]`)));
}

/** Texts that were shown, in every language, with a `{…}` for which there was nothing to put in. */
export function checkTexts(
  { walked, feed, member }: Seen,
  { json, check, feeds }: RehearsedWave,
  outline: Outline,
  locales: readonly string[],
  findings: RehearsalFindings,
): void {
  const { state, pages, compared } = walked;
  const own = (json as { locale?: string }).locale ?? 'en';
  for (const locale of locales) {
    const prev = lowered(prevVariable(feed, compared, locale, feeds));
    const isEmpty = (name: string): boolean | undefined => {
      const root = (/^[^.[]+/.exec(name)?.[0] ?? '').toLowerCase();
      if (LOCAL_NAMES.has(root)) return false;
      if (root === 'prev') return isBlank(prev.get((name.split(/[.[]/)[1] ?? '').toLowerCase()));
      const known = surveyName(name, check.names);
      return (
        known && isBlank(state.scope.values[known.key] ?? state.scope.run.variables[known.key.toLowerCase()])
      );
    };
    const look = (where: string, texts: OutlinedItem['texts']): void => {
      const language = texts.some((one) => one.locale === locale) ? [locale] : ['default', own];
      for (const { text } of texts.filter((one) => one.locale === 'default' || language.includes(one.locale)))
        for (const name of namesIn(text)) {
          const empty = isEmpty(name);
          if (empty === false) continue;
          const fault = empty === undefined || /^prev\b/i.test(name);
          findings.add(
            fault ? 'fault' : 'warning',
            'text_unresolved',
            where,
            `A text of ${where} in ${locale} names {${name}}, for which there is nothing to put in. Show it only where ${name} is known.`,
            member,
          );
        }
    };
    for (const [page, texts] of outline.pageTexts) if (pages.includes(page)) look(page, texts);
    const shown = new Set(state.form.items.flatMap(({ name }, index) => (state.shown[index] ? [name] : [])));
    for (const { name, texts } of outline.items) if (shown.has(name.split('[]')[0] ?? '')) look(name, texts);
  }
}

const lowered = (record: Record<string, unknown>): Map<string, unknown> =>
  new Map(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]));

/** Routing that reads what comes after it, and expressions that name what there is not. */
export function checkExpressions(
  outline: Outline,
  { check, variables }: Pick<RehearsedWave, 'check' | 'variables'>,
  findings: RehearsalFindings,
): void {
  for (const { where, text } of outline.expressions)
    for (const name of namesIn(text)) {
      const root = (/^[^.[]+/.exec(name)?.[0] ?? '').toLowerCase();
      if (root === 'prev' || LOCAL_NAMES.has(root) || surveyName(name, check.names)) continue;
      findings.add(
        'fault',
        'unknown_name',
        where,
        `An expression of ${where} names {${name}}, which nothing provides, so it is always empty. Correct the name.`,
      );
    }
  const backward = variables.filter(readsLater);
  for (const item of new Set(backward.map((variable) => variable.item)))
    findings.add(
      'warning',
      'routing_backward',
      item,
      `Whether ${item} is shown depends on an answer of a later page, when its own page has passed. Move it behind that page.`,
    );
}

const readsLater = ({ page, routedBy }: Variable): boolean => page >= 0 && routedBy > page;
