import { type ILintFinding, lintSurvey } from 'survey-core/linter';
import { joined } from '../variable/variable-choices.js';
import { KNOWN_VARIABLES } from './lint-names.js';
import { type Element, elementsOf, error, type Finding, type Json } from './lint-walk.js';
import { registerProperties } from '../survey.js';
import { deriveTables } from '../variable/variables.js';

/** What SurveyJS's linter finds, by how grave it is for a study; what is not named keeps SurveyJS's own gravity. */
const GRAVITY: Record<string, Finding['level'] | 'off'> = {
  'expression/unknown-function': 'error',
  'expression/unknown-choice': 'error',
  'expression/contradiction': 'error',
  'element/never-visible': 'error',
  'element/unknown-type': 'error',
  'element/count-contradiction': 'error',
  'choices/duplicate': 'error',
  'trigger/unknown-type': 'error',
  'validator/unknown-type': 'error',
  'property/not-an-array': 'error',
  'value/not-a-choice': 'error',
  'name/shadowing': 'off', // our own rule on shared value names says more
};

/** Properties that SurveyJS reads without listing. */
const UNLISTED = new Set(['$schema', 'locale']);

/** After these, no model is built: parts of it would be none, or would warn a second time. */
const UNBUILDABLE = new Set([
  'property/not-an-array',
  'property/required',
  'element/unknown-type',
  'expression/syntax',
  'expression/unknown-function',
]);

/**
 * What SurveyJS itself says of a questionnaire: its linter, which also tells of all that its reader would object to
 * (`jsonErrors`), then what only a model shows. Where it cannot read it at all, that is the finding.
 */
export function lintWithSurvey(json: Json): Finding[] {
  registerProperties();
  try {
    const found = lintSurvey(json, { knownVariables: KNOWN_VARIABLES })
      .findings.filter((finding) => !isTwinInAnotherTemplate(json, finding))
      .flatMap(asFinding);
    if (found.some(({ rule }) => UNBUILDABLE.has(rule))) return found;
    const seen = new Set(found.map(({ path }) => path));
    return [...found, ...unreachable(json, seen), ...clashes(json)];
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    return [
      error(
        '',
        'unreadable',
        `SurveyJS cannot read this questionnaire (${cause.message}). Open and save it in SurveyJS Creator.`,
      ),
    ];
  }
}

/**
 * Whether a duplicated name stands in the template of one dynamic panel and again only in templates of others: their
 * answers lie apart, and a module that is asked in two places keeps its names.
 */
function isTwinInAnotherTemplate(json: Json, { ruleId, path }: ILintFinding): boolean {
  if (ruleId !== 'name/duplicate') return false;
  const elements = [...elementsOf(json)];
  const template = templateOf(path);
  const name = elements.find((element) => element.path === path)?.json.name;
  if (template === null || name === undefined) return false;
  const twins = elements.filter((element) => element.path !== path && element.json.name === name);
  return twins.every((twin) => ![null, template].includes(templateOf(twin.path)));
}

const templateOf = (path: string): string | null => /^.*\.templateElements\b/.exec(path)?.[0] ?? null;

function asFinding({ ruleId, severity, path, message }: ILintFinding): Finding[] {
  if (UNLISTED.has(path)) return [];
  const level = GRAVITY[ruleId] ?? (severity === 'error' ? 'error' : 'warning');
  return level === 'off' ? [] : [{ path, rule: ruleId, level, message }];
}

/** Items that can never be shown because their condition contradicts that of a page or panel around them. */
function unreachable(json: Json, seen: ReadonlySet<string>): Finding[] {
  const combined = structuredClone(json);
  const changed = new Set<string>();
  for (const element of [...elementsOf(combined)].reverse()) {
    const outer = element.around.filter(isFixed).map(conditionOf);
    const own = conditionOf(element);
    if (!own || !outer.some(Boolean)) continue;
    element.json.visibleIf = joined([...outer, own]);
    changed.add(`${element.path}.visibleIf`);
  }
  if (changed.size === 0) return [];
  return lintSurvey(combined, { knownVariables: KNOWN_VARIABLES })
    .findings.filter(
      ({ ruleId, path }) => ruleId === 'expression/contradiction' && changed.has(path) && !seen.has(path),
    )
    .map(({ path }) =>
      error(
        path,
        'unreachable',
        'This is never shown: its condition contradicts that of the page or panel around it. Correct one of them.',
      ),
    );
}

const isFixed = ({ type }: Element): boolean => type === 'page' || type === 'panel';
const conditionOf = ({ json }: Element): string | null =>
  typeof json.visibleIf === 'string' ? json.visibleIf : null;

/** Cells of the data that would have the same name. */
function clashes(json: Json): Finding[] {
  const paths = new Map(
    [...elementsOf(json)]
      .reverse()
      .map(({ json: element, path }) => [element.valueName || element.name, path]),
  );
  return deriveTables(json).clashes.map(({ name, path }) => {
    const item = /^[^.[{#]+/.exec(path)?.[0] ?? path;
    return error(
      paths.get(item) ?? '',
      'variable-name',
      `Two of its cells, or one of its and another item's, would both be the variable ${name} (${path}). Set variable, or change a name or value.`,
    );
  });
}
