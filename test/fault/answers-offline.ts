import { addDays } from '../../src/kit/clock.js';
import { CaseService } from '../../src/wave/case.service.js';
import { WaveService } from '../../src/wave/wave.service.js';
import { saveBody, submission, type Visitor } from '../make/visitor.js';
import { answersUpTo, completeAnswers } from '../make/wave-a-answers.js';
import { type AnswersDesk, answersDesk } from './answers-desk.js';
import { type AnswerFigures } from './answers-figures.js';
import { type Invited } from './answers-site.js';

const DAYS = 30;
const LAST_PAGE_SAVED = 'p_gender';

/** What had become of a phone's person and their questionnaire when it found its network again. */
const FATES = ['was stored', 'has closed', 'closed after a save', 'left', 'closed and left'] as const;
type Fate = (typeof FATES)[number];

export interface Offline extends AnswerFigures {
  /** Requests that were kept in quarantine, and rows there. */
  quarantined: number;
  rows: number;
  refused: number;
}

interface Phone {
  person: Invited;
  fate: Fate;
  visitor: Visitor;
  answers: Record<string, unknown>;
  /** What it sends when it is back. */
  save: Record<string, unknown>;
  submission: Record<string, unknown>;
  receipt: string;
}

/**
 * R4: phones that were without network for thirty days and then send what they hold, twice: a save and the questionnaire. What was
 * stored gets the same receipt; what comes after the close is kept in quarantine; of who has left nothing is stored.
 */
export async function offline({ people }: { people: number }): Promise<Offline> {
  const desk = await answersDesk(people);
  try {
    const begun = performance.now();
    const phones: Phone[] = [];
    for (const [nr, person] of desk.people.entries()) phones.push(await goesOffline(desk, person, nr));
    await desk.rows('UPDATE wave SET closes_at = $1 WHERE id = $2', [
      addDays(desk.clock.now(), DAYS - 1),
      desk.waveId,
    ]);
    desk.clock.moveTo(addDays(desk.clock.now(), DAYS));
    await desk.services(WaveService).closeOverdue();
    for (const { fate, person } of phones) if (fate.endsWith('left')) await leave(desk, person);
    const before = await tables(desk);
    let quarantined = 0;
    let refused = 0;
    for (const phone of phones)
      for (let time = 0; time < 2; time += 1) {
        for (const [path, body] of [
          ['revisions', phone.save],
          ['submission', phone.submission],
        ] as const) {
          const reply = await phone.visitor.post(path, body);
          const said = reply.status === 201 ? 'stored' : String(reply.json['code']);
          if (said !== expected(phone.fate))
            desk.ledger.odd.push(`a ${path} of someone who ${phone.fate} was answered ${said}`);
          if (said === 'response.kept_after_close') quarantined += 1;
          if (said === 'response.case_withdrawn') refused += 1;
          if (path === 'submission' && said === 'stored')
            noteSubmission(desk, phone, String(reply.json['receipt']));
        }
      }
    const figures = await desk.count((performance.now() - begun) / 1000);
    if ((await tables(desk)) !== before) figures.faults.push('What came late has changed what counts.');
    const rows = await lateRows(desk);
    figures.faults.push(...quarantineFaults(phones, rows));
    return { ...figures, quarantined, rows: rows.length, refused };
  } finally {
    await desk.close();
  }
}

const expected = (fate: Fate): string => {
  if (fate === 'was stored') return 'stored';
  return fate.endsWith('left') ? 'response.case_withdrawn' : 'response.kept_after_close';
};

async function goesOffline(desk: AnswersDesk, person: Invited, nr: number): Promise<Phone> {
  const fate = FATES[nr % FATES.length] ?? 'was stored';
  const visitor = await desk.visit(person);
  const answers = completeAnswers(nr % 16);
  const isStored = fate === 'was stored';
  const draft = answersUpTo(LAST_PAGE_SAVED, answers);
  let base = 0;
  if (fate === 'closed after a save') {
    desk.note(await saved(desk, person, visitor, saveBody(0, draft)));
    base = 1;
  }
  const phone: Phone = {
    person,
    fate,
    visitor,
    answers,
    save: saveBody(base, draft),
    submission: submission(isStored ? base + 1 : base, answers),
    receipt: '',
  };
  if (isStored) {
    desk.note(await saved(desk, person, visitor, phone.save));
    desk.sends(person, String(phone.submission['submissionId']));
    const { json } = await visitor.post('submission', phone.submission); // and this reply never reached the phone
    noteSubmission(desk, phone, String(json['receipt']));
  }
  return phone;
}

async function saved(desk: AnswersDesk, person: Invited, visitor: Visitor, body: Record<string, unknown>) {
  const id = String(body['saveId']);
  desk.sends(person, id);
  const { json } = await visitor.post('revisions', body);
  return {
    act: 'save',
    memberId: person.memberId,
    id,
    answers: body['answers'] as Record<string, unknown>,
    base: body['base'] as number,
    revision: json['revision'] as number,
  } as const;
}

function noteSubmission(
  desk: AnswersDesk,
  { person, submission: sent, answers }: Phone,
  receipt: string,
): void {
  const id = String(sent['submissionId']);
  desk.note({ act: 'submission', memberId: person.memberId, id, answers, receipt });
}

async function leave(desk: AnswersDesk, { memberId }: Invited): Promise<void> {
  const given = {
    memberId,
    as: 'withdrawn',
    reason: 'asked to',
    actor: { kind: 'shell', by: 'test' },
  } as const;
  await desk.services(CaseService).endMembership(given);
  desk.note({ act: 'departure', memberId });
}

/** All that counts: cases, answers, revisions, consents. */
async function tables(desk: AnswersDesk): Promise<string> {
  const [row] = await desk.rows<{ all: string }>(
    `SELECT md5(concat(
       (SELECT string_agg(c::text, '|' ORDER BY member_id) FROM issued_case c),
       (SELECT string_agg(r::text, '|' ORDER BY member_id) FROM response r),
       (SELECT string_agg(v::text, '|' ORDER BY member_id, revision) FROM revision v),
       (SELECT string_agg(k::text, '|' ORDER BY member_id, purpose) FROM consent k))) AS all`,
  );
  return row?.all ?? '';
}

interface LateRow {
  member_id: string;
  submitted: boolean;
  answers: Record<string, unknown>;
}

const lateRows = (desk: AnswersDesk): Promise<LateRow[]> =>
  desk.rows('SELECT member_id, submitted, answers FROM late_answers ORDER BY member_id, submitted');

/** Each late phone's two requests are there once, whole, and nobody else's are. */
function quarantineFaults(phones: readonly Phone[], rows: readonly LateRow[]): string[] {
  const faults: string[] = [];
  for (const { person, fate, answers } of phones) {
    const mine = rows.filter(({ member_id }) => member_id === person.memberId);
    const isLate = expected(fate) === 'response.kept_after_close';
    if (mine.length !== (isLate ? 2 : 0))
      faults.push(`Of someone who ${fate} ${mine.length} requests are in quarantine.`);
    const sent = mine.find(({ submitted }) => submitted);
    if (isLate && Object.keys(answers).some((item) => !(item in (sent?.answers ?? {}))))
      faults.push('Answers in quarantine are not whole.');
  }
  return faults;
}
