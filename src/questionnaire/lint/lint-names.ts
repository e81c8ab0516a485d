import { type Element, error, type Finding, isInTemplate, isJson, warning } from './lint-walk.js';
import { aliasPart, NAME_LENGTH, rootName, VARIABLE_NAME } from '../variable/variable-names.js';

/** What expressions and functions may name besides items. */
export const KNOWN_VARIABLES = ['prev'];

const OBJECT_MEMBERS = new Set(Object.getOwnPropertyNames(Object.prototype));
/** Characters that paths and expressions give a meaning to. */
const SYNTAX = /[.[\]{}#]/;
const KEPT_SUFFIX = /-(Comment|total|refused)$/i;
const NOT_STORED = new Set(['page', 'panel', 'html', 'image', 'empty', '']);

/** Names that answers are kept under and variables are made of. */
export function lintNames(elements: Element[]): Finding[] {
  const questions = elements.filter(({ type }) => !NOT_STORED.has(type));
  return [
    ...elements.flatMap(reservedNames),
    ...questions.flatMap(variableName),
    ...sharedKeys(questions.filter((element) => !isInTemplate(element))),
    ...sharedRoots(questions.filter((element) => !isInTemplate(element))),
  ];
}

function reservedNames({ json, path }: Element): Finding[] {
  const named: [unknown, string][] = [
    [json.name, `${path}.name`],
    [json.valueName, `${path}.valueName`],
  ];
  for (const list of ['rows', 'columns', 'items', 'choices'] as const)
    if (Array.isArray(json[list]))
      json[list].forEach((item: unknown, index) => {
        const value = isJson(item) ? (item.value ?? item.name) : item;
        named.push([value, `${path}.${list}[${index}]`]);
      });
  return named.flatMap(([name, where]) => {
    if (typeof name !== 'string') return [];
    if (OBJECT_MEMBERS.has(name))
      return [error(where, 'name-reserved', `"${name}" means something to programs. Choose another name.`)];
    const isName = where.endsWith('ame');
    if (isName && SYNTAX.test(name))
      return [
        error(
          where,
          'name-syntax',
          `"${name}" has a character (. [ ] { } #) that expressions read as syntax. Choose another name.`,
        ),
      ];
    if (isName && KEPT_SUFFIX.test(name))
      return [
        error(
          where,
          'name-reserved',
          `"${name}" ends like a key that the platform keeps for comments, totals or refusals. Choose another name.`,
        ),
      ];
    if (isName && KNOWN_VARIABLES.includes(name.toLowerCase()))
      return [
        error(where, 'name-reserved', `"${name}" is how earlier answers are named. Choose another name.`),
      ];
    return [];
  });
}

function variableName({ json, path }: Element): Finding[] {
  const { name, variable } = json;
  if (variable !== undefined && variable !== '') {
    if (typeof variable === 'string' && VARIABLE_NAME.test(variable) && variable === rootName(variable))
      return [];
    return [
      error(
        `${path}.variable`,
        'variable-name',
        `"${String(variable)}" cannot be a variable. Use a lower-case letter, then at most ${NAME_LENGTH - 1} lower-case letters, digits and single underscores, and no word that Stata, SPSS or R keep.`,
      ),
    ];
  }
  if (typeof name !== 'string' || name === '') return [];
  if (aliasPart(name) === '')
    return [
      error(
        `${path}.name`,
        'variable-name',
        `"${name}" cannot become a variable that people can read. Set variable to a short Latin name.`,
      ),
    ];
  const root = rootName(name);
  if (root.length > NAME_LENGTH)
    return [
      error(
        `${path}.name`,
        'variable-name',
        `"${name}" is too long for a variable (at most ${NAME_LENGTH} characters). Set variable to a short name.`,
      ),
    ];
  if (root === name) return [];
  return [
    warning(
      `${path}.name`,
      'variable-alias',
      `"${name}" will be the variable ${root}. Set variable if it should be called otherwise.`,
    ),
  ];
}

/** Two items that keep their answers under one key overwrite each other; two dynamic ones would need both their columns. */
function sharedKeys(questions: Element[]): Finding[] {
  const first = new Map<string, string>();
  return questions.flatMap(({ json, path }) => {
    const own = typeof json.valueName === 'string' && json.valueName !== '';
    const key = own ? json.valueName : json.name;
    if (typeof key !== 'string') return [];
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, path);
      return [];
    }
    return own
      ? [
          error(
            `${path}.valueName`,
            'value-name-shared',
            `Its answer would overwrite that of ${before}, which is kept under "${key}" too. Choose another valueName.`,
          ),
        ]
      : [
          error(
            `${path}.name`,
            'name-duplicate',
            `Another item, ${before}, keeps its answer under "${key}" too. Rename one.`,
          ),
        ];
  });
}

/** Names that differ in the questionnaire but not in the data. */
function sharedRoots(questions: Element[]): Finding[] {
  const first = new Map<string, { path: string; name: string }>();
  return questions.flatMap(({ json, path }) => {
    const name = String(json.variable || json.name);
    const root = rootName(name);
    const before = first.get(root);
    if (before === undefined) first.set(root, { path, name });
    if (before === undefined || before.name === name) return [];
    return [
      error(
        json.variable ? `${path}.variable` : `${path}.name`,
        'variable-name',
        `This and ${before.path} would both be the variable ${root}. Set variable on one of them.`,
      ),
    ];
  });
}
