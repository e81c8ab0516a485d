import {
  type CaseFeed,
  type EarlierInterview,
  type FedResidence,
  lastValidAnswers,
} from '../questionnaire/feed/fed.js';
import { type Feed, type FeedMode } from '../questionnaire/feed/feed.js';
import { type Variable } from '../questionnaire/variable/variable.js';
import { residenceClass } from '../residence/region.js';
import { rowsOf } from '../residence/report.js';
import { type Spell } from '../residence/spell.js';
import { type StudyFile } from '../study/study.js';

/** Where a member is known to live, and their spells as they stand. */
export interface KnownPlace {
  country: string;
  region: string | null;
  /** The last wave that knew it; null where that was between waves. */
  wave: string | null;
  /** YYYY-MM-DD of the day on which it was last said. */
  on: string;
  spells: readonly Pick<Spell, 'country' | 'region' | 'stated'>[];
}

interface Asking {
  feeds: readonly Feed[];
  variables: readonly Variable[];
}

/**
 * What a case is shown of earlier answers: its questionnaire's fed items as far as this version still has the value, unless an
 * experiment has put the member where nothing is shown.
 * @param independent  items that are asked of this member as if nothing were known
 * @param on           YYYY-MM-DD: classes of countries are those of that day
 * @returns also the last valid answers that this version cannot take
 */
export function caseFeedOf(
  asking: Asking,
  known: { interviews: readonly EarlierInterview[]; place: KnownPlace | null },
  independent: readonly string[],
  study: Pick<StudyFile, 'locales' | 'hostCountries'>,
  on: string,
): { feed: CaseFeed; gone: { item: string; value: unknown }[] } {
  const modes: Record<string, FeedMode> = Object.fromEntries(
    asking.feeds.map(({ item, mode }) => [item, independent.includes(item) ? 'independent' : mode]),
  );
  const last = Object.entries(lastValidAnswers(asking.feeds, known.interviews)).filter(
    ([item]) => modes[item] !== 'independent',
  );
  const fits = ([item, { value }]: (typeof last)[number]) => isValueOf(asking, item, value);
  return {
    feed: {
      items: Object.fromEntries(last.filter(fits)),
      residence: known.place && residenceOf(known.place, asking, study, on),
      interviewOn: known.interviews.at(-1)?.on ?? null,
      modes,
    },
    gone: last.filter((one) => !fits(one)).map(([item, { value }]) => ({ item, value })),
  };
}

/** Whether an item of a questionnaire version has this as a value of its own: no refusal, and no choice that it lacks. */
export function isValueOf({ variables }: Pick<Asking, 'variables'>, item: string, value: unknown): boolean {
  const variable = ownVariable(variables, item);
  return variable !== undefined && (!variable.values || variable.values.some((each) => each.value === value));
}

/** The variable that holds an item's own single value. */
export const ownVariable = (variables: readonly Variable[], item: string): Variable | undefined =>
  variables.find(
    ({ item: of, path, table, source }) =>
      of === item && path === item && table === 'main' && !source.reason && source.read.as !== 'fed',
  );

function residenceOf(
  { country, region, wave, on: knownOn, spells }: KnownPlace,
  { variables }: Asking,
  { locales, hostCountries }: Pick<StudyFile, 'locales' | 'hostCountries'>,
  on: string,
): FedResidence {
  const label = variables
    .find(({ name }) => name === 'ff_place')
    ?.values?.find(({ value }) => value === country)?.label;
  const words = locales.flatMap((locale) => {
    const name = label?.[locale];
    return name ? [[locale, region ? `${region}, ${name}` : name] as const] : [];
  });
  return {
    country,
    region,
    words: Object.fromEntries(words),
    class: residenceClass(
      country,
      on,
      hostCountries.map(({ code }) => code),
    ),
    wave,
    on: knownOn,
    spells: rowsOf(spells),
  };
}
