import { addDays, dateOf } from '../kit/clock.js';
import { type StudyFile } from '../study/study.js';
import { drawn, seeded } from './random.js';
import { type Kind, KINDS } from './rehearsal.js';

/** What a synthetic member does so many hours after the nth message (from 0) of the wave. */
export interface Doing {
  afterMessage: number;
  hours: number;
  event: 'open' | 'save' | 'submit_complete' | 'refuse' | 'withdraw';
}

/** A synthetic member of a rehearsal. Nobody real, and nowhere stored. */
export interface Synthetic {
  /** From 1. */
  number: number;
  kind: Kind;
  /** Their own chance: the same seed and number give the same member. */
  random: () => number;
  hostCountry: string;
  timeZone: string | null;
  /** Language of their first interviews, and of the last one and now. */
  locales: { before: string; now: string };
  cohort: string;
  recruitmentSource: string;
  referred: boolean;
  /** YYYY-MM-DD */
  joinedOn: string;
  /** Whether they decline to take part when they are asked in this wave. */
  declines: boolean;
  /** Whether they stopped the study's messages before this wave. */
  stopped: boolean;
  doings: Doing[];
}

/** One in so many declines: no wave may rest on everyone agreeing. */
const DECLINES = 29;

/**
 * Members with awkward histories, each kind as often as the others.
 * @param firstOn  YYYY-MM-DD of the day on which the panel began
 */
export function syntheticMembers(
  { study, people, seed, opensAt }: { study: StudyFile; people: number; seed: number; opensAt: Date },
  firstOn: string,
): Synthetic[] {
  return Array.from({ length: people }, (_, index) => {
    const random = seeded(seed * 1_000_003 + index * 7_919);
    const kind = KINDS[index % KINDS.length] as Kind;
    const host = drawn(
      random,
      study.hostCountries.map((country) => [1, country] as const),
    );
    const [first = 'en', ...others] = study.locales;
    const before = others.length > 0 && random() < 0.3 ? (others[0] as string) : first;
    const other = study.locales.find((locale) => locale !== before) ?? before;
    const isNew = kind === 'newcomer';
    return {
      number: index + 1,
      kind,
      random,
      hostCountry: host.code,
      timeZone: random() < 0.6 ? (host.zones[0] ?? null) : null,
      locales: { before, now: kind === 'changed_language' ? other : before },
      cohort: isNew ? 'refreshment' : 'baseline',
      recruitmentSource: random() < 0.6 ? 'community chat' : 'referral',
      referred: random() < 0.3,
      joinedOn: isNew ? dateOf(addDays(opensAt, -3)) : firstOn,
      declines: index % DECLINES === DECLINES - 1,
      stopped: random() < 0.03,
      doings: doingsOf(kind, random),
    };
  });
}

function doingsOf(kind: Kind, random: () => number): Doing[] {
  const hours = 1 + random() * 40;
  const begins = (afterMessage: number): Doing[] => [
    { afterMessage, hours, event: 'open' },
    { afterMessage, hours: hours + 0.5, event: 'save' },
  ];
  const finishes = (afterMessage: number): Doing[] => [
    ...begins(afterMessage),
    { afterMessage, hours: hours + 1, event: 'submit_complete' },
  ];
  if (kind === 'withdrew_mid_wave')
    return [...begins(0), { afterMessage: 0, hours: hours + 1, event: 'withdraw' }];
  return drawn<() => Doing[]>(random, [
    [45, () => finishes(0)],
    [15, () => [...begins(0), ...finishes(1)]],
    [10, () => finishes(1)],
    [8, () => finishes(2)],
    [8, () => begins(0)],
    [4, () => [{ afterMessage: 0, hours, event: 'refuse' }]],
    [10, () => []],
  ])();
}
