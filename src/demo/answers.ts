import { type Person } from './people.js';
import { drawn, seeded } from './random.js';
import { pastOf, type PlaceRow, rowFor } from './whereabouts.js';

/** Steers one item: its answer, null for none, undefined for chance. */
export type Steer = (item: { name: string; kind: string }) => unknown;

const SYNTHETIC_TEXT: Record<string, string> = { ru: 'Синтетический ответ', en: 'Synthetic answer' };

/**
 * Steers a person's answers so that their life hangs together: where they live, how they came there, what they agreed to.
 * Everything else is left to chance. Written answers say that they are synthetic.
 */
export function steer(person: Person, willing: boolean): Steer {
  const random = seeded(person.seed);
  const steered: Record<string, unknown> = {
    consent_take_part: willing ? 'yes' : 'no',
    country: person.eligible ? person.hostCountry : 'elsewhere',
    left_russia: 'after',
    spells: spellsOf(person),
    work_strategy: strategyOf(person.hostCountry, random),
    consent_recontact: person.fate || random() < 0.88 ? 'yes' : 'no',
    consent_email: random() < 0.9 ? 'yes' : 'no',
  };
  const written = writtenBy(person.locale, random);
  return (item) => (Object.hasOwn(steered, item.name) ? steered[item.name] : written(item));
}

/** Texts, where an item asks for one: half of them are left blank. */
export function writtenBy(locale: string, random: () => number): Steer {
  const text = SYNTHETIC_TEXT[locale] ?? SYNTHETIC_TEXT['en'];
  return ({ name, kind }) =>
    kind === 'comment' || name === 'occupation' ? (random() < 0.5 ? text : null) : undefined;
}

/** The places up to now. Whoever slips takes a long journey for a home; they put the record right when it is shown to them. */
function spellsOf(person: Person): PlaceRow[] {
  const past = pastOf(person).map((stay, nr, { length }) =>
    rowFor(stay, person.locale, { basis: nr + 1 < length ? 'visa_free' : 'temporary' }),
  );
  if (!person.slips) return past;
  return [...past, { sp_country: 'GEO', sp_year: 2024, sp_month: 'summer', sp_basis: 'visa_free' }];
}

/** Shares as rough as the first study's published picture: remote work for Russia in Kazakhstan, local jobs in Israel. */
export const strategyOf = (country: string, random: () => number): string =>
  drawn(random, [
    [country === 'ISR' ? 5 : 2, 'local'],
    [country === 'ISR' ? 4 : 2, 'international'],
    [country === 'KAZ' ? 7 : 3, 'remote_ru'],
    [2, 'remote_abroad'],
    [2, 'freelance'],
    [country === 'SRB' ? 3 : 2, 'business'],
    [1, 'not_working'],
  ]);
