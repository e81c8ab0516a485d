import { oneMoreInstance } from '../make/field.js';
import { saveBody, submission, Visitor } from '../make/visitor.js';
import { answersUpTo, completeAnswers, WAVE_A } from '../make/wave-a-answers.js';
import { type AnswersDesk, answersDesk } from './answers-desk.js';
import { type AnswerFigures } from './answers-figures.js';
import { type Invited } from './answers-site.js';

export interface DoublesSize {
  people: number;
  /** Posts of one submission at once. */
  posts: number;
}

export interface Doubles extends AnswerFigures {
  posts: number;
  /** Saves that were refused because another tab had saved first. */
  conflicts: number;
}

const ROUNDS = 5;
const TABS = 2;
const DRAFTS = [2, 4, 6, 8, 10].map((nr) => WAVE_A.pages[nr]?.name ?? '');

/** R3: one submission that is posted many times at once to two processes, and two tabs that save at the same time. */
export async function doubles({ people, posts }: DoublesSize): Promise<Doubles> {
  const desk = await answersDesk(people);
  const second = await oneMoreInstance(desk, { role: 'web' });
  try {
    const begun = performance.now();
    let conflicts = 0;
    for (const [nr, person] of desk.people.entries()) {
      const visitor = await desk.visit(person);
      const elsewhere = new Visitor(second.url);
      elsewhere.cookie = visitor.cookie;
      const processes = [visitor, elsewhere];
      const { base, refused } = await twoTabs(desk, person, processes, nr);
      conflicts += refused;
      await manyPosts(desk, person, processes, { base, posts, seed: nr % 16 });
    }
    const figures = await desk.count((performance.now() - begun) / 1000);
    if (conflicts === 0) figures.faults.push('No two tabs ever met, so nothing was shown.');
    return { ...figures, posts, conflicts };
  } finally {
    await second.close();
    await desk.close();
  }
}

/**
 * Each tab saves on the revision that it knows of. Who is told of a newer one takes it, or keeps its own on top of it on purpose; a
 * save that is acknowledged on another revision than the one it named would have overwritten somebody silently, and counts as doubled.
 */
async function twoTabs(desk: AnswersDesk, person: Invited, processes: readonly Visitor[], seed: number) {
  const whole = completeAnswers(seed % 16);
  const tabs = Array.from({ length: TABS }, (_, nr) => ({
    base: 0,
    visitor: processes[nr % processes.length]!,
  }));
  let refused = 0;
  for (let round = 0; round < ROUNDS; round += 1)
    await Promise.all(
      tabs.map(async (tab, nr) => {
        const answers = answersUpTo(DRAFTS[(round + nr) % DRAFTS.length] ?? '', whole);
        const body = saveBody(tab.base, answers);
        const id = String(body['saveId']);
        desk.sends(person, id);
        const { status, json } = await tab.visitor.post('revisions', body);
        if (status === 201) {
          const revision = json['revision'] as number;
          desk.note({ act: 'save', memberId: person.memberId, id, answers, base: tab.base, revision });
          tab.base = revision;
        } else if (json['code'] === 'response.stale_revision') {
          refused += 1;
          tab.base = json['revision'] as number;
        } else desk.ledger.odd.push(`a save in a tab was answered ${status} ${String(json['code'])}`);
      }),
    );
  return { base: Math.max(...tabs.map((tab) => tab.base)), refused };
}

async function manyPosts(
  { sends, note, ledger }: AnswersDesk,
  person: Invited,
  processes: readonly Visitor[],
  { base, posts, seed }: { base: number; posts: number; seed: number },
): Promise<void> {
  const { memberId } = person;
  const answers = completeAnswers(seed);
  const body = submission(base, answers);
  const id = String(body['submissionId']);
  sends(person, id);
  const replies = await Promise.all(
    Array.from({ length: posts }, (_, nr) => processes[nr % processes.length]!.post('submission', body)),
  );
  for (const { status, json } of replies)
    if (status === 201) note({ act: 'submission', memberId, id, answers, receipt: String(json['receipt']) });
    else ledger.odd.push(`one of many posts was answered ${status} ${String(json['code'])}`);
  for (const other of [
    { ...body, answers: { consent_take_part: 'no' } },
    { ...body, base: base + 1, answers: {} },
  ]) {
    const { status, json } = await processes[0]!.post('submission', other);
    if (status !== 409)
      ledger.odd.push(`another body under the same id was answered ${status} ${String(json['code'])}`);
  }
}
