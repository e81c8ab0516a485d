import {
  type ItemValue,
  type PanelModel,
  type Question,
  type QuestionDropdownModel,
  type QuestionRatingModel,
  type QuestionSelectBase,
} from 'survey-core';
import type { Texts, ValueLabel } from './variable.js';
import type { TextReader } from './variable-texts.js';

/** One thing that can be chosen. Refusals and don't-knows are no choices but missing reasons. */
export interface Choice {
  value: unknown;
  code: number;
  label: Texts;
  /** Its own condition, with `{item}` filled in; null when it is always offered. */
  condition: string | null;
  /** Whether choosing it opens a line to write on. */
  comment: boolean;
  other: boolean;
  /** Questions that choosing it opens. */
  panel?: PanelModel;
}

export interface ChoiceList {
  /** Null when the choices are made of what a person entered elsewhere. */
  choices: Choice[] | null;
  refused: unknown[];
  dontKnow: unknown[];
}

const REFUSED_VALUE = 'refused';
const DONT_KNOW_VALUE = 'dontknow';

export type ItemOf = (name: string) => Question | null;

/** The choices of a question, its own, its matrix's or another item's, with their codes. */
export function choiceList(
  question: Question,
  texts: TextReader,
  find: ItemOf,
  inherited: ItemValue[] = [],
): ChoiceList {
  const select = question as QuestionSelectBase;
  const items = offeredItems(question, find, inherited, new Set());
  const refused: unknown[] = [];
  const dontKnow: unknown[] = [];
  const regular = withoutReasons(items ?? [], refused, dontKnow);
  if (select.showRefuseItem) refused.push(select.refuseItem.value);
  if (select.showDontKnowItem) dontKnow.push(select.dontKnowItem.value);
  if (items === null) return { choices: null, refused, dontKnow };

  const codes = codesOf(regular);
  const shared = question.getPropertyValue('choicesVisibleIf') as string | undefined;
  const choices: Choice[] = regular.map((item, position) => ({
    value: item.value,
    code: codes[position] as number,
    label: gradeText(question, item, texts) ?? texts.of(item.locText, item.value),
    condition: joined([shared ? withItem(shared, item.value) : '', item.visibleIf]),
    comment: item.getPropertyValue('showCommentArea') === true,
    other: false,
    panel: panelOf(item),
  }));
  const place = 10 ** Math.max(2, Math.ceil(Math.log10(Math.max(0, ...codes.map(Math.abs)) + 11)));
  const add = (item: ItemValue, code: number, label: Texts, other: boolean) =>
    choices.push({ value: item.value, code, label, condition: null, comment: false, other });
  if (select.showNoneItem)
    add(select.noneItem, place - 4, texts.special(select.locNoneText, 'noneItemText'), false);
  if (select.showOtherItem)
    add(select.otherItem, place - 3, texts.special(select.locOtherText, 'otherItemText'), true);
  const source = sourceWithOther(select, find);
  if (source) add(source.otherItem, place - 3, texts.special(source.locOtherText, 'otherItemText'), false);
  return { choices, refused, dontKnow };
}

/** The items that are answers; the others go to the lists of values that are missing reasons. */
export function withoutReasons(items: ItemValue[], refused: unknown[], dontKnow: unknown[]): ItemValue[] {
  const reason = (item: ItemValue) =>
    item.value === REFUSED_VALUE ? refused : item.value === DONT_KNOW_VALUE ? dontKnow : null;
  return items.filter((item) => !reason(item)?.push(item.value));
}

export const asValueLabels = (choices: Choice[]): ValueLabel[] =>
  choices.map(({ code, value, label }) => ({ code, value, label }));

/**
 * Codes of the regular choices: the item's `code`, else its value when all values are integers, else its position from 1.
 * "None" and "other" come after them, as the 96 and 97 of the first hundred, thousand … that is free.
 */
export function codesOf(items: ItemValue[]): number[] {
  const integers = items.every((item) => Number.isSafeInteger(item.value));
  const declared = items.map((item) => item.getPropertyValue('code') as number | undefined);
  const used = new Set(declared.filter((code) => code !== undefined));
  return items.map((item, position) => {
    const own = declared[position];
    if (own !== undefined && own !== null) return Number(own);
    let code = integers ? (item.value as number) : position + 1;
    while (used.has(code)) code += 1;
    used.add(code);
    return code;
  });
}

