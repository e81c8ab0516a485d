import fc from 'fast-check';
import { type CompiledQuestionnaire, compileQuestionnaire } from '../../../src/questionnaire/check/check.js';
import { everyQuestionType } from '../../make/every-question-type.js';
import { A_DAY, randomAnswers, seeded } from '../../make/random-answers.js';
import { askOracle, withoutBlanks } from './oracle.js';
import { FIXTURES } from './oracle-fixtures.js';

/** Runs a fixture and kind of answers; more for a longer look: ORACLE_RUNS=500 npx jest … check-oracle */
const RUNS = Number(process.env.ORACLE_RUNS ?? 10);
const context = { now: A_DAY, prev: { country: 'srb', jobs: [{ year: 2022 }] } };
const choose = ({ key }: { key: string }) => (key === 'zip' ? 'AB' : undefined);

type Answers = Record<string, unknown>;

const JUNK: unknown[] = [
  ...[
    'HACK',
    '',
    ' ',
    'a',
    'b',
    'x',
    '1',
    '3',
    'other',
    'none',
    'refused',
    'only',
    'i1',
    'bad',
    '2023-01-01',
    '12:00',
  ],
  ...[
    '2023-05',
    '2023-W05',
    'ab',
    'a@b.org',
    '12-ab',
    '+1 234',
    'dflt',
    'konst',
    'x'.repeat(300),
    '<b>1</b>',
  ],
  ...[0, 1, 2, 3, 4, 5, 9, 10, 12.5, 35, 999, -1, 0.1, true, false, null],
  ...[
    [],
    ['a'],
    ['a', 'a'],
    ['a', 'b'],
    ['none', 'a'],
    ['other'],
    ['HACK'],
    [1],
    [1, 2],
    [20, 40],
    [40, 20],
    [9, 1],
  ],
  ...[
    {},
    { value: 'a' },
    { value: 'b', comment: 'c' },
    { a: 1 },
    { a: 1, c: 2 },
    { x: 3, y: 'z' },
    { r1: { pick: 'a' } },
  ],
  ...[
    [{}],
    [{ k: 'one' }],
    [{ who: 'me', age: 40 }],
    [{ who: 'me' }, { who: 'me' }],
    [{ fruit: 1 }],
    [{ value: 'a' }],
  ],
];

interface Change {
  seed: number;
  at: number;
  depth: number;
  junk: unknown;
  act: string;
  key: string;
}

const mutation: fc.Arbitrary<Change> = fc.record({
  seed: fc.nat(),
  at: fc.nat(),
  depth: fc.nat({ max: 2 }),
  junk: fc.constantFrom(...JUNK),
  act: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'double'),
  key: fc.constantFrom('HACK', 'comment', 'value', 'r1', 'a'),
});

/** Changes one place of valid answers, at the top or deeper. */
function tamper(answers: Answers, keys: string[], change: Change): Answers {
  const copy = JSON.parse(JSON.stringify(answers)) as Answers;
  let holder: Answers = copy;
  let names = keys;
  for (let depth = 0; ; depth++) {
    const name = names[change.at % names.length]!;
    const inner = holder[name];
    if (
      depth < change.depth &&
      typeof inner === 'object' &&
      inner !== null &&
      Object.keys(inner).length > 0
    ) {
      holder = inner as Answers;
      names = Object.keys(inner);
      continue;
    }
    if (change.act === 'remove') delete holder[name];
    else if (change.act === 'add' && !Array.isArray(holder)) holder[change.key] = change.junk;
    else if (change.act === 'double' && Array.isArray(inner)) inner.push(inner[0]);
    else holder[name] = change.junk;
    return copy;
  }
}

/** survey-core drops details of a row whose computed cell it corrects; a respondent never sends a wrong one. */
function withComputedCells(sent: Answers, canonical: Answers, { form }: CompiledQuestionnaire): Answers {
  const tables = form.items.filter((item) => item.domain.kind === 'matrixdropdown').map((item) => item.key);
  return { ...sent, ...Object.fromEntries(tables.map((key) => [key, canonical[key]])) };
}

const keysOf = (json: object): string[] =>
  compileQuestionnaire(json).form.items.flatMap((item) => [
    item.key,
    ...(item.comment ? [item.comment.key] : []),
  ]);

describe('what the check accepts, survey-core accepts and completes with the same answers', () => {
  it.each(FIXTURES.map((fixture) => [fixture.name, fixture] as const))(
    'valid answers to %s',
    (_name, { json }) => {
      const compiled = compileQuestionnaire(json);
      for (let seed = 0; seed < RUNS; seed++) {
        const answers = randomAnswers(compiled, seeded(seed), { context, choose });
        const verdict = compiled.checkSubmission(answers, context);
        expect(verdict.findings).toEqual([]);
        const oracle = askOracle(json, answers, context);
        expect({ seed, errors: oracle.completed ? [] : oracle.errors }).toEqual({ seed, errors: [] });
        expect(withoutBlanks(oracle.data)).toEqual(withoutBlanks(verdict.answers));
      }
    },
  );

  it.each(FIXTURES.map((fixture) => [fixture.name, fixture] as const))(
    'tampered answers to %s',
    (_name, { json }) => {
      const compiled = compileQuestionnaire(json);
      const keys = keysOf(json);
      const property = fc.property(mutation, (change) => {
        const answers = tamper(
          randomAnswers(compiled, seeded(change.seed), { context, choose }),
          keys,
          change,
        );
        const verdict = compiled.checkSubmission(answers, context);
        if (!verdict.ok) return;
        const oracle = askOracle(json, withComputedCells(answers, verdict.answers, compiled), context);
        expect(oracle.completed ? [] : oracle.errors).toEqual([]);
        expect(withoutBlanks(oracle.data)).toEqual(withoutBlanks(verdict.answers));
      });
      fc.assert(property, { numRuns: RUNS * 4 });
    },
  );

  it('all question types at once', () => {
    const json = everyQuestionType();
    const compiled = compileQuestionnaire(json);
    for (let seed = 0; seed < Math.max(2, RUNS / 20); seed++) {
      const answers = randomAnswers(compiled, seeded(seed), { context });
      const oracle = askOracle(json, answers, context);
      expect(oracle.errors).toEqual([]);
      expect(withoutBlanks(oracle.data)).toEqual(withoutBlanks(answers));
    }
  });
});
