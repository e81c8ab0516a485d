import { HOUR_MS } from '../../kit/clock.js';
import { Problem } from '../../kit/problem.js';
import { CASE_STATES, type CaseState } from '../../wave/case-state.js';
import { type Condition, type Eligibility, isEligible, parseEligibility } from '../../wave/eligibility.js';
import { InvalidEligibility } from '../../wave/eligibility.problems.js';
import { type FactCatalogue, type Facts } from '../../wave/facts.js';
import { InvalidCondition } from './condition.problems.js';
import { type ContactFacts } from './decision.js';

/** The facts that a step's condition may ask for. */
export const caseFacts = (): FactCatalogue => ({
  'case.state': { kind: 'choice', values: CASE_STATES },
  'case.opened': { kind: 'yes_no' },
  'case.page': { kind: 'code' },
  'case.idle_hours': { kind: 'number', unit: 'completed hours since they last did something' },
  cohort: { kind: 'code' },
  recruitment_source: { kind: 'code' },
  host_country: { kind: 'code' },
  'residence.country': { kind: 'code' },
  locale: { kind: 'code' },
});

/** What the facts of a case are taken from. */
export type CaseFacts = Pick<
  ContactFacts,
  | 'caseState'
  | 'page'
  | 'lastActiveAt'
  | 'cohort'
  | 'recruitmentSource'
  | 'hostCountry'
  | 'residenceCountry'
  | 'locale'
>;

/**
 * Reads the condition of a step.
 * @param json  the parsed JSON, in the grammar of a wave's eligibility
 * @throws InvalidCondition with every fault
 */
export function parseCondition(json: unknown): Eligibility {
  const facts = caseFacts();
  try {
    return parseEligibility(json, facts);
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== InvalidEligibility.code) throw cause;
    const { faults } = cause.details as { faults: string[] };
    throw InvalidCondition({ faults, facts: Object.keys(facts) });
  }
}

/** Thanks go to whoever has finished, and they have opened the questionnaire, too. */
const OPENED: ReadonlySet<CaseState> = new Set(['opened', 'started', 'partial', 'complete']);

/** The facts of a case, those of `caseFacts`. Where a person lives is the host country as long as nothing else is known. */
export function factsOfCase(facts: CaseFacts, now: Date): Facts {
  const { lastActiveAt } = facts;
  return {
    'case.state': facts.caseState,
    'case.opened': OPENED.has(facts.caseState),
    'case.page': facts.page,
    'case.idle_hours': lastActiveAt && Math.floor((now.getTime() - lastActiveAt.getTime()) / HOUR_MS),
    cohort: facts.cohort,
    recruitment_source: facts.recruitmentSource,
    host_country: facts.hostCountry,
    'residence.country': facts.residenceCountry ?? facts.hostCountry,
    locale: facts.locale,
  };
}

/**
 * The first instant after `now` at which a condition holds if nothing happens but that time passes.
 * @returns undefined where that alone never makes it true
 */
export function firstTrueAt(condition: Eligibility, facts: CaseFacts, now: Date): Date | undefined {
  const { lastActiveAt } = facts;
  if (!lastActiveAt) return undefined;
  return idleHours(condition)
    .sort((a, b) => a - b)
    .map((hours) => new Date(lastActiveAt.getTime() + hours * HOUR_MS))
    .find((at) => at > now && isEligible(condition, factsOfCase(facts, at)));
}

/** The completed hours at which what a condition says of idle hours may change. */
function idleHours(condition: Eligibility): number[] {
  if ('all' in condition) return condition.all.flatMap(idleHours);
  if ('any' in condition) return condition.any.flatMap(idleHours);
  if ('not' in condition) return idleHours(condition.not);
  return condition.fact === 'case.idle_hours' ? changes(condition) : [];
}

function changes(condition: Condition): number[] {
  if ('atLeast' in condition) return [Math.ceil(condition.atLeast)];
  if ('atMost' in condition) return [Math.floor(condition.atMost) + 1];
  if ('known' in condition) return [];
  const values = 'is' in condition ? [condition.is] : condition.in;
  return values.flatMap((value) => (typeof value === 'number' ? [value, value + 1] : []));
}
