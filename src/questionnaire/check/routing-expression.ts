import {
  ArrayOperand,
  BinaryOperand,
  ConditionsParser,
  Const,
  FunctionFactory,
  FunctionOperand,
  Helpers,
  Operand,
  UnaryOperand,
  Variable,
  runBinaryOperator,
} from 'survey-core';
import { type Names, type Need, type Resolved, Unresolvable, resolveName } from './routing-names.js';
import type { Evaluate } from './routing-run.js';

/** Why an expression cannot be compiled: a stable short code and a sentence. */
export class ExpressionRefused extends Error {
  constructor(
    readonly rule: string,
    message: string,
  ) {
    super(message);
  }
}

/** The functions whose result depends on nothing but their arguments and the date. */
export const ALLOWED_FUNCTIONS: ReadonlySet<string> = new Set([
  ...['sum', 'min', 'max', 'count', 'avg', 'round', 'trunc', 'iif', 'substring'],
  ...['sumInArray', 'minInArray', 'maxInArray', 'countInArray', 'avgInArray'],
  ...['today', 'currentDate', 'currentYear', 'getDate', 'getYear', 'year', 'month', 'day', 'weekday'],
  ...['age', 'dateDiff', 'dateAdd', 'diffDays'],
]);

/** What an expression stands in. */
export interface ExpressionPlace {
  names: Names;
  /** Collects what must be known before the expression can be evaluated. */
  needs: Need[];
  /** A condition on choices, rows or columns: `{item}` is the one asked about. */
  choice?: boolean;
  /** Name of the item that the expression belongs to. */
  self?: string;
}

/** The syntax tree of an expression. @throws ExpressionRefused when it does not parse */
export function parseExpression(text: string): Operand {
  const operand = text.length > 10_000 ? undefined : new ConditionsParser().parseExpression(text);
  if (!operand) throw new ExpressionRefused('bad_expression', 'Correct the expression; it cannot be parsed.');
  return operand;
}

/** Entries that a function of a list may look at. */
const ENTRIES = 50;

/** What one evaluation costs, in operands; a function of a list asks its condition of every entry. */
export function costOf(operand: Operand): number {
  const parts: Operand[] = [];
  operand.addOperandsToList(parts);
  const lists = parts.filter((part) => part instanceof FunctionOperand && /InArray$/.test(part.functionName));
  return 1 + parts.length + lists.length * ENTRIES * (1 + parts.length);
}

/** A variable of an expression, resolved. @throws ExpressionRefused */
export function resolveVariable(operand: Variable, place: ExpressionPlace): Resolved {
  try {
    return resolveName(operand.variable, place.names, place.choice ?? false, place.self);
  } catch (error) {
    if (!(error instanceof Unresolvable)) throw error;
    const message = `The expression must not name {${operand.variable}}: ${error.message}.`;
    throw new ExpressionRefused('unsupported_variable', message);
  }
}

/** Compiles an expression to a function with survey-core's semantics. @throws ExpressionRefused */
export const compileExpression = (text: string, place: ExpressionPlace): Evaluate =>
  compileOperand(parseExpression(text), place);

/** Compiles a syntax tree. @throws ExpressionRefused */
export function compileOperand(operand: Operand | null | undefined, place: ExpressionPlace): Evaluate {
  if (operand == null) return () => null;
  if (operand instanceof Variable) return compileVariable(operand, place);
  if (operand instanceof Const) {
    const value: unknown = operand.correctValue;
    return () => value;
  }
  if (operand instanceof BinaryOperand) return compileBinary(operand, place);
  if (operand instanceof UnaryOperand) return compileUnary(operand, place);
  if (operand instanceof ArrayOperand) {
    const parts = operand.values.map((value) => compileOperand(value, place));
    return (scope, choice) => parts.map((part) => part(scope, choice));
  }
  if (operand instanceof FunctionOperand) return compileFunction(operand, place);
  throw new ExpressionRefused(
    'bad_expression',
    'Simplify the expression; it holds a part of an unknown kind.',
  );
}

