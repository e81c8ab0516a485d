import {
  type PanelModel,
  type Question,
  type QuestionCompositeModel,
  type QuestionCustomModel,
  type SurveyModel,
  QuestionExpressionModel,
} from 'survey-core';
import { loadSurvey } from '../survey.js';
import type { Texts, Variable, VariableTable } from './variable.js';
import { choiceIsChosen, type ChoiceList } from './variable-choices.js';
import { Derivation, type Item, type Place, within } from './variable-derivation.js';
import { namesIn, resultType } from './variable-expression.js';
import { fedColumns, placeColumns } from './variable-feed.js';
import {
  type Around,
  booleanColumn,
  commentColumn,
  computedColumn,
  expressionColumn,
  fileColumns,
  isMultiple,
  multipleChoice,
  ranking,
  signatureColumn,
  singleChoice,
  sliderColumns,
  textColumn,
  typeOfName,
} from './variable-items.js';
import {
  type Inner,
  matrixColumns,
  matrixDropdown,
  matrixDynamic,
  multipleText,
  panelDynamic,
} from './variable-tables.js';
import { TextReader } from './variable-texts.js';

export type { Variable } from './variable.js';

/** Our own words in labels; a locale without them gets the English ones. */
const WORDS: Record<string, Record<keyof Derivation['words'], string>> = {
  en: { notChosen: 'Not chosen', chosen: 'Chosen', yes: 'Yes', no: 'No', total: 'Total' },
  ru: { notChosen: 'Не выбрано', chosen: 'Выбрано', yes: 'Да', no: 'Нет', total: 'Итого' },
};

/** Navigation that would make SurveyJS regroup the pages; it changes no variable. */
const NAVIGATION = [
  'questionsOnPageMode',
  'isSinglePage',
  'showPreviewBeforeComplete',
  'firstPageIsStartPage',
  'mode',
];

/** The variables of a questionnaire and the tables that they stand in. */
export interface DerivedVariables {
  variables: Variable[];
  tables: VariableTable[];
  /** Names that two cells would have had; the second, at `path`, got another. */
  clashes: { name: string; path: string }[];
}

/**
 * Every variable that a questionnaire yields, in its order: main table and child tables mixed, told apart by `table`.
 * Heavy (builds a survey-core model): call it once a questionnaire version.
 * @param locales  languages of the labels; by default those that the questionnaire uses
 */
export const deriveVariables = (json: object, locales?: string[]): Variable[] =>
  deriveTables(json, locales).variables;

/** The same with the tables: `main` first, then a child table for each dynamic panel or matrix. */
export function deriveTables(json: object, locales?: string[]): DerivedVariables {
  const survey = loadSurvey(
    Object.fromEntries(Object.entries(json).filter(([property]) => !NAVIGATION.includes(property))),
  );
  const ownLocale = (json as { locale?: string }).locale || 'en';
  const texts = new TextReader(locales ?? localesOf(survey, ownLocale), ownLocale);
  const word = (key: keyof Derivation['words']): Texts =>
    texts.each((locale) => (WORDS[locale] ?? WORDS.en)?.[key] ?? '');
  const derive = new Derivation(survey, texts, {
    notChosen: word('notChosen'),
    chosen: word('chosen'),
    yes: word('yes'),
    no: word('no'),
    total: word('total'),
  });
  derive.tables.push({
    name: 'main',
    parent: null,
    label: texts.of(survey.locTitle, ''),
    at: [],
    path: '',
    index: [],
  });
  survey.pages.forEach((page, position) => walkPanel(derive, page, topPlace(position)));
  computedValues(derive);
  findRouting(derive);
  survey.dispose();
  return { variables: derive.variables, tables: derive.tables, clashes: derive.names.clashes };
}

const localesOf = (survey: SurveyModel, ownLocale: string): string[] => {
  const used = survey.getUsedLocales().filter((locale) => locale !== 'default' && locale !== '');
  return [...new Set([...used, ownLocale])].sort();
};

const topPlace = (page: number): Place => ({
  table: 'main',
  at: [],
  level: 0,
  names: [],
  labels: [],
  path: '',
  guards: [],
  conditions: [],
  item: null,
  page,
  refusal: null,
});

