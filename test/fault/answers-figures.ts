import { consentsReported } from '../../src/consent/consent.js';
import { compileQuestionnaire } from '../../src/questionnaire/check/check.js';
import { makeRecorder } from '../../src/questionnaire/record.js';
import { deriveTables } from '../../src/questionnaire/variable/variables.js';
import { type Answers, replay, sameJson } from '../../src/response/changes.js';
import { recordOf } from '../../src/response/coding.js';
import { type ConsentFile } from '../../src/study/study.js';
import { caseIsFinished, type CaseState } from '../../src/wave/case-state.js';
import { told } from './figures.js';

/** Something that a client was told is stored. */
export type Acknowledged =
  | { act: 'save'; memberId: string; id: string; answers: Answers; base: number; revision: number }
  | { act: 'submission'; memberId: string; id: string; answers: Answers; receipt: string }
  /** The person left the study. */
  | { act: 'departure'; memberId: string }
  /** The person stopped all messages. */
  | { act: 'stop'; memberId: string };

/** What clients sent and what they were told: each id that was ever sent, and each acknowledgement, first ones and repeated ones. */
export interface Ledger {
  sent: Map<string, Set<string>>;
  acknowledged: Acknowledged[];
  /** Replies that no client may get, as sentences. */
  odd: string[];
  /** Requests that were answered "not now" (503). */
  busy: number;
  /** The longest that any request waited for whatever answer, in milliseconds. */
  longestMs: number;
}

export const emptyLedger = (): Ledger => ({
  sent: new Map(),
  acknowledged: [],
  odd: [],
  busy: 0,
  longestMs: 0,
});

/** All that the tables hold of a case. */
export interface StoredCase {
  member_id: string;
  status: string;
  state: CaseState;
  revision: number;
  disposition: string | null;
  finished_on: string | null;
  answers: Answers | null;
  record: unknown;
  children: unknown;
  reached: string | null;
  submitted_on: string | null;
  submission_id: string | null;
  receipt: string | null;
  revisions: { revision: number; save_id: string; changes: Answers; session_id: string }[];
  consents: { purpose: string; given: boolean; version: string }[];
  events: string[];
  stops: number;
  open_links: number;
  thanks: number;
}

export const STORED_CASES = `
  SELECT m.id AS member_id, m.status, c.state, c.revision, c.disposition, c.finished_on::text, r.answers, r.record, r.children, r.reached,
    r.submitted_on::text, r.submission_id, r.receipt,
    ARRAY(SELECT jsonb_build_object('revision', v.revision, 'save_id', v.save_id, 'changes', v.changes, 'session_id', v.session_id)
          FROM revision v WHERE v.member_id = c.member_id AND v.wave_id = c.wave_id ORDER BY v.revision) AS revisions,
    ARRAY(SELECT jsonb_build_object('purpose', k.purpose, 'given', k.given, 'version', k.text_version)
          FROM consent k WHERE k.member_id = c.member_id AND k.wave_id = c.wave_id) AS consents,
    ARRAY(SELECT e.event FROM case_event e WHERE e.member_id = c.member_id AND e.wave_id = c.wave_id ORDER BY e.seq) AS events,
    (SELECT count(*)::int FROM message_stop s WHERE s.member_id = c.member_id) AS stops,
    (SELECT count(*)::int FROM personal_link l WHERE l.member_id = c.member_id AND l.wave_id = c.wave_id AND NOT l.revoked) AS open_links,
    (SELECT count(*)::int FROM contact_attempt a WHERE a.member_id = c.member_id AND a.wave_id = c.wave_id AND a.step = 'thanks') AS thanks
  FROM issued_case c JOIN member m ON m.id = c.member_id LEFT JOIN response r USING (member_id, wave_id)`;

/** What became of all that was acknowledged. */
export interface AnswerFigures {
  acknowledged: number;
  /** Of what was acknowledged, what the tables hold as it was sent. */
  stored: number;
  lost: number;
  /** Stored more often than it was sent, or acknowledged as two different things. */
  doubled: number;
  /** Cases of which some parts are stored and others, that belong to them, are not. */
  torn: number;
  consents: number;
  withdrawals: number;
  seconds: number;
  /** Every rule that did not hold, as a sentence. */
  faults: string[];
}

/** Compares what clients were told with what the tables hold. Nothing may be under way any more. */
export function answerFigures(
  { sent, acknowledged, odd }: Pick<Ledger, 'sent' | 'acknowledged' | 'odd'>,
  cases: readonly StoredCase[],
  questionnaire: object,
  consents: readonly ConsentFile[],
  seconds: number,
): AnswerFigures {
  const compiled = codable(questionnaire);
  const byMember = new Map(cases.map((each) => [each.member_id, each]));
  const isStored = (one: Acknowledged) => {
    const found = byMember.get(one.memberId);
    return found !== undefined && holds(found, one, consents);
  };
  const stored = acknowledged.filter(isStored);
  const torn = cases.flatMap((each) => tornBy(each, compiled, consents) ?? []);
  const figures = {
    acknowledged: acknowledged.length,
    stored: stored.length,
    lost: acknowledged.length - stored.length,
    doubled:
      toldTwice(acknowledged) + cases.reduce((sum, each) => sum + doubles(each, sent.get(each.member_id)), 0),
    torn: torn.length,
    consents: acknowledged.reduce((sum, one) => sum + consentsIn(one, consents).length, 0),
    withdrawals: acknowledged.filter(({ act }) => act === 'departure' || act === 'stop').length,
    seconds: Math.round(seconds * 10) / 10,
  };
  const faults = told([
    [figures.lost, 'acts were acknowledged and are not stored as they were sent'],
    [figures.doubled, 'acts are stored twice, or were never sent'],
    ...[...new Set(torn)].map(
      (what) => [torn.filter((each) => each === what).length, `cases are torn: ${what}`] as const,
    ),
  ]);
  if (figures.acknowledged === 0) faults.push('Nothing was acknowledged, so nothing was shown.');
  return { ...figures, faults: [...faults, ...new Set(odd)] };
}

