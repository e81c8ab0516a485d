import { Helpers, type ItemValue, type PanelModel, type Question } from 'survey-core';
import { compileChoices, compileList } from './compile-choices.js';
import type { ConditionPlace, FormBuilder } from './compile-form.js';
import { compileEntries, compileMatrix, compileMultipleText, compileTable } from './compile-matrix.js';
import { holdsAnswer } from './compile-names.js';
import { refusalsOfQuestion } from './compile-refusals.js';
import { compileValidators } from './compile-validators.js';
import type { CommentKey, Domain, Item } from './domain.js';
import { choiceDomain, commentLimit } from './domain-choice.js';
import { booleanDomain, computedDomain, sliderDomain } from './domain-scale.js';
import { limitOf, textDomain } from './domain-text.js';
import type { Need } from './routing-names.js';
import type { Evaluate } from './routing-run.js';
import { REFUSED_SUFFIX } from '../survey.js';

/** What is the same for all questions of one questionnaire. */
export interface Compiling {
  /** How long comments may be; 0 for no limit of the survey's own. */
  commentLength: number;
  /** Compiles the elements of a panel: questions hold panels, and panels hold questions. */
  compileElements(panel: PanelModel, form: FormBuilder, inside: Inside): void;
}

/** What holds for all elements inside a page, a panel or an entry's template. */
export interface Inside {
  commentLength: number;
  refusable: boolean;
  container?: number;
  enabled?: Evaluate[];
  needs?: Need[];
}

/** What surrounds one question while it is compiled. */
export interface Around {
  container: number;
  /** Conditions of pages and panels around, under which the item can be changed. */
  enabled: Evaluate[];
  /** Needs of the pages and panels around. */
  needs: Need[];
  /** Own name of the question in paths, when it is not the question's value name. */
  key?: string;
  inheritedChoices?: ItemValue[];
  /** May the item be declined under a key of its own? */
  refusable: boolean;
}

/** What the class of a question makes of it. */
export interface Made {
  domain: Domain;
  comment?: CommentKey;
  anyVisible?: Evaluate;
  computed?: Evaluate;
  totals?: NonNullable<Item['totals']>;
}

export type Maker = (
  question: Question,
  key: string,
  form: FormBuilder,
  place: ConditionPlace,
  more: MakerMore,
) => Made;

export interface MakerMore extends Compiling {
  needs: Need[];
  /** What limits and validators name: not needed to read the item, only to judge it. */
  late: Need[];
  around: Around;
  compileItem(question: Question, form: FormBuilder, around: Around): void;
}

const choices: Maker = (question, key, form, place, more) =>
  compileChoices(question, key, form, place, more.commentLength, more.around.inheritedChoices);

const limits = (question: Question, form: FormBuilder, place: ConditionPlace, late: Need[]) => {
  const bag = question as Question & { minValueExpression?: string; maxValueExpression?: string };
  const judged = { ...place, needs: late };
  return {
    min: form.expression(bag.minValueExpression, judged),
    max: form.expression(bag.maxValueExpression, judged),
  };
};

const text: Maker = (question, _key, form, place, more) => ({
  domain: textDomain(question, limits(question, form, place, more.late)),
});

const display: Maker = (question) => ({ domain: computedDomain(question.getType()) });

/** A question class → how its answers are compiled. What is not here is refused. */
const MAKERS: Record<string, Maker> = {
  text,
  comment: text,
  radiogroup: choices,
  dropdown: choices,
  buttongroup: choices,
  checkbox: choices,
  tagbox: choices,
  ranking: choices,
  imagepicker: choices,
  html: display,
  image: display,
  rating: (question, _key, form, place) => {
    const values = (question as Question & { visibleRateValues: ItemValue[] }).visibleRateValues;
    const list = compileList(values, form, place, {});
    return {
      domain: choiceDomain({
        kind: 'rating',
        choices: list,
        multiple: false,
        min: 0,
        max: 0,
        commentLength: 0,
      }),
    };
  },
  boolean: (question) => {
    const bag = question as Question & { getValueTrue(): unknown; getValueFalse(): unknown };
    return { domain: booleanDomain(bag.getValueTrue(), bag.getValueFalse()) };
  },
  slider: (question, _key, form, place, more) => ({
    domain: sliderDomain(question, limits(question, form, place, more.late)),
  }),
  imagemap: (question, _key, form, place) => {
    const map = question as Question & {
      areas: ItemValue[];
      multiSelect: boolean;
      minSelectedAreas: number;
      maxSelectedAreas: number;
      valuePropertyName: string;
    };
    return {
      domain: choiceDomain({
        kind: 'imagemap',
        choices: compileList(map.areas, form, place, {}),
        multiple: map.multiSelect,
        min: map.multiSelect ? (map.minSelectedAreas ?? 0) : 0,
        max: map.multiSelect ? (map.maxSelectedAreas ?? 0) : 0,
        property: map.multiSelect && map.valuePropertyName ? map.valuePropertyName : undefined,
        commentLength: 0,
      }),
    };
  },
  expression: (question, _key, form, place) => {
    const bag = question as Question & { expression: string; precision: number };
    const compute = form.expression(bag.expression, place) ?? (() => undefined);
    const { precision } = bag;
    return {
      domain: computedDomain('expression'),
      computed: (scope) => {
        const value = compute(scope);
        return precision >= 0 && Helpers.isNumber(value)
          ? Number((value as number).toFixed(precision))
          : value;
      },
    };
  },
  multipletext: compileMultipleText,
  matrix: compileMatrix,
  matrixdropdown: compileTable,
  matrixdynamic: compileEntries,
  paneldynamic: compileEntries,
};

