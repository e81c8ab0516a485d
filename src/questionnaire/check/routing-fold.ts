import {
  ArrayOperand,
  BinaryOperand,
  Const,
  FunctionOperand,
  type Operand,
  UnaryOperand,
  Variable,
} from 'survey-core';
import { storable } from './domain-computed.js';
import { isBlank } from './domain.js';
import { compileOperand, parseExpression } from './routing-expression.js';
import { LOCAL_NAMES, type Names, surveyName } from './routing-names.js';
import type { Scope } from './routing-run.js';

/** What is known for good when expressions are folded, and what is still open. */
export interface Folding {
  names: Names;
  /** Holds the answers that are known. */
  scope: Scope;
  /** Is the item or computed value under this key known for good? */
  isKnown(key: string): boolean;
}

/** An expression after folding. */
export interface Folded {
  text: string;
  /** Set when nothing open is left in it. */
  constant?: { value: unknown };
  /** True when a known answer itself, not just a result, had to be written into it. */
  leaks: boolean;
}

/** `open`: needs what is not known yet; `folds`: needs known answers only; `free`: needs no answers. */
type Kind = 'open' | 'folds' | 'free';

/**
 * Replaces the largest parts of an expression that need only known answers by their results.
 * An expression that needs none of them stays as it is.
 * @param local  stands in a row, an entry or a condition on choices
 */
export function foldExpression(text: string, local: boolean, folding: Folding): Folded {
  const operand = parseExpression(text);
  const fold = new Fold(local, folding);
  if (!fold.touches(operand)) return { text, leaks: false };
  if (fold.kindOf(operand) === 'folds') {
    const value = fold.valueOf(operand);
    const leaks = !isRouting(operand) && !isBlank(value) && value !== true;
    return { text: literal(value), constant: { value }, leaks };
  }
  const printed = fold.print(operand, true);
  const constant =
    printed === 'true' || printed === 'false' ? { constant: { value: printed === 'true' } } : {};
  return { text: printed, ...constant, leaks: fold.leaks };
}

/** Does a part of an expression yield a yes or no of its own, rather than an answer? */
const isRouting = (operand: Operand): boolean =>
  operand instanceof UnaryOperand ||
  (operand instanceof BinaryOperand &&
    !['plus', 'minus', 'mul', 'div', 'mod', 'power'].includes(operand.operator));

const SIGNS: Record<string, string> = {
  ...{ less: '<', lessorequal: '<=', greater: '>', greaterorequal: '>=', equal: '=', notequal: '!=' },
  ...{ plus: '+', minus: '-', mul: '*', div: '/', power: '^', mod: '%' },
};

const sidesOf = (operand: BinaryOperand) =>
  [operand.leftOperand, operand.rightOperand] as [Operand | null, Operand | null];

class Fold {
  leaks = false;
  constructor(
    private readonly local: boolean,
    private readonly folding: Folding,
  ) {}

  touches(operand: Operand): boolean {
    const parts: Operand[] = [];
    operand.addOperandsToList(parts);
    return parts.some((part) => part instanceof Variable && this.kindOf(part) === 'folds');
  }

  kindOf(operand: Operand | null): Kind {
    if (operand === null) return 'free';
    if (operand instanceof Variable) return this.kindOfVariable(operand);
    if (operand instanceof BinaryOperand) return this.kindOfAll(sidesOf(operand));
    if (operand instanceof UnaryOperand) return this.kindOf(operand.expression);
    if (operand instanceof ArrayOperand) return this.kindOfAll(operand.values);
    if (operand instanceof FunctionOperand) {
      const own = operand.functionName.endsWith('InArray')
        ? operand.paramValues.slice(0, 1)
        : operand.paramValues;
      return this.kindOfAll(own);
    }
    return 'free';
  }

  private kindOfAll(operands: (Operand | null)[]): Kind {
    const kinds = operands.map((operand) => this.kindOf(operand));
    return kinds.includes('open') ? 'open' : kinds.includes('folds') ? 'folds' : 'free';
  }

  private kindOfVariable({ variable }: Variable): Kind {
    if (this.local && LOCAL_NAMES.has(variable.split(/[.[]/)[0]!.toLowerCase())) return 'open';
    const name = surveyName(variable, this.folding.names);
    if (!name) return 'free';
    return this.folding.isKnown(name.owner) ? 'folds' : 'open';
  }

  valueOf(operand: Operand): unknown {
    return compileOperand(operand, { names: this.folding.names, needs: [] })(this.folding.scope);
  }

  /** @param condition  only whether it holds matters, not the value itself */
  print(operand: Operand | null, condition = false, inList = false): string {
    if (operand === null) return inList ? "''" : 'undefined';
    if (this.kindOf(operand) === 'folds') return this.printValue(operand, condition, inList);
    if (operand instanceof Variable) return operand.toString();
    if (operand instanceof Const) return printConst(operand);
    if (operand instanceof ArrayOperand)
      return `[${operand.values.map((value) => this.print(value, false, true)).join(', ')}]`;
    if (operand instanceof FunctionOperand) {
      return `${operand.functionName}(${operand.paramValues.map((value) => this.print(value, false, true)).join(', ')})`;
    }
    if (operand instanceof UnaryOperand) {
      const inner = this.print(operand.expression, operand.operator === 'negate', true);
      return operand.operator === 'negate' ? `!(${inner})` : `${inner} ${operand.operator}`;
    }
    return this.printBinary(operand as BinaryOperand, condition);
  }

  private printBinary(operand: BinaryOperand, condition: boolean): string {
    const { operator } = operand;
    const joins = operator === 'and' || operator === 'or';
    const [left, right] = sidesOf(operand).map((side) => this.print(side, joins && condition));
    if (joins && condition) {
      const decisive = operator === 'or' ? 'true' : 'false';
      const idle = operator === 'or' ? 'false' : 'true';
      if (left === decisive || right === decisive) return decisive;
      if (left === idle) return right!;
      if (right === idle) return left!;
    }
    return `(${left} ${SIGNS[operator] ?? operator} ${right})`;
  }

  private printValue(operand: Operand, condition: boolean, inList: boolean): string {
    const value = this.valueOf(operand);
    if (condition && (value === true || !value)) return value === true ? 'true' : 'false';
    if (!isRouting(operand) && !isBlank(value)) this.leaks = true;
    return literal(value, inList);
  }
}

function printConst(operand: Const): string {
  const raw = operand.toString();
  const quoted = raw.length > 1 && /^'.*'$/s.test(raw);
  if (quoted) return quote(raw.slice(1, -1));
  const value: unknown = operand.correctValue;
  return typeof value === 'number' ? literal(value) : raw;
}

const quote = (text: string): string => `'${text.replace(/\\+$/, '').replace(/(?<!\\)(['"])/g, '\\$1')}'`;

/** A value as the expression language writes it. */
export function literal(given: unknown, inList = false): string {
  const value = storable(given);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return String(value).includes('e') ? value.toFixed(12) : String(value);
  if (typeof value === 'string' && value !== '') return quote(value);
  if (Array.isArray(value)) return `[${value.map((one) => literal(one, true)).join(', ')}]`;
  return inList ? "''" : 'undefined';
}
