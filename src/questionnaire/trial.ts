import { sampleForm } from './check/check-form.js';
import { type CompiledQuestionnaire, compileQuestionnaire } from './check/check.js';
import { rootScope, startRun } from './check/routing-run.js';
import { TooCostly, type Work, WORK_LIMIT } from './check/work.js';
import { elementsOf } from './lint/lint-walk.js';
import { type Finding, lintQuestionnaire, type LintOptions } from './lint/lint.js';

/** What a trial may spend: a quarter of what answers may, since answers can be worse than those of a trial. */
const TRIAL_LIMIT = WORK_LIMIT / 4;
const WALKS = 8;

/**
 * Everything that a questionnaire must stand before it is fielded: the lint; then it is compiled, and synthetic answers are checked, whose
 * expressions may cost no more than a quarter of the budget of a save. A hostile one may make this take for ever: run it where it can be killed.
 * @param now  the moment that `today()` means
 * @throws QuestionnaireCannotCompile
 */
export async function tryQuestionnaire(
  json: unknown,
  { locales, now }: LintOptions & { now: Date },
): Promise<Finding[]> {
  const findings = await lintQuestionnaire(json, { locales });
  if (findings.some(({ level }) => level === 'error')) return findings;
  const compiled = compileQuestionnaire(json as object);
  const entries = entriesOf(json);
  const most = Math.max(...Array.from({ length: WALKS }, (_, seed) => workOf(compiled, entries, seed, now)));
  if (most > TRIAL_LIMIT)
    findings.push({
      path: '',
      rule: 'too-costly',
      level: 'error',
      message: `Checking one set of answers evaluates ${most} parts of expressions; at most ${TRIAL_LIMIT} keep saving quick. Simplify conditions in repeated panels and tables.`,
    });
  return findings;
}

/** The most entries that dynamic panels and matrices take, by the key of their answers. */
const entriesOf = (json: unknown): Map<string, number> =>
  new Map(
    [...elementsOf(json)].flatMap(({ json: { name, valueName, maxPanelCount, maxRowCount } }) => {
      const most = maxPanelCount ?? maxRowCount;
      return typeof most === 'number' ? [[String(valueName || name), most] as const] : [];
    }),
  );

/** The dearest of what it costs to check synthetic answers, made by walking the questionnaire, with ever more entries in each list. */
function workOf(
  compiled: CompiledQuestionnaire,
  entries: ReadonlyMap<string, number>,
  seed: number,
  now: Date,
): number {
  const spentOn = (act: (work: Work) => unknown): number => {
    const work: Work = { left: WORK_LIMIT };
    try {
      act(work);
      return WORK_LIMIT - work.left;
    } catch (cause) {
      if (!(cause instanceof TooCostly)) throw cause;
      return WORK_LIMIT;
    }
  };
  let answers: Record<string, unknown> = {};
  const making = spentOn((work) => {
    answers = sampleForm(compiled.form, rootScope(startRun({ now, work })), chance(seed));
  });
  const checks = FILLINGS.map((most) =>
    spentOn((work) => compiled.checkDraft(filled(answers, entries, most), { now, work })),
  );
  return Math.max(making, ...checks);
}

/** Up to how many entries each list is filled; answers beyond the size of a body are turned away before they cost anything. */
const FILLINGS = [1000, 16, 8, 4];

/** The same answers with the entries of each list repeated, up to as many as it takes. */
function filled(value: unknown, entries: ReadonlyMap<string, number>, most: number): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => filled(one, entries, most));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => {
      const whole = filled(inner, entries, most);
      const length = Math.min(most, entries.get(key) ?? 0);
      if (!Array.isArray(whole) || whole.length === 0 || whole.length >= length) return [key, whole];
      return [key, Array.from({ length }, (_, index): unknown => whole[index % whole.length])];
    }),
  );
}

/** Numbers in [0, 1) that look like chance, the same for the same seed; the later a seed, the larger: more entries, more answers. */
function chance(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const even = state / 2 ** 32;
    return seed < WALKS / 2 ? even : 1 - (1 - even) ** 4 * 0.999;
  };
}
