import { readForm } from './check/check-form.js';
import type { CompiledQuestionnaire } from './check/check.js';
import type { Item, Place } from './check/domain.js';
import { rootScope, startRun } from './check/routing-run.js';
import { type CheckContext, Findings, type Verdict } from './check/verdict.js';

/** How synthetic answers are made. */
export interface AnswerWish {
  /** Uniform in [0, 1); the same sequence gives the same answers. */
  random: () => number;
  context: CheckContext;
  /** Steers the answer of a top-level item; null leaves it blank, undefined leaves it to chance. */
  choose?(item: { name: string; key: string; kind: string }): unknown;
  /** Share of items left blank where they may be; 0.1 unless told. */
  blankShare?: number;
  /** Share of items declined under their `-refused` key; 0.02 unless told. */
  refusedShare?: number;
}

const ROUNDS = 40;
const PATIENCE = 4;

/**
 * A valid submission: walks the questionnaire as routing shows it, and mends what its own check refuses.
 * @throws Error when an item stays unanswerable: a required text with a pattern of its own needs `choose`
 */
export function randomAnswers(compiled: CompiledQuestionnaire, wish: AnswerWish): Record<string, unknown> {
  const kept = new Map<string, unknown>();
  const failures = new Map<string, number>();
  const declined = new Set<string>();
  let verdict: Verdict | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const answers = walk(compiled, wish, kept, failures, declined);
    verdict = compiled.checkSubmission(answers, wish.context);
    if (verdict.ok) return verdict.answers;
    for (const { item } of verdict.findings) {
      if (item === '') for (const [key, value] of kept) if (value === undefined) kept.delete(key);
      kept.delete(item);
      failures.set(item, (failures.get(item) ?? 0) + 1);
    }
  }
  const open = verdict?.findings.map((finding) => `${finding.path} (${finding.rule})`).join(', ');
  throw new Error(`No synthetic answers could be made for ${open}. Choose them.`);
}

function walk(
  compiled: CompiledQuestionnaire,
  wish: AnswerWish,
  kept: Map<string, unknown>,
  failures: Map<string, number>,
  declined: Set<string>,
): Record<string, unknown> {
  const { random, blankShare = 0.1, refusedShare = 0.02 } = wish;
  const give = (item: Item, at: Place): unknown => {
    if (kept.has(item.key)) return kept.get(item.key);
    const value = make(item, at);
    kept.set(item.key, value);
    return value;
  };
  const make = (item: Item, at: Place): unknown => {
    const chosen = wish.choose?.({ name: item.name, key: item.key, kind: item.domain.kind });
    declined.delete(item.key);
    if (chosen !== undefined) return chosen ?? undefined;
    const tried = failures.get(item.key) ?? 0;
    if (tried > PATIENCE || random() < refusedShare) {
      if (item.refusedKey !== undefined) declined.add(item.key);
      if (tried > PATIENCE || item.refusedKey !== undefined) return undefined;
    }
    const must = item.required || item.requiredIf?.(at.scope) === true || tried > 0;
    return must || random() >= blankShare ? item.domain.sample(random, at) : undefined;
  };
  const scope = rootScope(startRun(wish.context));
  const state = readForm(compiled.form, give, scope, '', '', new Findings(true));
  const answers: Record<string, unknown> = { ...scope.values };
  compiled.form.items.forEach((item, index) => {
    if (!state.shown[index] || !declined.has(item.key)) return;
    delete answers[item.key];
    answers[item.refusedKey!] = true;
  });
  return answers;
}
