import { ConditionsParser } from 'survey-core';
import type { Variable } from './variable.js';

type Result = Variable['type'] | 'boolean';

/** The parts of survey-core's parsed expressions that tell what comes out of them. */
interface Node {
  getType(): string;
  operator?: string;
  functionName?: string;
  paramValues?: Node[];
  leftOperand?: Node;
  rightOperand?: Node;
  variable?: string;
  correctValue?: unknown;
}

const ARITHMETIC = new Set(['plus', 'minus', 'mul', 'div', 'mod', 'power']);
const DATES = new Set(['today', 'currentdate', 'getdate', 'dateadd']);
const WORDS = new Set(['displayvalue', 'getcomment', 'substring']);
const SIGNED = /-|diff/i;

/** What kind of column an expression fills. `typeOf` knows the items and computed values that it names. */
export function resultType(expression: string, typeOf: (name: string) => Result | null): Result {
  const parsed = new ConditionsParser().parseExpression(expression) as unknown as Node | null | undefined;
  return parsed ? resultOf(parsed, typeOf) : 'string';
}

/** Whether an expression can well come out below zero: it subtracts. */
export const maySubtract = (expression: string): boolean =>
  SIGNED.test(expression.replace(/'[^']*'|"[^"]*"|\{[^}]*\}/g, ''));

/** Names in braces, each once, without a leading `#`, `panel.` or `row.`. */
export function namesIn(expression: string): string[] {
  const found = [...expression.matchAll(/\{#?([^{}]+)\}/g)].map((match) => (match[1] ?? '').trim());
  return [...new Set(found)];
}

function resultOf(node: Node, typeOf: (name: string) => Result | null): Result {
  switch (node.getType()) {
    case 'const':
      return constType(node.correctValue);
    case 'variable':
      return typeOf(node.variable ?? '') ?? 'string';
    case 'unary':
      return 'boolean';
    case 'function':
      return functionType(node, typeOf);
    case 'binary': {
      if (!ARITHMETIC.has(node.operator ?? '')) return 'boolean';
      const sides = [node.leftOperand, node.rightOperand].map((side) =>
        side ? resultOf(side, typeOf) : 'numeric',
      );
      return node.operator === 'plus' && sides.includes('string') ? 'string' : 'numeric';
    }
    default:
      return 'string';
  }
}

function functionType(node: Node, typeOf: (name: string) => Result | null): Result {
  const name = (node.functionName ?? '').toLowerCase();
  if (name === 'iif') {
    const branches = new Set((node.paramValues ?? []).slice(1, 3).map((branch) => resultOf(branch, typeOf)));
    const [only] = branches;
    return branches.size === 1 && only ? only : 'string';
  }
  if (DATES.has(name)) return 'date';
  return WORDS.has(name) ? 'string' : 'numeric';
}

function constType(value: unknown): Result {
  if (typeof value === 'number') return 'numeric';
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
    ? 'numeric'
    : 'string';
}
