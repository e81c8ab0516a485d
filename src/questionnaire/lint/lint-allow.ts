import { FunctionFactory } from 'survey-core';
import { elementsOf, error, type Finding, isJson, type Node, nodesOf } from './lint-walk.js';
import { isTextProperty } from './lint-texts.js';

/** Properties that never pass, each with its reason and what to do instead. */
const REFUSED_PROPERTIES: Record<string, [rule: string, message: string]> = {
  choicesByUrl: [
    'choices-by-url',
    'Choices from an address send answers to that address. Write the choices into the questionnaire.',
  ],
  navigateToUrl: [
    'navigation',
    'Leaving for another address can run scripts and discloses respondents. Remove it; the platform has its own last page.',
  ],
  navigateToUrlOnCondition: [
    'navigation',
    'Leaving for another address discloses answers by where it leads. Remove it; the platform has its own last page.',
  ],
  surveyId: ['survey-service', 'This would load the questionnaire from a foreign service. Remove it.'],
  surveyPostId: ['survey-service', 'This would send answers to a foreign service. Remove it.'],
  cookieName: [
    'trace-on-device',
    'A cookie would show on a seized phone that its owner took part. Remove it; the platform knows who has finished.',
  ],
  choicesLazyLoadEnabled: [
    'choices-elsewhere',
    'Choices loaded while answering cannot be checked. Write them into the questionnaire and remove this.',
  ],
  allowCustomChoices: [
    'custom-choices',
    'Answers outside the list cannot be checked or coded. Use showOtherItem instead.',
  ],
};

const REFUSED_TYPES: Record<string, string> = {
  file: 'Files carry traces of who made them and cannot be made safe. Ask for the same in words.',
  signaturepad:
    'A signature identifies its author to whoever seizes the answers. Ask for consent with a choice.',
};

const REFUSED_TRIGGERS: Record<string, string> = {
  complete:
    'Ending early would leave items unasked that routing says were asked. Give the remaining pages a visibleIf.',
  skip: 'Jumping ahead would leave items blank that routing says were shown. Give the skipped ones a visibleIf.',
  visible: 'Showing and hiding by a trigger hides the universe of items from the codebook. Use visibleIf.',
};

const RAW_HTML = new Set(['html', 'completedHtml', 'completedBeforeHtml', 'loadingHtml']);
const IMAGES = new Set(['imageLink', 'logo', 'backgroundImage', 'contentUrl']);
const NOT_FETCHED = new Set(['regex', '$schema', 'pattern']);

const EMBEDDED_IMAGE = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+=*$/;
const IMAGE_LENGTH = 128 * 1024;
const TAG = /<[a-z!/?][^>]*>?|&(#\d+|#x[\da-f]+|[a-z]+);/i;
const ADDRESS = /(^|[^\w/])([a-z][a-z0-9+.-]*:)?\/\/[^\s/]/i;
const SCRIPT = /^\s*(javascript|vbscript|data|file|blob):|\]\(\s*<?\s*(javascript|vbscript|data|file|blob):/i;
const CALL = /([a-z_]\w*)\s*\(/gi;

/** The allow-list of what a questionnaire may do to the people who open it; reads the JSON only, builds nothing. */
export function lintAllowed(json: unknown): Finding[] {
  const findings: Finding[] = [];
  for (const node of nodesOf(json)) findings.push(...refusedProperty(node), ...refusedString(node));
  for (const { json: element, path, type } of elementsOf(json)) {
    findings.push(...refusedType(type, `${path}.type`), ...refusedType(element.cellType, `${path}.cellType`));
    if (!Array.isArray(element.columns)) continue;
    for (const [index, column] of element.columns.entries())
      if (isJson(column))
        findings.push(...refusedType(column.cellType, `${path}.columns[${index}].cellType`));
  }
  if (isJson(json) && Array.isArray(json.triggers))
    for (const [index, trigger] of json.triggers.entries()) {
      const why = isJson(trigger)
        ? REFUSED_TRIGGERS[String(trigger.type).replace(/trigger$/, '')]
        : undefined;
      if (why) findings.push(error(`triggers[${index}].type`, 'trigger-not-allowed', why));
    }
  return findings;
}

const refusedType = (type: unknown, path: string): Finding[] => {
  const why =
    typeof type === 'string' && Object.hasOwn(REFUSED_TYPES, type) ? REFUSED_TYPES[type] : undefined;
  return why ? [error(path, 'type-not-fielded', why)] : [];
};

function refusedProperty({ key, value, path, parent }: Node): Finding[] {
  if (!isJson(parent?.value) || !Object.hasOwn(REFUSED_PROPERTIES, key)) return [];
  if (!value || (Array.isArray(value) && value.length === 0)) return [];
  const [rule, message] = REFUSED_PROPERTIES[key] as [string, string];
  return [error(path, rule, message)];
}

function refusedString({ key, value, path, parent }: Node): Finding[] {
  if (typeof value !== 'string' || NOT_FETCHED.has(key) || Object.hasOwn(REFUSED_PROPERTIES, key)) return [];
  const property = isTextLocale(key, parent) ? (parent?.key ?? '') : key;
  if (IMAGES.has(property)) return imageFinding(value, path);
  if (RAW_HTML.has(property)) {
    if (TAG.test(value))
      return [
        error(
          path,
          'raw-html',
          'Tags could run scripts or load things from elsewhere. Write plain text, or Markdown without tags.',
        ),
      ];
    if (/\{[^}]+\}/.test(value))
      return [
        error(
          path,
          'raw-html',
          'Answers put into raw HTML are not escaped. Use the description of an item, where they are.',
        ),
      ];
  }
  if (ADDRESS.test(value) || SCRIPT.test(value))
    return [
      error(
        path,
        'external-address',
        'An address outside the platform tells its owner who reads the questionnaire, or runs a script. Remove it.',
      ),
    ];
  if (isTextProperty(property) && TAG.test(value))
    return [
      error(path, 'html-in-text', 'Texts are shown without HTML. Write plain text or Markdown without tags.'),
    ];
  return asyncCalls(value, path, property);
}

/** A locale's text inside a text object, such as `title.ru`. */
const isTextLocale = (key: string, parent: Node | null): boolean =>
  isJson(parent?.value) &&
  /^(default|[a-z]{2,3}(-[A-Za-z]{2,4})?)$/.test(key) &&
  (isTextProperty(parent.key) || IMAGES.has(parent.key));

function imageFinding(value: string, path: string): Finding[] {
  if (value === '') return [];
  if (!EMBEDDED_IMAGE.test(value))
    return [
      error(
        path,
        'external-address',
        'A picture from elsewhere tells its owner who reads the questionnaire. Embed it as data:image/png;base64,… (or jpeg, gif, webp).',
      ),
    ];
  if (value.length > IMAGE_LENGTH)
    return [
      error(
        path,
        'image-too-large',
        `This picture has ${value.length} characters; ${IMAGE_LENGTH} load over a slow phone line. Make it smaller.`,
      ),
    ];
  return [];
}

/** Calls of functions that answer later: a condition on them passes before they do. */
function asyncCalls(value: string, path: string, property: string): Finding[] {
  if (!/(if|expression)$/i.test(property)) return [];
  const late = [...value.matchAll(CALL)]
    .map((call) => call[1] ?? '')
    .filter((name) => FunctionFactory.Instance.isAsyncFunction(name));
  return late.map((name) =>
    error(
      path,
      'async-function',
      `The function "${name}" answers later than it is asked, so its condition never holds in time. Use another.`,
    ),
  );
}
