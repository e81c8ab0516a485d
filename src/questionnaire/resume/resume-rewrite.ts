import { isBlank, isObject } from '../check/domain.js';
import { type Element, childrenKey, elementsIn, isItem, isPanel, keyOf, pagesOf } from './resume-json.js';
import { type Folding, foldExpression } from '../check/routing-fold.js';
import { surveyName } from '../check/routing-names.js';
import { REFUSED_SUFFIX } from '../survey.js';

/** Properties that hold expressions; `local` ones are asked per choice, row or column. */
const EXPRESSIONS: Record<string, 'plain' | 'local'> = {
  ...{ visibleIf: 'plain', enableIf: 'plain', requiredIf: 'plain', expression: 'plain' },
  ...{ minValueExpression: 'plain', maxValueExpression: 'plain', defaultValueExpression: 'plain' },
  ...{
    choicesVisibleIf: 'local',
    choicesEnableIf: 'local',
    rowsVisibleIf: 'local',
    columnsVisibleIf: 'local',
  },
};

/** Never texts, whatever braces they hold. */
const NAMES = new Set(['name', 'valueName', 'type', 'value', 'choicesFromQuestion', 'keyName', 'regex']);

const ELLIPSIS = '…';

/** Copies a questionnaire's JSON with known answers folded in and out of it. */
export class Rewriter {
  readonly leaks: string[] = [];
  private readonly questions: Map<string, Element>;

  constructor(
    private readonly folding: Folding,
    json: Element,
  ) {
    this.questions = new Map(
      pagesOf(json)
        .flatMap(elementsIn)
        .map((element) => [String(element.name), element]),
    );
  }

  /** A page or panel without what is to go; undefined when nothing is left to answer in it. */
  without(
    element: Element,
    goes: (item: Element) => boolean,
    isOpen: (item: Element) => boolean,
  ): Element | undefined {
    const key = childrenKey(element);
    if (!key) return undefined;
    const { values } = this.folding.scope;
    let answered = false;
    const children = (element[key] as Element[]).flatMap((child): Element[] => {
      if (isItem(child) && goes(child)) {
        answered ||=
          values[keyOf(child)] !== undefined || values[keyOf(child) + REFUSED_SUFFIX] !== undefined;
        return [];
      }
      const left = isPanel(child)
        ? this.without(child, goes, isOpen)
        : this.rewrite(child, String(child.name));
      return left === undefined ? [] : [left as Element];
    });
    if (!children.some((child) => isPanel(child) || isOpen(child))) return undefined;
    const shell = this.rewrite({ ...element, [key]: [] }, String(element.name)) as Element | undefined;
    if (!shell) return undefined;
    if (answered) for (const name of ['isRequired', 'requiredIf']) delete shell[name];
    return { ...shell, [key]: children };
  }

  /** Any other part; undefined for what is hidden for good. */
  rewrite(value: unknown, path: string, local = false): unknown {
    if (Array.isArray(value)) {
      return value.map((one) => this.rewrite(one, path, local)).filter((one) => one !== undefined);
    }
    if (typeof value === 'string') return this.withoutPiping(value);
    if (!isObject(value)) return value;
    const result: Element = {};
    for (const [name, inner] of Object.entries(value)) {
      const place = path === '' ? name : `${path}.${name}`;
      const within =
        local || ['templateElements', 'columns', 'detailElements', 'choices', 'rows', 'items'].includes(name);
      if (NAMES.has(name)) result[name] = inner;
      else if (typeof inner === 'string' && name in EXPRESSIONS) {
        const asked = local || EXPRESSIONS[name] === 'local';
        if (!this.fold(result, value, name, inner, asked, place)) return undefined;
      } else if (name === 'defaultValue' && typeof inner === 'string' && inner.startsWith('=')) {
        const folded = foldExpression(inner.slice(1), local, this.folding);
        if (!folded.leaks) result[name] = `=${folded.text}`;
      } else result[name] = this.rewrite(inner, place, within);
    }
    this.listChoices(result, path);
    return result;
  }

