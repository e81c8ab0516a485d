import { type Person } from './people.js';
import { drawn, seeded } from './random.js';

const BEFORE: readonly (readonly [number, string | null])[] = [
  [6, null],
  [2, 'GEO'],
  [2, 'TUR'],
  [1, 'ARM'],
  [1, 'KAZ'],
];
const MONTHS = ['mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const SYNTHETIC_TEXT: Record<string, string> = { ru: 'Синтетический ответ', en: 'Synthetic answer' };

/**
 * Steers a person's answers so that their life hangs together: where they live, how they came there, what they agreed to.
 * Everything else is left to chance. Written answers say that they are synthetic.
 */
export function steer(person: Person, willing: boolean): (item: { name: string; kind: string }) => unknown {
  const random = seeded(person.seed);
  const steered: Record<string, unknown> = {
    consent_take_part: willing ? 'yes' : 'no',
    country: person.eligible ? person.hostCountry : 'elsewhere',
    left_russia: 'after',
    spells: spellsOf(person, random),
    work_strategy: strategyOf(person.hostCountry, random),
    consent_recontact: random() < 0.85 ? 'yes' : 'no',
    consent_email: random() < 0.9 ? 'yes' : 'no',
  };
  const text = SYNTHETIC_TEXT[person.locale] ?? SYNTHETIC_TEXT['en'];
  return ({ name, kind }) => {
    if (Object.hasOwn(steered, name)) return steered[name];
    if (kind === 'comment' || name === 'occupation') return random() < 0.5 ? text : null;
    return undefined;
  };
}

function spellsOf({ hostCountry }: Person, random: () => number): object[] {
  const before = drawn(random, BEFORE);
  const arrived = Math.floor(random() * MONTHS.length);
  const first = { sp_year: 2022, sp_month: MONTHS[arrived] };
  if (before === null || before === hostCountry)
    return [{ sp_country: hostCountry, ...first, sp_basis: 'temporary' }];
  return [
    { sp_country: before, ...first, sp_basis: 'visa_free' },
    {
      sp_country: hostCountry,
      sp_year: 2023,
      sp_month: MONTHS[Math.floor(random() * MONTHS.length)],
      sp_basis: 'temporary',
    },
  ];
}

/** Shares as rough as the first study's published picture: remote work for Russia in Kazakhstan, local jobs in Israel. */
const strategyOf = (country: string, random: () => number): string =>
  drawn(random, [
    [country === 'ISR' ? 5 : 2, 'local'],
    [country === 'ISR' ? 4 : 2, 'international'],
    [country === 'KAZ' ? 7 : 3, 'remote_ru'],
    [2, 'remote_abroad'],
    [2, 'freelance'],
    [country === 'SRB' ? 3 : 2, 'business'],
    [1, 'not_working'],
  ]);