/** The items that a question offers, before its conditions; null when a person's entries make them. */
function offeredItems(
  question: Question,
  find: ItemOf,
  inherited: ItemValue[],
  seen: Set<Question>,
): ItemValue[] | null {
  if (question.getType() === 'imagemap') return question.getPropertyValue('areas') as ItemValue[];
  if (question.getType() === 'rating') return (question as QuestionRatingModel).visibleRateValues;
  const select = question as QuestionSelectBase;
  const source = select.choicesFromQuestion ? find(select.choicesFromQuestion) : null;
  if (source && !seen.has(source)) {
    seen.add(question);
    if (!Array.isArray((source as QuestionSelectBase).choices)) return null;
    return isTable(source) ? null : offeredItems(source, find, [], seen);
  }
  const own = select.choices as ItemValue[];
  return [...(own.length > 0 ? own : inherited), ...numbersOf(question as QuestionDropdownModel, own)];
}

/** The ends of a scale of numbers are called by their descriptions. */
function gradeText(question: Question, item: ItemValue, texts: TextReader): Texts | null {
  const rating = question as QuestionRatingModel;
  if (question.getType() !== 'rating' || rating.rateValues.length > 0) return null;
  const end =
    item.value === rating.rateMin
      ? rating.locMinRateDescription
      : item === rating.visibleRateValues.at(-1)
        ? rating.locMaxRateDescription
        : undefined;
  return end?.getJson() ? texts.of(end, item.value) : null;
}

const isTable = (question: Question): boolean =>
  ['matrixdropdown', 'matrixdynamic', 'paneldynamic'].includes(question.getType());

/** The source whose "other" is offered again, as a choice among others, where the chosen answers are carried forward. */
function sourceWithOther(select: QuestionSelectBase, find: ItemOf): QuestionSelectBase | null {
  if (!select.choicesFromQuestion || select.choicesFromQuestionMode !== 'selected' || select.showOtherItem)
    return null;
  const source = find(select.choicesFromQuestion) as QuestionSelectBase | null;
  return source?.showOtherItem ? source : null;
}

/** The numbers of a dropdown's `choicesMin`…`choicesMax`. */
function numbersOf(dropdown: QuestionDropdownModel, own: ItemValue[]): ItemValue[] {
  if (dropdown.getType() !== 'dropdown' || !(dropdown.choicesMin || dropdown.choicesMax)) return [];
  const taken = new Set(own.map((item) => item.value as unknown));
  const made: ItemValue[] = [];
  const step = dropdown.choicesStep >= 1 ? dropdown.choicesStep : 1;
  for (let value = dropdown.choicesMin; value <= dropdown.choicesMax && made.length < 1000; value += step)
    if (!taken.has(value)) made.push(dropdown.createItemValue(value));
  return made;
}

const panelOf = (item: ItemValue): PanelModel | undefined => {
  const holder = item as ItemValue & { hasElements?: boolean; panel?: PanelModel };
  return holder.hasElements ? holder.panel : undefined;
};

/** A value as it is written in an expression. */
const literal = (value: unknown): string =>
  typeof value === 'number' ? String(value) : `'${String(value).replace(/'/g, "\\'")}'`;

/** An expression about every choice, as it reads for one. */
export function withItem(expression: string, value: unknown): string {
  return expression.replace(/\{(item|choice)\}/gi, () => literal(value));
}

/** Conditions that must all hold, as one expression; null for none. */
export function joined(conditions: (string | null | undefined)[]): string | null {
  const given = [
    ...new Set(conditions.filter((condition): condition is string => Boolean(condition?.trim()))),
  ];
  if (given.length <= 1) return given[0] ?? null;
  return given.map((condition) => `(${condition})`).join(' and ');
}

/** The condition that a choice is chosen. */
export function choiceIsChosen(question: Question, value: unknown, multiple: boolean): string {
  return `{${question.getValueName()}} ${multiple ? 'contains' : '='} ${literal(value)}`;
}
