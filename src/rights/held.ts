import { csvCell } from '../kit/csv.js';
import { type AnswerInWords } from '../questionnaire/in-words.js';
import { type CaseState } from '../wave/case-state.js';

/**
 * All that the study holds of one member, in the words of one language. Days are YYYY-MM-DD, countries have names. The addresses are not in
 * it: they are kept apart, where the process that makes this cannot read them.
 */
export interface Held {
  /** The day on which this was put together. */
  on: string;
  membership: {
    status: 'active' | 'withdrawn' | 'dead';
    joinedOn: string;
    cohort: string;
    recruitmentSource: string;
    coupon: string | null;
    hostCountry: string;
    locale: string;
    timeZone: string | null;
    /** The kinds of address that are kept. */
    channels: string[];
  };
  places: { country: string; region: string | null; from: string | null; to: string | null }[];
  /** What was said between the surveys about where they live, as it is stored. */
  placeReports: { on: string; by: string; answers: Readonly<Record<string, unknown>> }[];
  consents: { purpose: string; text: string; given: boolean; version: string; on: string; where: string }[];
  surveys: HeldSurvey[];
  messages: { on: string; channel: string; survey: string }[];
  pauses: { from: string; until: string | null; askedBy: string }[];
  stops: { channel: string; purpose: string; on: string }[];
  troubles: { channel: string; kind: string; on: string }[];
  searches: { openedOn: string; reason: string; closedOn: string | null; outcome: string | null }[];
  experiments: { experiment: string; arm: string; on: string }[];
}

export interface HeldSurvey {
  /** Its letter, and its title in words. */
  letter: string;
  title: string;
  state: CaseState;
  issuedOn: string;
  savedOn: string | null;
  submittedOn: string | null;
  answers: AnswerInWords[];
  /** What came after the close, which nothing reads. */
  late: { on: string; answers: AnswerInWords[] }[];
  /** What staff decided about how the case ended. */
  decisions: { on: string; code: string; reason: string }[];
}

/** Words of the columns and of a refusal, in the reader's language. */
export interface CopyWords {
  header: readonly [survey: string, on: string, section: string, question: string, answer: string];
  refused: string;
  /** Beside the name of a survey whose answers came late. */
  late: string;
}

/** Every answer, a row each, as a CSV file that spreadsheets of any language open as UTF-8. */
export function answersAsCsv(
  { surveys }: Pick<Held, 'surveys'>,
  { header, refused, late }: CopyWords,
): string {
  const rowsOf = (survey: string, on: string, answers: readonly AnswerInWords[]): string[][] =>
    answers.map((each) => [
      survey,
      on,
      each.section,
      each.question,
      each.refused ? [refused, ...each.answer].join('\n') : each.answer.join('\n'),
    ]);
  const rows = surveys.flatMap((survey) => [
    ...rowsOf(survey.title, survey.submittedOn ?? survey.savedOn ?? '', survey.answers),
    ...survey.late.flatMap((one) => rowsOf(`${survey.title} (${late})`, one.on, one.answers)),
  ]);
  return '\uFEFF' + [[...header], ...rows].map((row) => row.map(csvCell).join(',') + '\r\n').join('');
}
