import { childrenKey, type Element, isPanel, keyOf, pagesOf } from '../questionnaire/resume/resume-json.js';

/** A question of a questionnaire, with all that decides whether it is shown and what it says. */
export interface OutlinedItem {
  /** Its name, with the panel before the items of an entry: `spells[].sp_year`. */
  name: string;
  /** The key of the answer at the top level that it belongs to. */
  key: string;
  page: string;
  /** The conditions on its way, joined; null where there are none. */
  routing: string | null;
  sensitive: boolean;
  /** Its texts with something in braces, by language; `default` stands for every one. */
  texts: { locale: string; text: string }[];
  choices: { value: unknown; visibleIf: string }[];
}

/** A page or panel, or a question, with its own condition. */
export interface OutlinedCondition {
  name: string;
  visibleIf: string;
}

export interface Outline {
  items: OutlinedItem[];
  conditions: OutlinedCondition[];
  /** Texts of pages, by the page's name. */
  pageTexts: Map<string, OutlinedItem['texts']>;
  /** Every expression by where it stands. */
  expressions: { where: string; text: string }[];
}

interface Way {
  page: string;
  key?: string;
  prefix: string;
  routing: readonly string[];
}

/** Reads a questionnaire's pages and questions in their order, those of dynamic panels too. */
export function outlineOf(json: object): Outline {
  const outline: Outline = { items: [], conditions: [], pageTexts: new Map(), expressions: [] };
  for (const [index, page] of pagesOf(json as Element).entries()) {
    const name = page.name ?? `page${index + 1}`;
    outline.pageTexts.set(name, textsIn(page));
    walkContainer(page, { page: name, prefix: '', routing: [] }, outline);
  }
  const { calculatedValues } = json as { calculatedValues?: { name: string; expression?: string }[] };
  for (const { name, expression } of calculatedValues ?? [])
    if (expression) outline.expressions.push({ where: name, text: expression });
  return outline;
}

function walkContainer(element: Element, way: Way, outline: Outline): void {
  const inside = { ...way, routing: routingOf(element, way) };
  noteConditions(element, element.name ?? way.page, way, outline);
  const key = childrenKey(element);
  for (const child of key ? (element[key] as Element[]) : []) {
    if (isPanel(child)) walkContainer(child, inside, outline);
    else walkItem(child, inside, outline);
  }
}

function walkItem(element: Element, way: Way, outline: Outline): void {
  const name = way.prefix + String(element.name);
  const key = way.key ?? keyOf(element);
  const routing = routingOf(element, way);
  noteConditions(element, name, way, outline);
  const choices = Array.isArray(element.choices) ? (element.choices as Element[]) : [];
  const conditional = choices.flatMap(({ value, visibleIf }) =>
    typeof visibleIf === 'string' && visibleIf !== '' ? [{ value, visibleIf }] : [],
  );
  for (const { value, visibleIf } of conditional)
    outline.expressions.push({ where: `${name}{${String(value)}}`, text: visibleIf });
  outline.items.push({
    name,
    key,
    page: way.page,
    routing:
      routing.length === 0 ? null : routing.map((each) => bracketed(each, routing.length)).join(' and '),
    sensitive: element.sensitive === true,
    texts: textsIn(element),
    choices: conditional,
  });
  const template = element.templateElements;
  if (!Array.isArray(template)) return;
  const inside = { ...way, key, prefix: `${name}[].`, routing };
  for (const child of template as Element[]) {
    if (isPanel(child)) walkContainer(child, inside, outline);
    else walkItem(child, inside, outline);
  }
}

const routingOf = ({ visibleIf }: Element, { routing }: Way): readonly string[] =>
  typeof visibleIf === 'string' && visibleIf !== '' ? [...routing, visibleIf] : routing;

const bracketed = (expression: string, parts: number): string =>
  parts > 1 && /\bor\b|\|\|/.test(expression) ? `(${expression})` : expression;

/** Conditions of what stands in no entry; an entry's own hold for some of its rows only. */
function noteConditions(element: Element, name: string, way: Way, outline: Outline): void {
  for (const [property, text] of Object.entries(element))
    if (isExpression(property) && typeof text === 'string' && text !== '')
      outline.expressions.push({ where: name, text });
  const { visibleIf } = element;
  if (way.prefix === '' && typeof visibleIf === 'string' && visibleIf !== '')
    outline.conditions.push({ name, visibleIf });
}

const isExpression = (property: string): boolean => /(If|Expression)$|^expression$/.test(property);

const NO_TEXT = new Set([
  ...['elements', 'questions', 'templateElements', 'name', 'valueName', 'value', 'type', 'regex', 'universe'],
  ...['concept', 'feedBy', 'feedFrom', 'section'],
]);

function textsIn(element: Element): OutlinedItem['texts'] {
  const found: OutlinedItem['texts'] = [];
  const look = (value: unknown, locale: string): void => {
    if (typeof value === 'string') {
      if (value.includes('{')) found.push({ locale, text: value });
    } else if (Array.isArray(value)) value.forEach((one) => look(one, locale));
    else if (typeof value === 'object' && value !== null)
      for (const [property, inner] of Object.entries(value))
        if (!NO_TEXT.has(property) && !isExpression(property))
          look(inner, /^[a-z]{2}$/.test(property) ? property : locale);
  };
  look(element, 'default');
  return found;
}
