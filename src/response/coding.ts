import { CODER, type FedCell, type Recorder } from '../questionnaire/record.js';
import { type Element, elementsIn, keyOf, pagesOf } from '../questionnaire/resume/resume-json.js';
import { type Variable } from '../questionnaire/variable/variable.js';
import { type Verdict } from '../questionnaire/check/verdict.js';
import { progressOf } from './progress.js';

interface Codable {
  json: object;
  variables: Variable[];
  record: Recorder;
}

/**
 * The answers of a case coded by its questionnaire's variables, as they are stored beside the answers.
 * @param reached  name of the furthest page that was shown, null before the first, or `'submitted'`
 * @param fed      earlier answers by the item that they were fed to
 */
export function recordOf(
  questionnaire: Codable,
  verdict: Verdict,
  reached: string | null,
  fed?: Readonly<Record<string, FedCell>>,
) {
  const reachedPage = reached === 'submitted' ? 'submitted' : pageIndex(questionnaire.json, reached);
  const { main, children } = questionnaire.record(verdict.answers, {
    inapplicable: verdict.inapplicable,
    reachedPage,
    ...(fed ? { fed } : {}),
  });
  const { share, blankItems } = progressOf(questionnaire.variables, main);
  return { record: main, children, coder: CODER, answeredShare: share, blankItems };
}

/** Position of a page of the questionnaire, -1 where it has none of this name. */
export const pageIndex = (json: object, name: string | null): number =>
  pagesOf(json as Element).findIndex((page, index) => (page.name ?? `page${index + 1}`) === name);

/** Value names of the items on a page and on those after it; of all items where there is no such page. */
export const itemsFrom = (json: object, page: string | null): Set<string> =>
  new Set(
    pagesOf(json as Element)
      .slice(Math.max(0, pageIndex(json, page)))
      .flatMap((each) => elementsIn(each).map(keyOf)),
  );

/** The further of two pages: a session that resumes at an earlier one does not undo what was shown before. */
export const furtherPage = (json: object, one: string | null, other: string): string =>
  one !== null && pageIndex(json, one) > pageIndex(json, other) ? one : other;
