import { type CaseFeed } from '../questionnaire/feed/fed.js';
import { monthAfter, monthOf } from '../residence/month.js';
import { type StudyFile } from '../study/study.js';
import { drawn } from './random.js';
import { type RehearsedWave } from './rehearsal.js';
import { type OutlinedItem } from './rehearsal-outline.js';
import { type Synthetic } from './rehearsal-people.js';

/**
 * What a member would say to an item: a value, nothing, that they would rather not; undefined leaves it to chance. What is `lived`
 * must be sayable; other values only may.
 */
export type Wish = { value: unknown; lived?: true } | 'blank' | 'refuse' | undefined;

/** What a member knows when they are asked. */
export interface Asked {
  wave: RehearsedWave;
  study: StudyFile;
  feed: CaseFeed;
  /** YYYY-MM-DD */
  on: string;
  /** Whether it is the wave that is rehearsed. */
  rehearsed: boolean;
  /** The wave's items, by name. */
  items: ReadonlyMap<string, OutlinedItem>;
  /** Values that the wave's routing names. */
  steering: ReadonlySet<string>;
}

/** Share of those without a known place whose way here is left to chance. */
const SCREENED = 0.15;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Where people move on to: EU, US, Russia, elsewhere, or another host country. */
const DESTINATIONS: readonly (readonly [number, string])[] = [
  [6, 'DEU'],
  [3, 'ESP'],
  [3, 'USA'],
  [3, 'RUS'],
  [2, 'GEO'],
  [2, 'GBR'],
  [4, 'host'],
];

/**
 * What a member wishes to say, so that their life hangs together: where they live, what became of earlier answers, what they agree
 * to. What is left to chance leans toward answers that the routing asks about, so that rare ways are walked too.
 */
export function wishesOf(member: Synthetic, asked: Asked): (name: string) => Wish {
  const { wave, feed, items } = asked;
  const told = new Map<string, Wish>([
    ...consentWishes(member, asked),
    ...residenceWishes(member, asked),
    ...feedWishes(member, asked),
  ]);
  const { random } = member;
  return (name) => {
    const wish = told.get(name);
    if (wish !== undefined) return wish;
    const declared = wave.feeds.find(({ item }) => item === name);
    if (declared?.mode === 'reactive' && feed.items[name] && random() < 0.5)
      return { value: feed.items[name].value };
    if (asked.rehearsed && member.kind === 'refused_sensitive' && items.get(name)?.sensitive) return 'refuse';
    return leaning(name, asked, random);
  };
}

/** A value that routing names, about every third time. */
function leaning(name: string, { wave, steering }: Asked, random: () => number): Wish {
  const variable = wave.variables.find((each) => each.item === name && each.path === name);
  if (variable?.source.read.as !== 'code') return undefined;
  const named = (variable.values ?? []).filter(({ value }) => steering.has(String(value)));
  if (named.length === 0 || random() > 0.35) return undefined;
  return { value: named[Math.floor(random() * named.length)]?.value };
}

function consentWishes(
  { declines, random }: Synthetic,
  { study, rehearsed }: Asked,
): (readonly [string, Wish])[] {
  return study.consents.map(({ item, kind }) => {
    if (kind === 'participation') return [item, { value: rehearsed && declines ? 'no' : 'yes' }] as const;
    return [item, { value: rehearsed && random() < 0.1 ? 'no' : 'yes' }] as const;
  });
}

/** Items that confirm an earlier answer. */
function feedWishes({ kind, random }: Synthetic, { wave, rehearsed }: Asked): (readonly [string, Wish])[] {
  return wave.feeds.flatMap<readonly [string, Wish]>(({ mode, by }) => {
    if (rehearsed && kind === 'disputed_record') return [[by, { value: 'wrong' }] as const];
    if (mode !== 'proactive') return [];
    const wish = drawn<Wish>(random, [
      [5, { value: 'same' }],
      [3, { value: 'changed' }],
      [1, { value: 'wrong' }],
      [1, 'blank'],
    ]);
    return [[by, wish] as const];
  });
}

function residenceWishes(member: Synthetic, asked: Asked): (readonly [string, Wish])[] {
  const { random } = member;
  const { feed, on } = asked;
  const known = feed.residence;
  if (!known) {
    // A first questionnaire also screens out; who never answered it could not come to a later one.
    if (asked.rehearsed && random() < SCREENED) return [];
    const rows = firstPlaces(member, random);
    return [...said({ country: member.hostCountry, spells: rows }), ['left_russia', { value: 'after' }]];
  }
  const away = (but: string): string => {
    const drawnTo = drawn(random, DESTINATIONS);
    const hosts = asked.study.hostCountries.map(({ code }) => code).filter((code) => code !== but);
    const to = drawnTo === 'host' ? (hosts[Math.floor(random() * hosts.length)] ?? 'GEO') : drawnTo;
    return to === but ? member.hostCountry : to;
  };
  const row = (country: string, monthsAgo: number) => rowAt(country, monthAfter(monthOf(on), -monthsAgo));
  const moved = (...rows: Row[]) =>
    said({ res_same: 'moved', country: rows.at(-1)?.['sp_country'], spells: rows });
  const { kind } = member;
  if (asked.rehearsed && kind === 'moved_twice') {
    const first = away(known.country);
    return moved(row(first, 4), row(away(first), 1));
  }
  if (kind === 'moved_back')
    return asked.rehearsed
      ? moved(row(away(known.country), 3), row(known.country, 1))
      : moved(row(known.country === member.hostCountry ? away(known.country) : member.hostCountry, 2));
  if (asked.rehearsed && kind === 'unknown_dates') {
    const { sp_country, sp_year } = row(away(known.country), 2);
    return moved(random() < 0.5 ? { sp_country } : { sp_country, sp_year, sp_month: 'dontknow' });
  }
  if (asked.rehearsed && kind === 'disputed_record') {
    const to = away(known.country);
    const fixed = [...known.spells.slice(0, -1), { ...known.spells.at(-1), sp_country: to }];
    return said({ res_same: 'wrong', country: to, spells_fix: fixed });
  }
  return drawn<() => (readonly [string, Wish])[]>(random, [
    [60, () => said({ res_same: 'same' })],
    [30, () => moved(row(away(known.country), 1 + Math.floor(random() * 4)))],
    [4, () => [['res_same', 'blank']]],
    [4, () => [['res_same', 'refuse']]],
  ])();
}

type Row = Record<string, unknown>;

const said = (answers: Record<string, unknown>): (readonly [string, Wish])[] =>
  Object.entries(answers).map(([item, value]) => [item, { value, lived: true }] as const);

function rowAt(country: string, month: string): Row {
  const [year = '', number = ''] = month.split('-');
  return { sp_country: country, sp_year: Number(year), sp_month: MONTHS[Number(number) - 1] };
}

/** Places from the departure on, as a first interview tells them; some without a month. */
function firstPlaces({ hostCountry, kind }: Synthetic, random: () => number): Row[] {
  const arrived = (country: string, year: number): Row => ({
    sp_country: country,
    sp_year: year,
    sp_month: kind === 'unknown_dates' ? 'dontknow' : MONTHS[3 + Math.floor(random() * 8)],
  });
  return random() < 0.4 ? [arrived('GEO', 2022), arrived(hostCountry, 2023)] : [arrived(hostCountry, 2022)];
}
