import { type ItemValue, type Question, settings } from 'survey-core';
import type { ConditionPlace, FormBuilder } from './compile-form.js';
import type { CommentKey, Domain } from './domain.js';
import { isObject } from './domain.js';
import { type Choice, choiceDomain, commentLimit, visibleOf } from './domain-choice.js';
import type { Evaluate, Scope } from './routing-run.js';

/** What is read of survey-core's questions that offer choices. */
export interface SelectQuestion extends Question {
  choices: ItemValue[];
  choicesVisibleIf: string;
  choicesEnableIf: string;
  choicesFromQuestion: string;
  choicesFromQuestionMode: string;
  choiceValuesFromQuestion: string;
  choicesMin: number;
  choicesMax: number;
  choicesStep: number;
  showOtherItem: boolean;
  showNoneItem: boolean;
  showRefuseItem: boolean;
  showDontKnowItem: boolean;
  otherItem: ItemValue;
  noneItem: ItemValue;
  refuseItem: ItemValue;
  dontKnowItem: ItemValue;
  minSelectedChoices: number;
  maxSelectedChoices: number;
  valuePropertyName: string;
  hideIfChoicesEmpty: boolean;
  selectToRankEnabled: boolean;
  multiSelect: boolean;
  getStoreOthersAsComment(): boolean;
}

/** The answers of one select question, compiled. */
export interface CompiledChoices {
  domain: Domain;
  comment?: CommentKey;
  /** Hides the item when no choice is left (`hideIfChoicesEmpty`). */
  anyVisible?: Evaluate;
}

const isPlain = (value: unknown): value is Choice['value'] =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** Compiles listed items (choices, columns) with the condition of each, or else the one for all. */
export function compileList(
  items: ItemValue[],
  form: FormBuilder,
  place: ConditionPlace,
  conditions: { visibleIf?: string; enableIf?: string },
): Choice[] {
  const asked = { ...place, choice: true };
  const visible = form.expression(conditions.visibleIf, asked);
  const enabled = form.expression(conditions.enableIf, asked);
  const loose = (evaluate: Evaluate | undefined): Evaluate | undefined =>
    evaluate && ((scope, choice) => evaluate(scope, choice) == true);
  const compiled: Choice[] = [];
  for (const item of items) {
    const bag = item as ItemValue & {
      showCommentArea?: boolean;
      isCommentRequired?: boolean;
      isExclusive?: boolean;
    };
    const value: unknown = item.value;
    if (!isPlain(value)) {
      form.refuse(
        place.path,
        'choice_value',
        'Give every choice, row and column a text, a number or yes/no as value.',
      );
      continue;
    }
    if (compiled.some((one) => String(one.value) === String(value))) {
      form.refuse(
        `${place.path}{${value}}`,
        'duplicate_choice',
        'Give this choice a value that no other has.',
      );
    }
    if ((bag as unknown as { hasElements?: boolean }).hasElements) {
      form.refuse(
        `${place.path}{${value}}`,
        'nested_choice',
        'Move the questions out of this choice, under a visibleIf.',
      );
    }
    const own = { ...asked, path: `${place.path}{${value}}` };
    compiled.push({
      value,
      visible: loose(item.visibleIf ? form.expression(item.visibleIf, own) : visible),
      enabled: loose(item.enableIf ? form.expression(item.enableIf, own) : enabled),
      exclusive: bag.isExclusive === true,
      comment: bag.showCommentArea ? (bag.isCommentRequired ? 'required' : 'optional') : undefined,
    });
  }
  return compiled;
}

function numbered(question: SelectQuestion): Choice[] {
  if (question.getType() !== 'dropdown' || !(question.choicesMax > question.choicesMin)) return [];
  const step = question.choicesStep > 0 ? question.choicesStep : 1;
  const values: Choice[] = [];
  for (let value = question.choicesMin; value <= question.choicesMax; value += step) values.push({ value });
  return values;
}

const MULTIPLE = new Set(['checkbox', 'tagbox', 'ranking']);

/**
 * Compiles radiogroup, dropdown, buttongroup, checkbox, tagbox, ranking and imagepicker.
 * @param inherited  the choices of the matrix around a column that has none of its own
 */
