import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import fc from 'fast-check';
import { addDays } from '../../src/kit/clock.js';
import { compileQuestionnaire } from '../../src/questionnaire/check/check.js';
import { type Variable } from '../../src/questionnaire/variable/variable.js';
import { deriveTables } from '../../src/questionnaire/variable/variables.js';
import { everyQuestionType } from '../make/every-question-type.js';
import { randomAnswers, seeded } from '../make/random-answers.js';
import { type Visitor } from '../make/visitor.js';
import { type AnswersDesk, answersDesk } from './answers-desk.js';
import { cellsOutOfDomain, outOfDomain } from './answers-domains.js';

type Json = Record<string, unknown>;

export interface RandomFigures {
  cases: number;
  acknowledged: number;
  stored: number;
  refused: number;
  outOfDomain: number;
  /** Answered 5xx. */
  failed: number;
  seconds: number;
  faults: string[];
}

const LANES = 2;
const QUESTIONNAIRE = everyQuestionType() as { pages: { name: string; elements: never[] }[] };
const PAGE = QUESTIONNAIRE.pages[0]?.name ?? '';

/** Keys that no questionnaire has, as raw JSON: `JSON.stringify` would drop the first. */
const FORBIDDEN = [
  '"__proto__":{"polluted":true}',
  '"constructor":{"prototype":{"polluted":true}}',
  '"prototype":1',
  '"no_such_item":1',
];

const JUNK: unknown[] = [
  ...[
    '',
    ' ',
    'other',
    'none',
    'refused',
    'dontknow',
    '<script>1</script>',
    '{age}',
    '=1+1',
    '\u0000',
    '\ud800',
    '\u200b',
    '٣',
    '1e3',
  ],
  ...[0, -1, 1.5, 999, 1e308, -1e308, 2 ** 53, Number.MIN_VALUE, true, false, null],
  ...[
    [],
    {},
    [[]],
    [{}],
    [null],
    { value: 1 },
    { '': 1 },
    'x'.repeat(5000),
    Array.from({ length: 200 }, (_, nr) => nr),
  ],
];

/** What is done to valid answers: at some place another value, or none. */
interface Edit {
  at: number;
  value: unknown;
  isRemoved: boolean;
}

interface Attempt {
  seed: number;
  act: 'revisions' | 'submission';
  edits: Edit[];
  forbidden: string | undefined;
  /** Where the forbidden key goes: among the items, or into the first object inside. */
  isInside: boolean;
}

const attempts: fc.Arbitrary<Attempt> = fc.record({
  seed: fc.nat(),
  act: fc.constantFrom('revisions' as const, 'revisions' as const, 'submission' as const),
  edits: fc.array(
    fc.record({
      at: fc.nat(),
      value: fc.oneof(
        fc.constantFrom(...JUNK),
        fc.integer({ min: -20, max: 40 }).map((fives) => fives * 5), // on either side of most limits, and on most steps
        fc.jsonValue({ maxDepth: 3 }),
        fc.integer(),
        fc.string({ unit: 'binary' }),
      ),
      isRemoved: fc.boolean(),
    }),
    { maxLength: 2 }, // of more, one is refused almost surely, and hides what becomes of the others
  ),
  forbidden: fc.option(fc.constantFrom(...FORBIDDEN), { nil: undefined, freq: 9 }),
  isInside: fc.boolean(),
});

/** Random answers through the real route to a questionnaire with every type; what is stored is judged by its declared domains. */
export async function randomPosts({
  cases,
  seed = Date.now(),
}: {
  cases: number;
  seed?: number;
}): Promise<RandomFigures> {
  const desk = await answersDesk(LANES);
  try {
    await fieldEveryType(desk);
    const begun = performance.now();
    const figures: RandomFigures = {
      ...{ cases: 0, acknowledged: 0, stored: 0, refused: 0, outOfDomain: 0, failed: 0, seconds: 0 },
      faults: [],
    };
    const { variables } = deriveTables(QUESTIONNAIRE);
    const lane = async (nr: number) => {
      const trial = await Trial.begin(desk, nr, variables, figures);
      const property = fc.asyncProperty(attempts, (attempt) => trial.post(attempt));
      const found = await fc.check(property, { numRuns: Math.ceil(cases / LANES), seed: seed + nr });
      if (found.failed)
        figures.faults.push(`${String(found.errorInstance)}\n${fc.defaultReportMessage(found) ?? ''}`);
    };
    await Promise.all(Array.from({ length: LANES }, (_, nr) => lane(nr)));
    if (({} as Json)['polluted'] !== undefined) figures.faults.push('A prototype was changed.');
    if (figures.stored === 0 || figures.refused === 0)
      figures.faults.push('Only one of both ends occurred, so nothing was shown.');
    return { ...figures, seconds: Math.round((performance.now() - begun) / 100) / 10 };
  } finally {
    await desk.close();
  }
}

async function fieldEveryType({ rows, study, clock, waveId }: AnswersDesk): Promise<void> {
  await rows(
    'INSERT INTO questionnaire_version (id, study_id, content, imported_at) VALUES ($1, $2, $3, $4)',
    ['every-type', study.id, JSON.stringify(QUESTIONNAIRE), clock.now()],
  );
  await rows(`UPDATE wave SET questionnaire_id = 'every-type', closes_at = $1 WHERE id = $2`, [
    addDays(clock.now(), 40),
    waveId,
  ]);
}

