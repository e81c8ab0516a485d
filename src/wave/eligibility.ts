import { z } from 'zod';
import { InvalidEligibility, UnknownFact } from './eligibility.problems.js';
import { type FactCatalogue, type FactKind, type Facts, type FactValue } from './facts.js';

/** One comparison of a fact. A fact without value (null) meets none of them but `{ known: false }`. */
export type Condition = { fact: string } & (
  | { is: string | number | boolean }
  | { in: readonly (string | number)[] }
  | { atLeast: number }
  | { atMost: number }
  | { known: boolean }
);

/** Who a wave is for: conditions on the panel's facts, joined by `all`, `any` and `not`. No `all` holds for everyone. */
export type Eligibility =
  Condition | { all: readonly Eligibility[] } | { any: readonly Eligibility[] } | { not: Eligibility };

const FACT = z.string().min(1);
const SCALAR = z.union([z.string(), z.number()], 'Use a text or a number.');
const SHAPE =
  'Write { all: […] }, { any: […] }, { not: … } or { fact: …, is | in | atLeast | atMost | known: … }.';
const JOINED = z.lazy(() => z.array(SCHEMA, 'Give a list of conditions.'));
/** One shape for each key that tells which it is, so that a fault is told at its own place. */
const SHAPES = {
  all: z.strictObject({ all: JOINED }, SHAPE),
  any: z.strictObject(
    { any: JOINED.refine((each) => each.length > 0, 'Give at least one condition.') },
    SHAPE,
  ),
  not: z.strictObject({ not: z.lazy(() => SCHEMA) }, SHAPE),
  is: z.strictObject(
    { fact: FACT, is: z.union([z.string(), z.number(), z.boolean()], 'Use a single value.') },
    SHAPE,
  ),
  in: z.strictObject(
    { fact: FACT, in: z.array(SCALAR, 'Give a list of values.').min(1, 'Give at least one value.') },
    SHAPE,
  ),
  atLeast: z.strictObject({ fact: FACT, atLeast: z.number('Use a number.') }, SHAPE),
  atMost: z.strictObject({ fact: FACT, atMost: z.number('Use a number.') }, SHAPE),
  known: z.strictObject({ fact: FACT, known: z.boolean('Use true or false.') }, SHAPE),
};
const KEYS = Object.keys(SHAPES) as (keyof typeof SHAPES)[];
const SCHEMA: z.ZodType<Eligibility> = z.unknown().transform((json, context): Eligibility => {
  const key = KEYS.find((each) => typeof json === 'object' && json !== null && Object.hasOwn(json, each));
  const parsed = key && SHAPES[key].safeParse(json);
  if (parsed?.success) return parsed.data;
  const issues = parsed?.error.issues ?? [{ message: SHAPE, path: [] }];
  for (const { message, path } of issues) context.addIssue({ code: 'custom', message, path: [...path] });
  return z.NEVER;
});

/**
 * Reads a wave's declared eligibility.
 * @param json   the parsed JSON
 * @param facts  the facts that may be used (`panelFacts`)
 * @throws InvalidEligibility with every fault: shape, unknown facts, and values that a fact cannot have
 */
export function parseEligibility(json: unknown, facts: FactCatalogue): Eligibility {
  const parsed = SCHEMA.safeParse(json);
  const faults = parsed.success
    ? conditionsOf(parsed.data).flatMap((condition) => faultsOf(condition, facts))
    : parsed.error.issues.map(
        ({ path, message }) => `${path.map(String).join('.') || 'eligibility'}: ${message}`,
      );
  if (!parsed.success || faults.length > 0) throw InvalidEligibility({ faults });
  return parsed.data;
}

/**
 * Whether a member is eligible.
 * @throws UnknownFact where a condition names a fact that is not among the member's, even one that would not decide
 */
export function isEligible(eligibility: Eligibility, facts: Facts): boolean {
  for (const { fact } of conditionsOf(eligibility))
    if (!Object.hasOwn(facts, fact)) throw UnknownFact({ fact });
  return holds(eligibility, facts);
}

