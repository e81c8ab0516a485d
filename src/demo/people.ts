import { type NewMember } from '../panel/new-member.js';
import { type StudyFile } from '../study/study.js';
import { type Act, actsThrough, type Fate } from './acts.js';
import { drawn, seeded, uuidFrom } from './random.js';

/** A synthetic person: their address and every answer say so. */
export interface Person extends NewMember {
  id: string;
  email: string;
  seed: number;
  /** What they do in each wave, by its letter. */
  acts: Readonly<Record<string, readonly Act[]>>;
  /** Whether they live in a host country still; others are screened out of the first wave. */
  eligible: boolean;
  /** Whether they name a wrong home when they are asked first. */
  slips: boolean;
  /** Whether they tell of a move between the waves. */
  reports: boolean;
  /** The wave from which on they answer in another language. */
  switches?: { wave: string; locale: string };
  /** Months after the study's beginning in which their address ceases to exist. */
  bouncesAfter?: number;
  fate?: Fate;
}

const DEMO_DOMAIN = 'synthetic.example';

/** One in so many leaves during the second survey, and one dies during the third. */
const FATED_EVERY = 100;

/**
 * Synthetic people and what each will do. The first one does nothing by themselves: theirs is the link for a visitor.
 * @param seed  the same seed and number give the same people
 */
export function makePeople(count: number, seed: number, study: StudyFile): Person[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, index) => {
    const person = personOf(random, study, {
      email: addressOf('person', index),
      cohort: 'baseline',
      firstWave: study.waves[0]?.id ?? '',
      fate: fateOf(index, study),
    });
    return index === 0 ? { ...person, locale: study.locales[0] ?? person.locale, acts: {} } : person;
  });
}

/**
 * People who refresh the panel later, many of them brought in by members with a coupon.
 * @param wave  the letter of the first wave that they are asked in
 */
export function makeRefreshment(
  count: number,
  seed: number,
  study: StudyFile,
  { wave, recruiters }: { wave: string; recruiters: readonly Person[] },
): Person[] {
  const random = seeded(seed ^ 0x0ef_5e5);
  return Array.from({ length: count }, (_, index) => {
    const person = personOf(random, study, {
      email: addressOf('newcomer', index),
      cohort: 'refreshment',
      firstWave: wave,
      fate: undefined,
    });
    const recruiter = recruiters[Math.floor(random() * recruiters.length)];
    if (!recruiter || random() > 0.6) return { ...person, recruitmentSource: 'community chat' };
    const coupon = `NRD-${String(index + 1).padStart(4, '0')}`;
    return { ...person, recruitmentSource: 'referral', recruiterId: recruiter.id, coupon };
  });
}

function personOf(
  random: () => number,
  study: StudyFile,
  given: { email: string; cohort: string; firstWave: string; fate: Fate | undefined },
): Person {
  const host = drawn(
    random,
    study.hostCountries.map((country) => [1, country] as const),
  );
  const zone = random() < 0.8 ? host.zones[0] : undefined;
  const id = uuidFrom(random);
  const locale = random() < 0.88 ? 'ru' : 'en';
  const recruitmentSource = drawn(random, [
    [4, 'community chat'],
    [3, 'referral'],
    [2, 'media'],
  ] as const);
  const seed = Math.floor(random() * 2 ** 31);
  const own = seeded(seed ^ 0x11fe);
  const waves = study.waves.slice(study.waves.findIndex((wave) => wave.id === given.firstWave));
  const other = study.locales.find((each) => each !== locale);
  const later = waves[Math.floor(own() * waves.length)];
  return {
    id,
    email: given.email,
    hostCountry: host.code,
    locale,
    ...(zone ? { timeZone: zone } : {}),
    cohort: given.cohort,
    recruitmentSource,
    synthetic: true,
    seed,
    eligible: random() > 0.03 || given.fate !== undefined,
    slips: own() < 0.05,
    reports: own() < 0.15,
    ...(own() < 0.06 && other && later ? { switches: { wave: later.id, locale: other } } : {}),
    ...(own() < 0.04 && !given.fate ? { bouncesAfter: 2 + Math.floor(own() * 18) } : {}),
    ...(given.fate ? { fate: given.fate } : {}),
    acts: actsThrough(own, waves, given.fate),
  };
}

const addressOf = (name: string, index: number): string =>
  `${name}-${String(index + 1).padStart(4, '0')}@${DEMO_DOMAIN}`;

function fateOf(index: number, study: StudyFile): Fate | undefined {
  const [, second, third] = study.waves.filter(({ kind }) => kind !== 'check-in').map(({ id }) => id);
  if (index % FATED_EVERY === 7 && second) return { wave: second, does: 'leave' };
  if (index % FATED_EVERY === 11 && third) return { wave: third, does: 'die' };
  return undefined;
}