  /** Folds one expression into the copy; false when it hides the element for good. */
  private fold(
    result: Element,
    element: Record<string, unknown>,
    name: string,
    text: string,
    local: boolean,
    place: string,
  ): boolean {
    const { text: printed, constant, leaks } = foldExpression(text, local, this.folding);
    if (!constant) {
      if (leaks && name === 'defaultValueExpression' && element.readOnly !== true) return true;
      if (leaks) this.leaks.push(place);
      result[name] = printed;
      return true;
    }
    const holds = constant.value === true || (local && constant.value == true);
    switch (name) {
      case 'visibleIf':
        if (element.visible === false) result.visible = true;
        return holds;
      case 'requiredIf':
        result.isRequired = holds;
        return true;
      case 'enableIf':
        result.readOnly = constant.value === false;
        return true;
      case 'choicesVisibleIf':
      case 'choicesEnableIf':
      case 'rowsVisibleIf':
      case 'columnsVisibleIf':
        if (!holds) result[name] = 'false';
        return true;
      case 'defaultValueExpression':
        return true;
      default:
        if (leaks) this.leaks.push(place);
        result[name] = printed;
        return true;
    }
  }

  /** Texts lose what they would quote of a known answer. */
  private withoutPiping(text: string): string {
    if (!text.includes('{')) return text;
    return text.replace(/\{([^{}]+)\}/g, (quoted, variable: string) => {
      const name = surveyName(variable.trim(), this.folding.names);
      return name && this.folding.isKnown(name.owner) ? ELLIPSIS : quoted;
    });
  }

  /** Choices taken over from a known item are listed: the respondent chooses among them. */
  private listChoices(element: Element, path: string): void {
    const from = element.choicesFromQuestion;
    const name = typeof from === 'string' ? this.folding.names.question(from) : undefined;
    const source = this.questions.get(String(from));
    if (!name || !source || !this.folding.isKnown(keyOf(source))) return;
    const { scope } = this.folding;
    const held = scope.values[name.key];
    const plain = name.seen ? name.seen(held) : held;
    const picked = new Set<unknown>(Array.isArray(plain) ? plain : [plain]);
    const mode = element.choicesFromQuestionMode ?? 'all';
    const valuesKey = element.choiceValuesFromQuestion as string | undefined;
    const textsKey = element.choiceTextsFromQuestion as string | undefined;
    if (name.offered) {
      const values = name
        .offered(scope)
        .map((choice) => choice.value)
        .filter((value) => mode === 'all' || picked.has(value) === (mode === 'selected'));
      element.choices = values.map((value) => listed(source, value));
      if (
        mode === 'selected' &&
        name.other !== undefined &&
        picked.has(name.other) &&
        !element.showOtherItem
      ) {
        (element.choices as unknown[]).push({ value: name.other, text: scope.values[`${name.key}-Comment`] });
      }
    } else {
      element.choices = (Array.isArray(held) ? held : []).filter(isObject).flatMap((entry) => {
        const value = entry[valuesKey ?? Object.keys(entry)[0]!];
        return isBlank(value) ? [] : [textsKey ? { value, text: entry[textsKey] } : value];
      });
    }
    for (const key of [
      'choicesFromQuestion',
      'choicesFromQuestionMode',
      'choiceValuesFromQuestion',
      'choiceTextsFromQuestion',
    ]) {
      delete element[key];
    }
    this.leaks.push(`${path}.choices`);
  }
}

/** The source's own way of writing a choice, with its texts. */
function listed(source: Element, value: unknown): unknown {
  const choices = Array.isArray(source.choices) ? (source.choices as unknown[]) : [];
  const found = choices.find((choice) => (isObject(choice) ? choice.value : choice) === value);
  if (!isObject(found)) return value;
  return Object.fromEntries(
    Object.entries(found).filter(([name]) => name !== 'visibleIf' && name !== 'enableIf'),
  );
}
