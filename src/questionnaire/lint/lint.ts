import { lintAllowed } from './lint-allow.js';
import { lintExpressionSizes } from './lint-expressions.js';
import { lintFeeds } from './lint-feeds.js';
import { lintRegexes } from './lint-regex.js';
import { lintShape } from './lint-shape.js';
import { lintStructure } from './lint-structure.js';
import { lintWithSurvey } from './lint-survey.js';
import { lintTexts } from './lint-texts.js';
import { type Finding, isJson } from './lint-walk.js';
import { registerProperties } from '../survey.js';

export type { Finding } from './lint-walk.js';

export interface LintOptions {
  /** The study's languages: every text must exist in each. */
  locales: string[];
}

/** Rules after which nothing is built of a questionnaire: it is too large, or hostile to whoever reads it. */
const STOPPING = new Set(['expression-too-large']);

/**
 * What stands against fielding a questionnaire, by the path of each thing: errors refuse it, warnings advise.
 * Size and shape come first and end the lint, so that nothing hostile is ever built; then the allow-list, the texts,
 * names and bounds, what is fed of earlier answers, patterns, and at last what SurveyJS itself finds.
 * @param json  anything; usually what SurveyJS Creator saved
 */
export async function lintQuestionnaire(json: unknown, options: LintOptions): Promise<Finding[]> {
  const shape = lintShape(json);
  if (shape.length > 0 || !isJson(json)) return shape;
  registerProperties();
  const sizes = lintExpressionSizes(json);
  const findings = [
    ...sizes,
    ...lintAllowed(json),
    ...lintTexts(json, options.locales),
    ...lintStructure(json),
    ...lintFeeds(json),
    ...(await lintRegexes(json)),
  ];
  if (!sizes.some(({ rule }) => STOPPING.has(rule))) findings.push(...lintWithSurvey(json));
  return onceEach(findings);
}

const onceEach = (findings: Finding[]): Finding[] => [
  ...new Map(findings.map((one) => [`${one.path} ${one.rule} ${one.message}`, one])).values(),
];
