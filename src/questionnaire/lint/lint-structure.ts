import { lintNames } from './lint-names.js';
import { type Element, elementsOf, error, type Finding, isJson, type Json, warning } from './lint-walk.js';

/** Most entries of a dynamic panel or matrix: a thousand cost seconds to build. */
export const MAX_ENTRIES = 50;
const MAX_ROWS = 5;
const SELECTS = new Set(['radiogroup', 'checkbox', 'dropdown', 'tagbox']);
const NUMBERS = new Set(['number', 'range']);

/** Rules about single items: bounds of what grows, rows of matrices, refusals of sensitive ones, codes. */
export function lintStructure(json: unknown): Finding[] {
  const elements = [...elementsOf(json)];
  return [...elements.flatMap((element) => [...ruleOf(element), ...codes(element)]), ...lintNames(elements)];
}

function ruleOf({ json, path, type }: Element): Finding[] {
  return [
    ...(type === 'matrixdynamic' ? bounded(json, path, 'maxRowCount') : []),
    ...(type === 'paneldynamic' ? bounded(json, path, 'maxPanelCount') : []),
    ...(type === 'matrix' || type === 'matrixdropdown' ? rows(json, path) : []),
    ...(json.sensitive === true ? refusal(json, path, type) : []),
    ...neverShown(json, path),
    ...minimum(json, path),
  ];
}

function bounded(json: Json, path: string, property: 'maxRowCount' | 'maxPanelCount'): Finding[] {
  const most = json[property];
  if (Number.isInteger(most) && (most as number) >= 1 && (most as number) <= MAX_ENTRIES) return [];
  return [
    error(
      `${path}.${property}`,
      'unbounded-entries',
      `Without a bound, a thousand entries would stop the server. Set ${property} to a number from 1 to ${MAX_ENTRIES}.`,
    ),
  ];
}

const rows = (json: Json, path: string): Finding[] =>
  Array.isArray(json.rows) && json.rows.length > MAX_ROWS
    ? [
        warning(
          `${path}.rows`,
          'matrix-rows',
          `This matrix has ${json.rows.length} rows; more than ${MAX_ROWS} cannot be read on a phone, and people straight-line. Split it.`,
        ),
      ]
    : [];

function refusal(json: Json, path: string, type: string): Finding[] {
  const offered =
    json.showRefuseItem === true ||
    (Array.isArray(json.choices) &&
      json.choices.some((choice) => (isJson(choice) ? choice.value : choice) === 'refused'));
  if (SELECTS.has(type) && !offered)
    return [
      error(
        path,
        'sensitive-without-refusal',
        'A sensitive item must let people decline in its list. Set showRefuseItem to true.',
      ),
    ];
  if (!SELECTS.has(type) && json.refusable === false)
    return [
      error(
        `${path}.refusable`,
        'sensitive-without-refusal',
        'A sensitive item must let people decline. Remove refusable: false.',
      ),
    ];
  return [];
}

const neverShown = (json: Json, path: string): Finding[] =>
  json.visible === false && !json.visibleIf
    ? [
        error(
          `${path}.visible`,
          'unreachable',
          'This is never shown: visible is false and no visibleIf shows it. Remove it, or compute what it holds with calculatedValues.',
        ),
      ]
    : [];

function minimum(json: Json, path: string): Finding[] {
  const asks = (part: unknown): boolean =>
    isJson(part) &&
    NUMBERS.has(String(part.inputType)) &&
    part.min === undefined &&
    part.minValueExpression === undefined &&
    !(
      Array.isArray(part.validators) &&
      part.validators.some((one) => isJson(one) && one.minValue !== undefined)
    );
  const parts: [unknown, string][] = [[json, path]];
  for (const list of ['items', 'columns'] as const)
    if (Array.isArray(json[list]))
      json[list].forEach((part, index) => parts.push([part, `${path}.${list}[${index}]`]));
  return parts
    .filter(([part]) => asks(part))
    .map(([, where]) =>
      warning(
        `${where}.min`,
        'number-without-minimum',
        'Without a minimum, an answer below zero could be taken for a missing reason and is coded as an error. Set min (0, or below zero if such answers are right).',
      ),
    );
}

/** Codes of choices: whole numbers, each once, out of the way of missing reasons. */
function codes({ json, path }: Element): Finding[] {
  return ['choices', 'rateValues', 'columns', 'areas'].flatMap((list) => {
    const seen = new Set<unknown>();
    const items = Array.isArray(json[list]) ? json[list] : [];
    return items.flatMap((item: unknown, index) => {
      const code = isJson(item) ? item.code : undefined;
      if (code === undefined || code === null) return [];
      const where = `${path}.${list}[${index}].code`;
      if (!Number.isSafeInteger(code)) return [error(where, 'code', 'A code is a whole number. Correct it.')];
      if ((code as number) < 0)
        return [
          error(where, 'code', 'Codes below zero are kept for missing reasons. Choose another number.'),
        ];
      const double = seen.has(code);
      seen.add(code);
      return double
        ? [
            error(
              where,
              'code',
              `The code ${String(code)} stands at two choices, which could not be told apart. Change one.`,
            ),
          ]
        : [];
    });
  });
}
