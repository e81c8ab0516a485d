import { type PageModel, type Question } from 'survey-core';
import { linesOf, type PlainAnswer } from './plain-answer.js';
import { loadSurvey, REFUSED_SUFFIX } from './survey.js';

/** One answer as a person gave it: the words of the question, and those of the answer, a line for each of its parts. */
export interface AnswerInWords {
  /** The item's name in the questionnaire. */
  item: string;
  section: string;
  question: string;
  /** Empty for a refusal. */
  answer: string[];
  refused: boolean;
}

/** Where SurveyJS keeps what was written beside a choice. */
const COMMENT_SUFFIX = '-Comment';

type Answers = Readonly<Record<string, unknown>>;

/** @param prev  what the questionnaire's texts read of earlier answers, in the reader's language */
export type AnswerReader = (answers: Answers, prev?: object) => AnswerInWords[];

/**
 * Prepares the reading of answers in words, once a questionnaire version and language: the model behind it is heavy, and each reading
 * fills and empties it. Whatever is stored is read, also what routing hides now. What belongs to no question any more comes last, as it
 * is stored.
 */
export function answerReader(json: object, locale: string): AnswerReader {
  const survey = loadSurvey(json, locale);
  survey.clearInvisibleValues = 'none';
  return (answers, prev) => {
    survey.setVariable('prev', prev ?? null);
    survey.data = answers;
    const known = new Set<string>();
    let section = '';
    const read = survey.pages.flatMap((page: PageModel) => {
      section = sectionBegunBy(page) || section;
      return page.questions.flatMap((question) => {
        const name = question.getValueName();
        for (const key of [name, name + COMMENT_SUFFIX, name + REFUSED_SUFFIX]) known.add(key);
        return answerTo(question, section, answers);
      });
    });
    const others = Object.keys(answers).filter((item) => !known.has(item));
    survey.data = {};
    return [
      ...read,
      ...others.map((item) => ({
        ...{ item, section: '', question: item, refused: false },
        answer: [JSON.stringify(answers[item])],
      })),
    ];
  };
}

function answerTo(question: Question, section: string, answers: Answers): AnswerInWords[] {
  const item = question.getValueName();
  const refused = answers[item + REFUSED_SUFFIX] === true;
  const comment = answers[item + COMMENT_SUFFIX];
  if (answers[item] === undefined && comment === undefined && !refused) return [];
  const plain = question.getPlainData({ includeEmpty: false }) as PlainAnswer | undefined;
  const lines = linesOf(plain, false).filter((line) => line !== '');
  if (typeof comment === 'string' && !lines.some((line) => line.includes(comment))) lines.push(comment);
  const answer = lines.length > 0 || refused ? lines : [JSON.stringify(answers[item])];
  return [{ item, section, question: question.processedTitle || item, answer, refused }];
}

/** A section goes on until a page begins another one. */
const sectionBegunBy = (page: PageModel): string => page.getLocalizableStringText('section') ?? '';