/** Compiles one question into its form; what cannot be compiled is noted as a refusal. */
export function compileItem(
  question: Question,
  form: FormBuilder,
  around: Around,
  compiling: Compiling,
): void {
  const type = question.getType();
  const key = around.key ?? question.getValueName();
  const path = form.prefix + (holdsAnswer(question) ? key : question.name);
  const maker = MAKERS[type];
  if (!maker) {
    const message = `Replace this question: answers of the type "${type}" cannot be checked.`;
    return form.refuse(path, 'unsupported_type', message);
  }
  form.refusals.push(...refusalsOfQuestion(question, path));
  const needs: Need[] = [...around.needs];
  const late: Need[] = form.late ?? [];
  const place: ConditionPlace = { path, needs, self: key };
  const made = maker(question, key, form, place, {
    ...compiling,
    needs,
    late,
    around,
    compileItem: (inner, within, place) => compileItem(inner, within, place, compiling),
  });
  const visible = visibility(question, form, { path, needs }, made.anyVisible);
  if (!holdsAnswer(question)) {
    const item: Item = {
      ...blank(question, question.name, made.domain, around),
      ...(visible ? { visible } : {}),
    };
    return form.addDisplay(item, needs);
  }
  const enableIf = form.expression(question.enableIf, { path, needs });
  const readOnly = question.readOnly && !question.enableIf;
  const computed = made.computed ?? (readOnly ? fixedValue(question, form, place) : undefined);
  const requiredIf = form.expression(question.requiredIf, { path, needs: late });
  const comment = made.comment ?? commentOf(question, key, compiling);
  const takesRefusal = around.refusable && !computed && !readOnly && !offersRefusal(question);
  form.addItem(
    {
      ...blank(question, key, made.domain, around),
      ...(visible ? { visible } : {}),
      enabled: enableIf ? [...around.enabled, enableIf] : around.enabled,
      readOnly,
      ...(question.defaultValue === undefined ? {} : { fixed: question.getDefaultValue() }),
      required: question.isRequired && !question.requiredIf,
      ...(requiredIf ? { requiredIf } : {}),
      ...(takesRefusal ? { refusedKey: `${key}${REFUSED_SUFFIX}` } : {}),
      ...(comment ? { comment } : {}),
      ...(computed ? { computed } : {}),
      ...(made.totals ? { totals: made.totals } : {}),
      validators: compileValidators(question, key, form, path, late),
    },
    needs,
    late,
  );
}

const blank = (question: Question, key: string, domain: Domain, around: Around): Item => ({
  name: question.name,
  key,
  domain,
  container: around.container,
  enabled: around.enabled,
  readOnly: false,
  required: false,
  validators: [],
  needs: [],
});

/** `visible` and `visibleIf` of an element, as one condition; undefined for what is always visible. */
export function visibility(
  element: { visible: boolean; visibleIf: string },
  form: FormBuilder,
  place: ConditionPlace,
  also?: Evaluate,
): Evaluate | undefined {
  const own = element.visibleIf
    ? form.expression(element.visibleIf, place)
    : element.visible
      ? undefined
      : () => false;
  if (!own || !also) return own ?? also;
  return (scope) => own(scope) === true && also(scope) === true;
}

/** What a read-only item holds: its default, which nobody can change. */
function fixedValue(question: Question, form: FormBuilder, place: ConditionPlace): Evaluate | undefined {
  const constant: unknown = question.getDefaultValue();
  const inputType = (question as Question & { inputType?: string }).inputType ?? '';
  const compute = form.expression(question.defaultValueExpression, place);
  if (compute) return (scope) => limitOf(compute(scope) ?? constant, inputType);
  return Helpers.isValueEmpty(constant) ? undefined : () => JSON.parse(JSON.stringify(constant)) as unknown;
}

function commentOf(question: Question, key: string, { commentLength }: Compiling): CommentKey | undefined {
  if (!question.showCommentArea) return undefined;
  const maxLength = commentLimit(commentLength);
  return { key: `${key}-Comment`, maxLength, allowed: () => true, needed: () => false };
}

/** Does the question list a refusal among its choices, or say that it cannot be declined? */
function offersRefusal(question: Question): boolean {
  const bag = question as Question & { showRefuseItem?: boolean; refusable?: boolean; choices?: ItemValue[] };
  if (bag.refusable === false || bag.showRefuseItem === true) return true;
  return Array.isArray(bag.choices) && bag.choices.some((choice) => choice.value === 'refused');
}
