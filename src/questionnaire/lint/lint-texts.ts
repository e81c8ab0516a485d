import { surveyLocalization } from 'survey-core';
import {
  elementsOf,
  error,
  type Finding,
  isJson,
  type Json,
  type Node,
  nodesOf,
  warning,
} from './lint-walk.js';

/** Every property of SurveyJS and ours that holds a text by locale. */
const TEXT_PROPERTIES = new Set(
  (
    'title description text html label labelTrue labelFalse placeholder otherPlaceholder noneText refuseText dontKnowText ' +
    'otherText otherErrorText selectAllText createCustomChoiceText format fileOrPhotoPlaceholder photoPlaceholder ' +
    'filePlaceholder altText keyDuplicationError singleInputTitleTemplate totalText addRowText removeRowText noRowsText ' +
    'confirmDeleteText templateTitle templateTabTitle tabTitlePlaceholder templateDescription noEntriesText addPanelText ' +
    'removePanelText prevPanelText nextPanelText selectToRankEmptyRankedAreaText selectToRankEmptyUnrankedAreaText ' +
    'minRateDescription maxRateDescription placeholderReadOnly minErrorText maxErrorText stepErrorText dataList ' +
    'requiredErrorText commentText commentPlaceholder defaultDisplayValue completedHtml completedBeforeHtml loadingHtml ' +
    'startSurveyText pagePrevText pageNextText completeText previewText editText questionTitleTemplate navigationTitle ' +
    'navigationDescription cellHint totalFormat why universe section'
  ).split(' '),
);
const CHOICE_LISTS = new Set(['choices', 'rows', 'columns', 'rateValues', 'areas', 'items', 'customLabels']);
const UNTITLED = new Set(['page', 'panel', 'html', 'image', 'empty', 'multipletext', '']);

export const isTextProperty = (key: string): boolean => TEXT_PROPERTIES.has(key);

/** Whether a text has words: numbers, dashes and `{answers}` read the same in every language. */
const hasWords = (text: string): boolean => /\p{L}/u.test(text.replace(/\{[^}]*\}/g, ''));

/**
 * Each text stands in each of the study's locales. A plain string, or `default`, is a text in the questionnaire's own
 * locale (English where it names none); a missing one would silently be shown in another language.
 */
export function lintTexts(json: unknown, locales: string[]): Finding[] {
  const own = isJson(json) && typeof json.locale === 'string' && json.locale ? json.locale : 'en';
  const missingIn = (text: unknown): string[] => locales.filter((locale) => !speaks(text, locale, own));
  const findings: Finding[] = [];
  const lack = (path: string, text: unknown) => {
    const missing = missingIn(text);
    if (missing.length > 0) findings.push(untranslated(path, missing));
  };
  for (const node of nodesOf(json)) {
    const { key, value, path, parent } = node;
    if (TEXT_PROPERTIES.has(key) && isJson(parent?.value) && !isTextObject(parent)) textIn(value, path, lack);
    else if (key === 'cells' && isJson(value)) textsOfCells(value, path, lack);
    else if (Array.isArray(parent?.value) && CHOICE_LISTS.has(key)) choiceText(value, path, own, lack);
  }
  for (const { json: element, path, type } of elementsOf(json)) {
    if (UNTITLED.has(type) || element.title !== undefined) continue;
    const hidden = element.titleLocation === 'hidden';
    findings.push(
      warning(
        path,
        'no-title',
        `This question has no title, so its name stands in the codebook${hidden ? '' : ' and on the page'}. Add one.`,
      ),
    );
    if (!hidden && typeof element.name === 'string' && hasWords(element.name))
      lack(`${path}.title`, { [own]: element.name });
  }
  return [...findings, ...interfaceLanguages(locales)];
}

const untranslated = (path: string, missing: string[]): Finding =>
  error(
    path,
    'missing-translation',
    `This text has no words in: ${missing.join(', ')}. People would see another language without warning. Add them.`,
  );

/** Whether `node` is itself a text by locale, whose keys are no properties. */
const isTextObject = (node: Node | null): boolean =>
  node !== null && TEXT_PROPERTIES.has(node.key) && isJson(node.parent?.value) && isJson(node.value);

function textIn(value: unknown, path: string, lack: (path: string, text: unknown) => void): void {
  if (typeof value === 'string' && !hasWords(value) && value !== '') return;
  if (
    isJson(value) &&
    Object.values(value).every((text) => typeof text === 'string' && text !== '' && !hasWords(text))
  )
    return;
  if (typeof value === 'string' || Array.isArray(value) || isJson(value)) lack(path, value);
}

function textsOfCells(cells: Json, path: string, lack: (path: string, text: unknown) => void): void {
  for (const [row, columns] of Object.entries(cells))
    for (const [column, text] of Object.entries(isJson(columns) ? columns : {}))
      textIn(text, `${path}.${row}.${column}`, lack);
}

/** A choice, row or column without a text shows its value, or its name. */
function choiceText(
  item: unknown,
  path: string,
  own: string,
  lack: (path: string, text: unknown) => void,
): void {
  const shown = isJson(item) ? (item.value ?? item.name) : item;
  if (isJson(item) && (item.text !== undefined || item.title !== undefined)) return;
  if (typeof shown === 'string' && hasWords(shown))
    lack(isJson(item) ? `${path}.text` : path, { [own]: shown });
}

function speaks(text: unknown, locale: string, own: string): boolean {
  if (typeof text === 'string' || Array.isArray(text)) return text.length > 0 && locale === own;
  if (!isJson(text)) return false;
  const given = (key: string) => {
    const words = text[key];
    return (typeof words === 'string' && words.trim() !== '') || (Array.isArray(words) && words.length > 0);
  };
  if (given(locale)) return true;
  if (!given('default')) return false;
  return locale === own || (locale === 'en' && given(own));
}

/** SurveyJS's own words, on buttons and in error messages, exist only where a dictionary is loaded. */
const interfaceLanguages = (locales: string[]): Finding[] =>
  locales
    .filter((locale) => locale !== 'en' && !Object.hasOwn(surveyLocalization.locales, locale))
    .map((locale) =>
      warning(
        'locale',
        'no-interface-language',
        `Buttons and error messages have no words in ${locale} and would appear in English. Load a dictionary for it.`,
      ),
    );