/**
 * The first condition that keeps a member out, in words for staff; undefined for an eligible member.
 * @throws UnknownFact
 */
export function explain(eligibility: Eligibility, facts: Facts): string | undefined {
  return isEligible(eligibility, facts) ? undefined : failing(eligibility, facts);
}

function holds(eligibility: Eligibility, facts: Facts): boolean {
  if ('all' in eligibility) return eligibility.all.every((each) => holds(each, facts));
  if ('any' in eligibility) return eligibility.any.some((each) => holds(each, facts));
  if ('not' in eligibility) return !holds(eligibility.not, facts);
  return meets(eligibility, facts[eligibility.fact] ?? null);
}

function meets(condition: Condition, value: FactValue): boolean {
  if ('known' in condition) return condition.known === (value !== null);
  if ('is' in condition) return value === condition.is;
  if ('in' in condition) return condition.in.some((each) => each === value);
  if (typeof value !== 'number') return false;
  return 'atLeast' in condition ? value >= condition.atLeast : value <= condition.atMost;
}

function failing(eligibility: Eligibility, facts: Facts): string {
  if ('all' in eligibility) {
    const first = eligibility.all.find((each) => !holds(each, facts));
    return first ? failing(first, facts) : '';
  }
  if ('any' in eligibility) {
    return `None of these holds: ${eligibility.any.map((each) => failing(each, facts)).join(' ')}`;
  }
  if ('not' in eligibility) return `This must not hold, but does: ${inWords(eligibility.not)}.`;
  const value = facts[eligibility.fact] ?? null;
  return `${eligibility.fact} is ${value === null ? 'not known' : String(value)}; ${inWords(eligibility)} is required.`;
}

function inWords(eligibility: Eligibility): string {
  if ('all' in eligibility) return `(${eligibility.all.map(inWords).join(' and ')})`;
  if ('any' in eligibility) return `(${eligibility.any.map(inWords).join(' or ')})`;
  if ('not' in eligibility) return `not ${inWords(eligibility.not)}`;
  const { fact } = eligibility;
  if ('known' in eligibility) return `${fact} ${eligibility.known ? 'known' : 'not known'}`;
  if ('is' in eligibility) return `${fact} = ${String(eligibility.is)}`;
  if ('in' in eligibility) return `${fact} one of ${eligibility.in.join(', ')}`;
  return 'atLeast' in eligibility ? `${fact} ≥ ${eligibility.atLeast}` : `${fact} ≤ ${eligibility.atMost}`;
}

function conditionsOf(eligibility: Eligibility): Condition[] {
  if ('all' in eligibility) return eligibility.all.flatMap(conditionsOf);
  if ('any' in eligibility) return eligibility.any.flatMap(conditionsOf);
  if ('not' in eligibility) return conditionsOf(eligibility.not);
  return [eligibility];
}

function faultsOf(condition: Condition, facts: FactCatalogue): string[] {
  const { fact } = condition;
  const kind = Object.hasOwn(facts, fact) ? facts[fact] : undefined;
  if (!kind) return [UnknownFact({ fact }).message];
  if ('known' in condition) return [];
  if ('atLeast' in condition || 'atMost' in condition) {
    return kind.kind === 'number'
      ? []
      : [`${fact} is no number, so it cannot be at least or at most something.`];
  }
  const values = 'is' in condition ? [condition.is] : condition.in;
  return values
    .filter((value) => !canBe(kind, value))
    .map((value) => `${fact} cannot be ${JSON.stringify(value)}; ${allowed(kind)}.`);
}

function canBe(kind: FactKind, value: string | number | boolean): boolean {
  switch (kind.kind) {
    case 'choice':
      return typeof value === 'string' && kind.values.includes(value);
    case 'code':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'yes_no':
      return typeof value === 'boolean';
  }
}

function allowed(kind: FactKind): string {
  switch (kind.kind) {
    case 'choice':
      return `use one of ${kind.values.join(', ')}`;
    case 'code':
      return 'use a text';
    case 'number':
      return `use a number of ${kind.unit}`;
    case 'yes_no':
      return 'use true or false';
  }
}