export function compileChoices(
  question: Question,
  key: string,
  form: FormBuilder,
  place: ConditionPlace,
  commentLength: number,
  inherited: ItemValue[] = [],
): CompiledChoices {
  const select = question as SelectQuestion;
  const type = question.getType();
  const multiple = MULTIPLE.has(type) || (type === 'imagepicker' && select.multiSelect);
  const listed = select.choices.length > 0 ? select.choices : inherited;
  const conditions = { visibleIf: select.choicesVisibleIf, enableIf: select.choicesEnableIf };
  const choices = compileList(listed, form, place, conditions);
  const withComments = choices.some((choice) => choice.comment);
  if (!select.choicesFromQuestion && listed.length === 0) choices.push(...numbered(select));
  const specials: Choice[] = [];
  if (select.showNoneItem) specials.push({ value: select.noneItem.value, exclusive: true });
  if (select.showRefuseItem) specials.push({ value: select.refuseItem.value, exclusive: true });
  if (select.showDontKnowItem) specials.push({ value: select.dontKnowItem.value, exclusive: true });
  const other: Choice['value'] | undefined = select.showOtherItem ? select.otherItem.value : undefined;
  const beside = select.getStoreOthersAsComment();
  const limit = commentLimit(commentLength);
  if (other !== undefined && multiple && withComments) {
    const message =
      'Replace the "other" choice by a listed one with a comment, as the other commented choices.';
    form.refuse(place.path, 'other_and_comments', message);
  }
  if (other !== undefined && (beside || (multiple && select.valuePropertyName)))
    specials.push({ value: other });
  if (other !== undefined && select.valuePropertyName) {
    form.refuse(place.path, 'other_in_property', 'Remove valuePropertyName or the "other" choice.');
  }
  const carried = select.choicesFromQuestion ? carry(select, form, place, conditions) : undefined;
  const name = form.names.find(key);
  if (name) {
    name.offered = (scope) => visibleOf(carried ? carried(scope) : choices, scope);
    if (other !== undefined) name.other = other;
  }
  const domain = choiceDomain({
    kind: type,
    choices: [...choices, ...specials],
    carried: carried && ((scope) => [...carried(scope), ...specials]),
    multiple,
    min: multiple ? (select.minSelectedChoices ?? 0) : 0,
    max: multiple ? (select.maxSelectedChoices ?? 0) : 0,
    wholeOrder: type === 'ranking' && !select.selectToRankEnabled,
    property: multiple && select.valuePropertyName ? select.valuePropertyName : undefined,
    objects: multiple && withComments,
    free: other !== undefined && !beside ? { length: limit, other } : undefined,
    commentLength: limit,
  });
  const isOther = (value: unknown) =>
    other !== undefined && (Array.isArray(value) ? value.includes(other) : value === other);
  const area = question.showCommentArea;
  const commented = area || (other !== undefined && beside);
  const anyVisible: Evaluate | undefined = select.hideIfChoicesEmpty
    ? (scope) => (carried ? carried(scope) : visibleOf(choices, scope)).length > 0
    : undefined;
  return {
    domain,
    ...(commented
      ? {
          comment: {
            key: `${key}${settings.commentSuffix}`,
            maxLength: limit,
            allowed: (value: unknown) => area || isOther(value),
            needed: (value: unknown) => !area && isOther(value),
          },
        }
      : {}),
    ...(anyVisible ? { anyVisible } : {}),
  };
}

/** Choices taken over from another item: its visible choices, or the entries that it lists. */
function carry(
  select: SelectQuestion,
  form: FormBuilder,
  place: ConditionPlace,
  conditions: { visibleIf: string; enableIf: string },
): ((scope: Scope) => Choice[]) | undefined {
  const name = form.names.root.question(select.choicesFromQuestion);
  if (!name) {
    const message =
      'Take the choices over from an item of the survey itself, outside of panels with entries.';
    form.refuse(place.path, 'choices_source', message);
    return undefined;
  }
  const asked = { ...place, choice: true };
  const visible = form.expression(conditions.visibleIf, asked);
  const enabled = form.expression(conditions.enableIf, asked);
  const source = form.expression(`{#${name.key}}`, place) ?? (() => undefined);
  const mode = select.choicesFromQuestionMode;
  const valuesKey = select.choiceValuesFromQuestion;
  const listsOther = select.showOtherItem;
  return (scope) => {
    const held = source(scope);
    const list = name.offered
      ? chosen(name.offered(rootOf(scope)), held, mode, listsOther ? undefined : name.other)
      : entries(held, valuesKey);
    return list.map((choice) => ({
      ...choice,
      visible: visible && ((at, value) => visible(at, value) == true),
      enabled: enabled && ((at, value) => enabled(at, value) == true),
    }));
  };
}

function chosen(offered: Choice[], held: unknown, mode: string, other: unknown): Choice[] {
  if (mode === 'all') return offered;
  const picked = new Set<unknown>(Array.isArray(held) ? held : [held]);
  const list = offered.filter((choice) => picked.has(choice.value) === (mode === 'selected'));
  return mode === 'selected' && isPlain(other) && picked.has(other) ? [...list, { value: other }] : list;
}

function entries(held: unknown, key: string): Choice[] {
  const list: Choice[] = [];
  for (const entry of Array.isArray(held) ? held : []) {
    if (!isObject(entry)) continue;
    const value = entry[key || Object.keys(entry)[0]!];
    if (isPlain(value) && value !== '') list.push({ value });
  }
  return list;
}

const rootOf = (scope: Scope): Scope => (scope.parent ? rootOf(scope.parent) : scope);
