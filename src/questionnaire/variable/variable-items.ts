import type {
  Question,
  QuestionBooleanModel,
  QuestionExpressionModel,
  QuestionFileModel,
  QuestionImageMapModel,
  QuestionImagePickerModel,
  QuestionSliderModel,
  QuestionTextModel,
} from 'survey-core';
import type { ItemValue } from 'survey-core';
import type { Variable } from './variable.js';
import { asValueLabels, type Choice, choiceList, type ChoiceList } from './variable-choices.js';
import type { Column, Derivation, Item } from './variable-derivation.js';
import { maySubtract, resultType } from './variable-expression.js';
import { fitsName, valuePart } from './variable-names.js';

const COMMENT = '-Comment';

/** What an item needs to know about its neighbours. */
export interface Around {
  find: (name: string) => Question | null;
  /** Choices of the matrix that a column without its own inherits. */
  inherited: ItemValue[];
}

const NUMBER_INPUTS = new Set(['number', 'range']);

/** A text item: one column, of the type of its input or mask. */
export function textColumn(derive: Derivation, item: Item): void {
  const text = item.question as QuestionTextModel;
  const type = textType(text);
  derive.add(item, {
    read: type === 'numeric' ? { as: 'number' } : { as: 'text' },
    type,
    negatives: type === 'numeric' && belowZero(text),
  });
}

export function textType(text: QuestionTextModel): Variable['type'] {
  const mask = text.maskType;
  const settings = text.maskSettings as { saveMaskedValue?: boolean; pattern?: string } | undefined;
  if (mask && mask !== 'none') {
    if (settings?.saveMaskedValue || mask === 'pattern') return 'string';
    if (mask !== 'datetime') return 'numeric';
    const pattern = settings?.pattern ?? '';
    if (!/[dy]/i.test(pattern) && pattern !== '') return 'string';
    return /h/i.test(pattern) ? 'datetime' : 'date';
  }
  if (NUMBER_INPUTS.has(text.inputType)) return 'numeric';
  if (text.inputType === 'date') return 'date';
  return text.inputType === 'datetime-local' ? 'datetime' : 'string';
}

/** Whether a number's declared minimum, of the input, its mask or its validator, lies below zero. */
function belowZero(text: QuestionTextModel): boolean {
  const mask = text.maskSettings as { min?: number } | undefined;
  const validators = text.validators as { getType(): string; minValue?: number }[];
  const least = [
    text.maskType && text.maskType !== 'none' ? mask?.min : text.min,
    ...validators.map((validator) =>
      validator.getType() === 'numericvalidator' ? validator.minValue : undefined,
    ),
  ];
  return least.some((minimum) => minimum !== undefined && minimum !== null && Number(minimum) < 0);
}

/** A single choice, with a text for "other" and one for each choice that asks for words. */
export function singleChoice(derive: Derivation, item: Item, around: Around): ChoiceList {
  const list = choiceList(item.question, derive.texts, around.find, around.inherited);
  if (list.choices === null) {
    derive.add(item, { read: { as: 'text' }, type: 'string', list });
    return list;
  }
  const values = asValueLabels(list.choices);
  const other = list.choices.find((choice) => choice.other)?.code;
  const ordered = item.question.getType() === 'rating';
  derive.add(item, {
    read: { as: 'code', ...(other === undefined ? {} : { other }) },
    measure: ordered ? 'ordinal' : 'nominal',
    values,
    list,
  });
  choiceTexts(derive, item, list, null);
  return list;
}

/** A multiple choice: a 0/1 for each choice, "none" and "other" included. */
export function multipleChoice(derive: Derivation, item: Item, around: Around): ChoiceList {
  const list = choiceList(item.question, derive.texts, around.find, around.inherited);
  const wrap = wrapOf(item.question, list);
  if (list.choices === null) {
    derive.add(item, { suffix: ['n'], read: { as: 'count' }, list, wrap });
    derive.add(item, { suffix: ['list'], read: { as: 'list' }, type: 'string', list, wrap });
    return list;
  }
  const values = derive.chosenOrNot();
  for (const [choice, suffix] of suffixed(item.names, list.choices)) {
    derive.add(item, {
      ...ofChoice(item, choice),
      suffix: [choice.other && suffix === 'other' ? 'oth' : suffix],
      read: { as: 'chosen', choice: choice.value },
      measure: 'nominal',
      values,
      list,
      wrap,
    });
  }
  choiceTexts(derive, item, list, wrap);
  return list;
}

/** A ranking: the rank of each choice, 1 the first. */
export function ranking(derive: Derivation, item: Item, around: Around): ChoiceList {
  const list = choiceList(item.question, derive.texts, around.find, around.inherited);
  const wrap = wrapOf(item.question, list);
  if (list.choices === null)
    derive.add(item, { suffix: ['list'], read: { as: 'list' }, type: 'string', list, wrap });
  for (const [choice, suffix] of suffixed(item.names, list.choices ?? [])) {
    derive.add(item, {
      ...ofChoice(item, choice),
      suffix: [suffix],
      read: { as: 'rank', choice: choice.value },
      measure: 'ordinal',
      list,
      wrap,
    });
  }
  return list;
}

const ofChoice = (item: Item, choice: Choice): Pick<Column, 'label' | 'path' | 'guards' | 'conditions'> => ({
  label: [choice.label],
  path: `${item.path}{${String(choice.value)}}`,
  guards: [`${item.path}{${String(choice.value)}}`],
  conditions: [choice.condition],
});