const consentsIn = (one: Acknowledged, consents: readonly ConsentFile[]) =>
  one.act === 'submission' ? consentsReported(consents, one.answers) : [];

function holds(stored: StoredCase, one: Acknowledged, consents: readonly ConsentFile[]): boolean {
  if (one.act === 'departure') return stored.status === 'withdrawn' && caseIsFinished(stored.state);
  if (one.act === 'stop') return stored.stops === 1;
  const at = stored.revisions.findIndex(({ save_id }) => save_id === one.id);
  const found = stored.revisions[at];
  if (!found || !sameAnswers(stateAt(stored, at), one.answers)) return false;
  if (one.act === 'save') return found.revision === one.revision;
  return (
    stored.submission_id === one.id &&
    stored.receipt === one.receipt &&
    sameAnswers(stored.answers ?? {}, one.answers) &&
    sameConsents(stored.consents, consentsIn(one, consents))
  );
}

const stateAt = ({ revisions }: StoredCase, at: number): Answers =>
  replay(revisions.slice(0, at + 1).map(({ changes, session_id }) => ({ changes, sessionId: session_id })))
    .answers;

/** Values that the questionnaire computes are the server's, whatever was sent. */
const sameAnswers = (one: Answers, other: Answers): boolean =>
  sameJson({ ...one, eligible: null }, { ...other, eligible: null });

const sameConsents = (one: StoredCase['consents'], other: StoredCase['consents']): boolean => {
  const inOrder = (list: StoredCase['consents']) =>
    list.map(({ purpose, given, version }) => `${purpose} ${given} ${version}`).sort();
  return sameJson(inOrder(one), inOrder(other));
};

/** Two ids that were told one revision, and one id that was told two different things. */
function toldTwice(acknowledged: readonly Acknowledged[]): number {
  const place = new Map<string, string>();
  const word = new Map<string, string>();
  let doubled = 0;
  const differs = (known: Map<string, string>, key: string, value: string) => {
    const before = known.get(key);
    known.set(key, value);
    return before !== undefined && before !== value;
  };
  for (const one of acknowledged) {
    if (one.act === 'save') {
      if (differs(place, `${one.memberId} ${one.revision}`, one.id)) doubled += 1;
      if (differs(word, one.id, String(one.revision)) || one.revision !== one.base + 1) doubled += 1;
    } else if (one.act === 'submission' && differs(word, one.id, one.receipt)) doubled += 1;
  }
  return doubled;
}

const ENDS = new Set([
  'submit_complete',
  'submit_partial',
  'submit_insufficient',
  'screen_out',
  'refuse',
  'withdraw',
]);

function doubles({ revisions, events, thanks, stops }: StoredCase, sent: Set<string> = new Set()): number {
  const unsent = revisions.filter(({ save_id }) => !sent.has(save_id)).length;
  const twice = revisions.length - new Set(revisions.map(({ save_id }) => save_id)).size;
  const ends = Math.max(0, events.filter((event) => ENDS.has(event)).length - 1);
  return unsent + twice + ends + Math.max(0, thanks - 1) + Math.max(0, stops - 1);
}

type Codable = ReturnType<typeof codable>;

const codable = (json: object) => {
  const { variables } = deriveTables(json);
  return { json, variables, record: makeRecorder(variables), check: compileQuestionnaire(json) };
};

/** What of a case is stored without something that belongs to it; undefined where it is whole. */
function tornBy(
  stored: StoredCase,
  questionnaire: Codable,
  consents: readonly ConsentFile[],
): string | undefined {
  const { revisions, answers, state } = stored;
  const isSubmitted = stored.submitted_on !== null;
  const hasClosed = stored.events.some((event) => event.startsWith('close'));
  const isFinished = isSubmitted || stored.status === 'withdrawn' || hasClosed;
  const thanks = isSubmitted && ['complete', 'partial'].includes(state) ? 1 : 0;
  const consented = isSubmitted ? consentsReported(consents, answers ?? {}) : [];
  const verdict = questionnaire.check.checkDraft(answers ?? {}, { now: new Date(0) });
  const { record, children } = recordOf(questionnaire, verdict, isSubmitted ? 'submitted' : stored.reached);
  const rules: [boolean, string][] = [
    [revisions.every(({ revision }, index) => revision === index + 1), 'revisions without those between'],
    [stored.revision === revisions.length, 'a case whose number is not that of its last revision'],
    [isSubmitted === (stored.receipt !== null), 'a submission without its receipt'],
    [isSubmitted === (stored.submission_id !== null), 'a submission without its id'],
    [isFinished === (stored.finished_on !== null), 'an end without its date'],
    [isFinished === caseIsFinished(state), 'an end without its state'],
    [isFinished === (stored.disposition !== null), 'an end without its disposition'],
    [!isSubmitted || stored.open_links === 0, 'a submission whose links open still'],
    [sameConsents(stored.consents, consented), 'answers without their consents'],
    [stored.thanks === thanks, 'a submission without its thanks'],
    [(answers === null) === (revisions.length === 0), 'revisions without answers'],
    [
      sameJson(answers ?? {}, stateAt(stored, revisions.length - 1)),
      'answers that are not those of the revisions',
    ],
    [answers === null || sameJson(stored.record, record), 'answers without their record'],
    [answers === null || sameJson(stored.children, children), 'answers without the rows of their lists'],
  ];
  return rules.find(([holdsTrue]) => !holdsTrue)?.[1];
}