function compileVariable(operand: Variable, place: ExpressionPlace): Evaluate {
  const { get, need } = resolveVariable(operand, place);
  if (need) place.needs.push(need);
  if (operand.toString().startsWith('{#')) return get;
  return (scope, choice) => {
    const value = get(scope, choice);
    return typeof value === 'string' ? converted(value) : value;
  };
}

const PLAIN = /^[^\s\d+\-.,'"tTfFiI][^'"]*$/;

/** survey-core reads `'5'` as 5 and `'true'` as true wherever a variable stands in an expression. */
const converted = (value: string): unknown => (PLAIN.test(value) ? value : new Const(value).correctValue);

function compileBinary(operand: BinaryOperand, place: ExpressionPlace): Evaluate {
  const { leftOperand, rightOperand, operator } = operand as {
    leftOperand: Operand | null;
    rightOperand: Operand | null;
    operator: string;
  };
  const left = compileOperand(leftOperand, place);
  const right = compileOperand(rightOperand, place);
  if (operator === 'and' || operator === 'or') {
    const decisive = operator === 'or';
    return (scope, choice) => {
      const first = left(scope, choice);
      return first === decisive ? decisive : runBinaryOperator(operator, first, right(scope, choice));
    };
  }
  if (operator === 'equal' || operator === 'notequal') {
    const same = operator === 'equal';
    const inOrder = isStrict(leftOperand, place) || isStrict(rightOperand, place);
    return (scope, choice) => {
      const a = left(scope, choice);
      const b = right(scope, choice);
      if (a === b) return same;
      if (inOrder) return Helpers.isTwoValueEquals(a, b, false) === same;
      return runBinaryOperator(operator, a, b);
    };
  }
  return (scope, choice) => runBinaryOperator(operator, left(scope, choice), right(scope, choice));
}

const isStrict = (operand: Operand | null, place: ExpressionPlace): boolean =>
  operand instanceof Variable && resolveVariable(operand, place).strict === true;

function compileUnary(operand: UnaryOperand, place: ExpressionPlace): Evaluate {
  const inner = compileOperand(operand.expression, place);
  switch (operand.operator) {
    case 'empty':
      return (scope, choice) => Helpers.isValueEmpty(inner(scope, choice));
    case 'notempty':
      return (scope, choice) => !Helpers.isValueEmpty(inner(scope, choice));
    case 'negate':
      return (scope, choice) => !inner(scope, choice);
    default:
      throw new ExpressionRefused('bad_expression', `Use another operator than ${operand.operator}.`);
  }
}

function compileFunction(operand: FunctionOperand, place: ExpressionPlace): Evaluate {
  const name = operand.functionName;
  if (!ALLOWED_FUNCTIONS.has(name) || FunctionFactory.Instance.isAsyncFunction(name)) {
    throw new ExpressionRefused(
      'unsupported_function',
      `Do not call ${name}(): only functions of their arguments and the date can be checked.`,
    );
  }
  const operands = operand.paramValues;
  if (operands.some((value) => value == null)) {
    throw new ExpressionRefused('bad_expression', `Give every argument of ${name}(): one is undefined.`);
  }
  const inArray = name.endsWith('InArray');
  const parts = operands.map((value, at) => {
    if (inArray && at >= 2) needsOfCondition(value, place);
    return inArray && at === 0 && value instanceof Variable
      ? compileOriginal(value, place)
      : compileOperand(value, place);
  });
  return (scope, choice) =>
    FunctionFactory.Instance.run(
      name,
      parts.map((part) => part(scope, choice)),
      { survey: scope.run.survey },
      operands,
    );
}

/** The first argument of the …InArray functions: the entries as they are stored. */
function compileOriginal(operand: Variable, place: ExpressionPlace): Evaluate {
  const { get, original, need } = resolveVariable(operand, place);
  if (need) place.needs.push(need);
  return original ?? get;
}

/** A condition of an …InArray function may be a text of its own, evaluated per entry. */
function needsOfCondition(operand: Operand, place: ExpressionPlace): void {
  if (!(operand instanceof Const) || operand instanceof Variable) return;
  const text: unknown = operand.correctValue;
  if (typeof text === 'string' && text.includes('{')) compileExpression(text, place);
}