const compiled = compileQuestionnaire(QUESTIONNAIRE);

class Trial {
  private base = 0;

  private constructor(
    private readonly desk: AnswersDesk,
    private readonly memberId: string,
    private readonly visitor: Visitor,
    private readonly variables: Variable[],
    private readonly figures: RandomFigures,
  ) {}

  static async begin(
    desk: AnswersDesk,
    nr: number,
    variables: Variable[],
    figures: RandomFigures,
  ): Promise<Trial> {
    const person = desk.people[nr]!;
    return new Trial(desk, person.memberId, await desk.visit(person), variables, figures);
  }

  /** @throws saying which rule does not hold; the answers themselves stand in fast-check's report */
  async post(attempt: Attempt): Promise<void> {
    const { figures } = this;
    figures.cases += 1;
    const status = await this.sent(attempt);
    const row = await this.row();
    if (status >= 500) {
      figures.failed += 1;
      throw new Error(`answered ${status}`);
    }
    if (status !== 201) {
      if (![400, 413, 422].includes(status)) throw new Error(`answered ${status}`);
      figures.refused += 1;
      if (row.revision !== this.base) throw new Error('refused, and stored all the same');
      return;
    }
    figures.acknowledged += 1;
    if (attempt.forbidden !== undefined) throw new Error('a key that no questionnaire has was taken');
    if (row.revision !== this.base + 1) throw new Error('acknowledged, and not stored');
    figures.stored += 1;
    this.base = row.revision;
    if (attempt.act === 'submission') await this.reopen();
    const wrong = [
      ...outOfDomain(QUESTIONNAIRE, row.answers),
      ...cellsOutOfDomain(this.variables, row.record, row.children),
    ];
    if (wrong.length === 0) return;
    figures.outOfDomain += 1;
    throw new Error(`stored outside its domain: ${wrong.join(', ')}`);
  }

  private async sent(attempt: Attempt): Promise<number> {
    const ids =
      attempt.act === 'revisions'
        ? { saveId: randomUUID(), page: PAGE, reached: PAGE }
        : { submissionId: randomUUID() };
    const frame = JSON.stringify({ ...ids, base: this.base, locale: 'ru' });
    const body = `${frame.slice(0, -1)},"answers":${rawAnswers(attempt)}}`;
    for (;;) {
      const { status } = await this.visitor.post(attempt.act, body);
      if (status !== 429) return status;
      this.desk.clock.moveTo(new Date(this.desk.clock.now().getTime() + 60_000)); // a bucket fills with the clock
    }
  }

  private async row() {
    const [row] = await this.desk.rows<{
      revision: number;
      answers: Json;
      record: Json;
      children: Record<string, Json[]>;
    }>(
      `SELECT c.revision, r.answers, r.record, r.children FROM issued_case c LEFT JOIN response r USING (member_id, wave_id)
       WHERE c.member_id = $1`,
      [this.memberId],
    );
    if (!row) throw new Error('The case is gone');
    return row;
  }

  /** The case stands as before a submission, so that the next one may come. */
  private reopen(): Promise<void> {
    return this.desk.services(DataSource).transaction(async (tx) => {
      for (const sql of [
        `UPDATE issued_case SET state = 'started', finished_on = NULL, disposition = NULL, disposition_edition = NULL WHERE member_id = $1`,
        `UPDATE response SET submitted_on = NULL, submission_id = NULL, submission_hash = NULL, receipt = NULL WHERE member_id = $1`,
        `DELETE FROM contact_attempt WHERE member_id = $1 AND step = 'thanks'`,
      ])
        await tx.query(sql, [this.memberId]);
    });
  }
}

function rawAnswers({ seed, edits, forbidden, isInside }: Attempt): string {
  const random = seeded(seed);
  const choose = ({ key }: { key: string }) => (key === 'postcode' ? '12345' : undefined);
  const answers = randomAnswers(compiled, random, { choose });
  for (const edit of edits) change(answers, edit);
  const raw = JSON.stringify(answers);
  if (forbidden === undefined) return raw;
  const inside = isInside ? raw.indexOf('{', 1) : 0;
  const at = (inside < 0 ? 0 : inside) + 1;
  const isLast = raw[at] === '}';
  return `${raw.slice(0, at)}${forbidden}${isLast ? '' : ','}${raw.slice(at)}`;
}

/** Changes the value at one of all places in the answers, however deep. */
function change(answers: Json, { at, value, isRemoved }: Edit): void {
  const places = placesIn(answers);
  const place = places[at % Math.max(1, places.length)];
  if (!place) return;
  const { holder, key } = place;
  if (!isRemoved)
    (holder as Json)[key] = structuredClone(value); // it may be changed by the next edit
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete (holder as Json)[key];
}

function placesIn(holder: object): { holder: object; key: string }[] {
  return Object.entries(holder).flatMap(([key, value]: [string, unknown]) => [
    { holder, key },
    ...(typeof value === 'object' && value !== null ? placesIn(value) : []),
  ]);
}
