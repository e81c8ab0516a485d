import { type NewMember } from '../panel/new-member.js';
import { type StudyFile } from '../study/study.js';
import { drawn, seeded, uuidFrom } from './random.js';

/** What someone does after the nth message (from 0) has reached them. */
export interface Act {
  afterMessage: number;
  hours: number;
  does: 'open' | 'stall' | 'finish' | 'refuse';
  /** For `stall`: the share of the pages that are answered before the phone is put away. */
  share?: number;
}

/** A synthetic person: their address and every answer say so. */
export interface Person extends NewMember {
  id: string;
  seed: number;
  acts: Act[];
  /** Whether they live in a host country still; others are screened out. */
  eligible: boolean;
}

const DEMO_DOMAIN = 'synthetic.example';

/**
 * Synthetic people and what each will do. The first one does nothing by themselves: theirs is the link for a visitor.
 * @param seed  the same seed and number give the same people
 */
export function makePeople(count: number, seed: number, study: StudyFile): Person[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, index) => {
    const host = drawn(
      random,
      study.hostCountries.map((country) => [1, country] as const),
    );
    const zone = random() < 0.8 ? host.zones[0] : undefined;
    const person: Person = {
      id: uuidFrom(random),
      email: `person-${String(index + 1).padStart(4, '0')}@${DEMO_DOMAIN}`,
      hostCountry: host.code,
      locale: random() < 0.88 ? 'ru' : 'en',
      ...(zone ? { timeZone: zone } : {}),
      cohort: 'baseline',
      recruitmentSource: drawn(random, [
        [4, 'community chat'],
        [3, 'referral'],
        [2, 'media'],
      ] as const),
      synthetic: true,
      seed: Math.floor(random() * 2 ** 31),
      eligible: random() > 0.03,
      acts: actsOf(random),
    };
    return index === 0 ? { ...person, locale: study.locales[0] ?? person.locale, acts: [] } : person;
  });
}

function actsOf(random: () => number): Act[] {
  const soon = 1 + random() * 40;
  const later = 2 + random() * 30;
  const share = 0.1 + random() * 0.8;
  return drawn<() => Act[]>(random, [
    [42, () => [{ afterMessage: 0, hours: soon, does: 'finish' }]],
    [14, () => [stall(0, soon, share), { afterMessage: 1, hours: later, does: 'finish' }]],
    [9, () => [{ afterMessage: 1, hours: later, does: 'finish' }]],
    [5, () => [{ afterMessage: 2, hours: later, does: 'finish' }]],
    [5, () => [{ afterMessage: 0, hours: soon, does: 'open' }]],
    [8, () => [stall(0, soon, share)]],
    [3, () => [{ afterMessage: 0, hours: soon, does: 'refuse' }]],
    [14, () => []],
  ])();
}

const stall = (afterMessage: number, hours: number, share: number): Act => ({
  afterMessage,
  hours,
  does: 'stall',
  share,
});