/** Suffixes of the choices' columns: their values, or their codes where a value would make a name too long. */
function suffixed(names: string[], choices: Choice[]): [Choice, string][] {
  const long = choices.some((choice) => !fitsName([...names, valuePart(choice.value)]));
  return choices.map((choice) => [choice, valuePart(long ? choice.code : choice.value)]);
}

/** The lines to write on that choices open: "other", and choices with a comment of their own. */
function choiceTexts(derive: Derivation, item: Item, list: ChoiceList, wrap: string | null): void {
  const known = (list.choices ?? []).map((choice) => choice.value);
  const key = item.at.at(-1) ?? '';
  for (const choice of list.choices ?? []) {
    if (!choice.other && !choice.comment) continue;
    const chosen = { path: item.path, conditions: [choice.condition], label: [choice.label], list, wrap };
    if (choice.other) {
      const comment = [...item.at.slice(0, -1), key + COMMENT];
      derive.add(item, {
        ...chosen,
        suffix: ['other'],
        read: { as: 'otherText', choice: choice.value, comment, known },
        type: 'string',
      });
    } else {
      derive.add(item, {
        ...chosen,
        suffix: [valuePart(choice.value), 'txt'],
        read: { as: 'choiceText', choice: choice.value },
        type: 'string',
      });
    }
  }
}

const wrapOf = (question: Question, list: ChoiceList): string | null =>
  (question.getPropertyValue('valuePropertyName') as string | undefined) ||
  (list.choices?.some((choice) => choice.comment) ? 'value' : null);

export function booleanColumn(derive: Derivation, item: Item): void {
  const question = item.question as QuestionBooleanModel;
  const given = (value: unknown, otherwise: boolean) =>
    value === undefined || value === null ? otherwise : value;
  const yes = given(question.valueTrue, true);
  const no = given(question.valueFalse, false);
  const label = (name: 'labelTrue' | 'labelFalse', key: 'yes' | 'no') =>
    derive.texts.each((locale) => {
      const own: unknown = (name === 'labelTrue' ? question.locLabelTrue : question.locLabelFalse).getJson();
      const words = own ? derive.texts.ofJson(own, '') : derive.words[key];
      return words[locale] ?? '';
    });
  derive.add(item, {
    read: { as: 'boolean', yes, no },
    measure: 'nominal',
    values: [
      { code: 0, value: no, label: label('labelFalse', 'no') },
      { code: 1, value: yes, label: label('labelTrue', 'yes') },
    ],
  });
}

export function sliderColumns(derive: Derivation, item: Item): void {
  const slider = item.question as QuestionSliderModel;
  const negatives = Number(slider.min) < 0;
  if (slider.sliderType !== 'range') {
    derive.add(item, { read: { as: 'number' }, negatives });
    return;
  }
  derive.add(item, { suffix: ['lo'], read: { as: 'end', index: 0 }, negatives });
  derive.add(item, { suffix: ['hi'], read: { as: 'end', index: 1 }, negatives });
}

export function fileColumns(derive: Derivation, item: Item): void {
  const file = item.question as QuestionFileModel;
  derive.add(item, { suffix: ['n'], read: { as: 'count' } });
  derive.add(item, {
    suffix: [file.allowMultiple ? 'names' : 'name'],
    read: { as: 'list' },
    type: 'string',
    wrap: 'name',
  });
}

export function signatureColumn(derive: Derivation, item: Item): void {
  const values = derive.yesOrNo();
  derive.add(item, { suffix: ['signed'], read: { as: 'present' }, measure: 'nominal', values });
}

const FORMATTED_NUMBERS = new Set(['decimal', 'currency', 'percent']);

export function expressionColumn(derive: Derivation, item: Item): void {
  const question = item.question as QuestionExpressionModel;
  const result = FORMATTED_NUMBERS.has(question.displayStyle)
    ? 'numeric'
    : question.displayStyle === 'date'
      ? 'date'
      : resultType(question.expression ?? '', typeOfName(derive));
  computedColumn(derive, item, result, question.expression ?? '');
}

/** A column that is computed from others: numbers, texts, dates, or 0/1 for a condition. */
export function computedColumn(
  derive: Derivation,
  item: Item,
  result: Variable['type'] | 'boolean',
  expression: string,
  more: Partial<Column> = {},
): void {
  const type = result === 'boolean' ? 'numeric' : result;
  const read: Column['read'] =
    result === 'boolean'
      ? { as: 'boolean', yes: true, no: false }
      : { as: type === 'numeric' ? 'number' : 'text' };
  const values = derive.yesOrNo();
  derive.add(item, {
    read,
    type,
    computed: true,
    ...(result === 'boolean' ? { values, measure: 'nominal' as const } : {}),
    negatives: type === 'numeric' && maySubtract(expression),
    ...more,
  });
}

/** The type of what a name in an expression stands for, as far as it is derived already. */
export const typeOfName =
  (derive: Derivation) =>
  (name: string): Variable['type'] | null =>
    derive.variables.find(
      (variable) => variable.item === name && variable.path === name && !variable.source.reason,
    )?.type ?? null;

/** The line to write on under any question. */
export function commentColumn(derive: Derivation, item: Item): void {
  const key = (item.at.at(-1) ?? '') + COMMENT;
  derive.add(item, {
    suffix: ['comment'],
    label: [derive.texts.special(item.question.locCommentText, 'otherItemText')],
    read: { as: 'text' },
    type: 'string',
    at: [...item.at.slice(0, -1), key],
  });
}

export const isMultiple = (question: Question): boolean => {
  const type = question.getType();
  if (type === 'checkbox' || type === 'tagbox') return true;
  if (type === 'imagepicker') return (question as QuestionImagePickerModel).multiSelect;
  return type === 'imagemap' && (question as QuestionImageMapModel).multiSelect;
};
