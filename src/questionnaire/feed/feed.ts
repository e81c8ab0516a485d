import { type Texts } from '../variable/variable.js';

export const FEED_MODES = ['independent', 'proactive', 'reactive'] as const;
export type FeedMode = (typeof FEED_MODES)[number];

/** How a questionnaire uses an earlier answer, as declared on the item (`feedMode`, `feedFrom`, `feedBy`). */
export interface Feed {
  /** The item that is asked here. */
  item: string;
  mode: Exclude<FeedMode, 'independent'>;
  /** The item of earlier waves whose last valid answer is fed. */
  from: string;
  /** The item here that confirms (proactive) or checks (reactive). */
  by: string;
  /** The earlier answer never leaves the server. */
  sensitive: boolean;
}

/** What became of a fed answer. */
export type FeedOutcome = 'confirmed' | 'changed' | 'disputed' | 'not_shown';

/** The last valid answer to an item, and where it comes from. */
export interface FedAnswer {
  value: unknown;
  /** Its words in each language. */
  words: Texts;
  wave: string;
  /** YYYY-MM-DD of the interview that it was given in. */
  on: string;
}

/** The items of a questionnaire that earlier answers are fed to, in its order. */
export function feedsOf(json: object): Feed[] {
  const feeds: Feed[] = [];
  walk(json, (element) => {
    const { name, feedMode, feedFrom, feedBy, sensitive } = element;
    if (
      (feedMode === 'proactive' || feedMode === 'reactive') &&
      typeof name === 'string' &&
      typeof feedBy === 'string'
    )
      feeds.push({
        item: name,
        mode: feedMode,
        from: typeof feedFrom === 'string' ? feedFrom : name,
        by: feedBy,
        sensitive: sensitive === true,
      });
  });
  return feeds;
}

function walk(node: unknown, visit: (element: Record<string, unknown>) => void): void {
  if (Array.isArray(node)) return node.forEach((child) => walk(child, visit));
  if (typeof node !== 'object' || node === null) return;
  const element = node as Record<string, unknown>;
  visit(element);
  for (const key of ['pages', 'elements', 'templateElements']) walk(element[key], visit);
}

/**
 * What became of each fed answer, read from the item that confirms or checks.
 * A proactive item without an earlier answer, or whose question was left blank or refused, counts as not shown.
 */
export function feedOutcome(
  { item, mode, by }: Feed,
  fed: FedAnswer | undefined,
  answers: Readonly<Record<string, unknown>>,
): FeedOutcome {
  if (!fed) return 'not_shown';
  const said = answers[by];
  if (said === 'wrong') return 'disputed';
  if (said === 'changed') return 'changed';
  if (mode === 'proactive') return said === 'same' ? 'confirmed' : 'not_shown';
  return answers[item] !== undefined && sameValue(answers[item], fed.value) ? 'confirmed' : 'not_shown';
}

/** Whether two stored answers are the same. */
export const sameValue = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whole calendar months from an interview to another day: the age of what was fed. */
export function monthsBetween(from: string, to: string): number {
  const [fromYear = 0, fromMonth = 0, fromDay = 0] = from.split('-').map(Number);
  const [toYear = 0, toMonth = 0, toDay = 0] = to.split('-').map(Number);
  return (toYear - fromYear) * 12 + (toMonth - fromMonth) - (toDay < fromDay ? 1 : 0);
}

const RUSSIAN_IN_MONTH = [
  'январе',
  'феврале',
  'марте',
  'апреле',
  'мае',
  'июне',
  'июле',
  'августе',
  'сентябре',
  'октябре',
  'ноябре',
  'декабре',
];

/** A month as it stands in a sentence: "in May 2026", «в мае 2026 года». */
export function inMonth(on: string, locale: string): string {
  const [year = '', month = ''] = on.split('-');
  if (locale === 'ru') return `в ${RUSSIAN_IN_MONTH[Number(month) - 1] ?? ''} ${year} года`;
  const name = new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' }).format(
    new Date(`${year}-${month}-01T00:00:00Z`),
  );
  return `in ${name} ${year}`;
}
