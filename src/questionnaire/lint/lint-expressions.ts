import { error, type Finding, nodesOf } from './lint-walk.js';

/** What evaluating a questionnaire may cost, as text: a 3,000-clause condition takes seconds. */
const BUDGET = { length: 4000, clauses: 100, all: 200_000 } as const;

const EXPRESSION = /(If|[eE]xpression)$/;
const CLAUSE = /\b(and|or)\b|&&|\|\|/gi;

/** Whether a property holds an expression, such as `visibleIf` or `setValueExpression`. */
export const isExpressionProperty = (key: string): boolean => EXPRESSION.test(key);

/** Expressions within their budget of length and clauses, one by one and together. */
export function lintExpressionSizes(json: unknown): Finding[] {
  const findings: Finding[] = [];
  let all = 0;
  for (const { key, value, path } of nodesOf(json)) {
    if (typeof value !== 'string' || !isExpressionProperty(key)) continue;
    all += value.length;
    const clauses = 1 + (value.match(CLAUSE)?.length ?? 0);
    if (value.length > BUDGET.length || clauses > BUDGET.clauses)
      findings.push(
        error(
          path,
          'expression-too-large',
          `This expression has ${value.length} characters and ${clauses} clauses; at most ${BUDGET.length} and ${BUDGET.clauses} are evaluated quickly on a phone. Split it with calculatedValues.`,
        ),
      );
  }
  if (all > BUDGET.all)
    findings.push(
      error(
        '',
        'expression-too-large',
        `All expressions together have ${all} characters; at most ${BUDGET.all} are evaluated quickly. Simplify the routing.`,
      ),
    );
  return findings;
}