function walkPanel(derive: Derivation, panel: PanelModel, place: Place): void {
  const inside = {
    ...place,
    conditions: [...place.conditions, panel.visible ? panel.visibleIf : panel.visibleIf || 'false'],
  };
  for (const element of panel.elements) {
    if (element.isPanel) walkPanel(derive, element as unknown as PanelModel, inside);
    else walkQuestion(derive, element as Question, inside);
  }
}

function walkQuestion(
  derive: Derivation,
  question: Question,
  place: Place,
  around: Partial<Around> = {},
): void {
  const siblings = (question.parent as PanelModel | null)?.questions ?? [];
  const nearby: Around = {
    inherited: [],
    find: (name) =>
      siblings.find((sibling) => sibling.name === name) ?? derive.survey.getQuestionByName(name),
    ...around,
  };
  const item = derive.item(question, place);
  const list = columnsOf(derive, item, nearby);
  if (question.getPropertyValue('showCommentArea') === true) commentColumn(derive, item);
  fedColumns(derive, item);
  placeColumns(derive, item);
  for (const choice of list?.choices ?? []) {
    if (!choice.panel) continue;
    const chosen = choiceIsChosen(question, choice.value, isMultiple(question));
    walkPanel(derive, choice.panel, { ...place, conditions: [...item.conditions, choice.condition, chosen] });
  }
}

/** The columns of one question, by its class; returns the choices that may open further questions. */
function columnsOf(derive: Derivation, item: Item, around: Around): ChoiceList | void {
  const { question } = item;
  const inner: Inner = {
    question: (nested, place, near) => walkQuestion(derive, nested, place, near),
    panel: (panel, place) => walkPanel(derive, panel, place),
  };
  switch (question.getType()) {
    case 'text':
      return textColumn(derive, item);
    case 'comment':
      return void derive.add(item, { read: { as: 'text' }, type: 'string' });
    case 'boolean':
      return booleanColumn(derive, item);
    case 'slider':
      return sliderColumns(derive, item);
    case 'ranking':
      return ranking(derive, item, around);
    case 'expression':
      return expressionColumn(derive, item);
    case 'multipletext':
      return multipleText(item, inner);
    case 'matrix':
      return matrixColumns(derive, item);
    case 'matrixdropdown':
      return matrixDropdown(derive, item, inner);
    case 'matrixdynamic':
      return matrixDynamic(derive, item, inner);
    case 'paneldynamic':
      return panelDynamic(derive, item, inner);
    case 'file':
      return fileColumns(derive, item);
    case 'signaturepad':
      return signatureColumn(derive, item);
    case 'html':
    case 'image':
    case 'empty':
      return;
    default:
      return otherColumns(derive, item, around, inner);
  }
}

function otherColumns(derive: Derivation, item: Item, around: Around, inner: Inner): ChoiceList | void {
  const content = item.question as Question & Partial<QuestionCompositeModel & QuestionCustomModel>;
  if (content.contentPanel)
    return inner.panel(content.contentPanel, within(item, { path: item.path, guarded: false }));
  if (content.contentQuestion)
    return columnsOf(derive, { ...item, question: content.contentQuestion }, around);
  return isMultiple(item.question)
    ? multipleChoice(derive, item, around)
    : singleChoice(derive, item, around);
}

/** Computed values that are stored with the answers. */
function computedValues(derive: Derivation): void {
  for (const value of derive.survey.calculatedValues) {
    if (!value.includeIntoResult) continue;
    const item = derive.item(new QuestionExpressionModel(value.name), topPlace(-1));
    computedColumn(derive, item, resultType(value.expression, typeOfName(derive)), value.expression);
  }
}

/** Notes for each variable the last page that its routing reads from, computed values followed to their sources. */
function findRouting(derive: Derivation): void {
  const pages = new Map(derive.variables.map((variable) => [variable.item.toLowerCase(), variable.page]));
  const computed = new Map(
    derive.survey.calculatedValues.map((value) => [value.name.toLowerCase(), value.expression] as const),
  );
  const last = (expression: string, seen: Set<string>): number =>
    Math.max(
      -1,
      ...namesIn(expression).map((name) => {
        const root = (/^[^.[]+/.exec(name)?.[0] ?? name).toLowerCase();
        const formula = computed.get(root);
        if (formula === undefined) return pages.get(root) ?? -1;
        return seen.has(root) ? -1 : last(formula, new Set([...seen, root]));
      }),
    );
  for (const variable of derive.variables)
    variable.routedBy = last(variable.universe.expression ?? '', new Set());
}
