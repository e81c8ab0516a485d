import { monthAfter, monthIn, type Month } from '../residence/month.js';
import { PLACE_ITEMS, type Precision } from '../residence/stated.js';
import { drawn, seeded } from './random.js';

/** A town by language: people write it in their own. */
type Town = Readonly<Record<string, string>>;

/** A place in which a synthetic person truly lives, whatever the record says. */
export interface Stay {
  /** ISO 3166-1 alpha-3. */
  country: string;
  town: Town;
  since: Month;
  /** How exactly they remember when they came. */
  precision: Precision;
}

const town = (ru: string, en: string): Town => ({ ru, en });
const TOWNS: Readonly<Record<string, readonly Town[]>> = {
  ARM: [town('Ереван', 'Yerevan'), town('Гюмри', 'Gyumri')],
  ISR: [town('Хайфа', 'Haifa'), town('Тель-Авив', 'Tel Aviv')],
  KAZ: [town('Алматы', 'Almaty'), town('Астана', 'Astana')],
  SRB: [town('Белград', 'Belgrade'), town('Нови-Сад', 'Novi Sad')],
  TUR: [town('Стамбул', 'Istanbul'), town('Анталья', 'Antalya')],
  GEO: [town('Тбилиси', 'Tbilisi'), town('Батуми', 'Batumi')],
  DEU: [town('Берлин', 'Berlin'), town('Лейпциг', 'Leipzig')],
  ESP: [town('Валенсия', 'Valencia'), town('Малага', 'Malaga')],
  FRA: [town('Париж', 'Paris'), town('Лион', 'Lyon')],
  POL: [town('Варшава', 'Warsaw'), town('Гданьск', 'Gdansk')],
  USA: [town('Нью-Йорк', 'New York'), town('Сиэтл', 'Seattle')],
  GBR: [town('Лондон', 'London'), town('Лидс', 'Leeds')],
  ARE: [town('Дубай', 'Dubai'), town('Абу-Даби', 'Abu Dhabi')],
  ARG: [town('Буэнос-Айрес', 'Buenos Aires'), town('Кордова', 'Cordoba')],
  RUS: [town('Казань', 'Kazan'), town('Томск', 'Tomsk')],
};
const HOSTS = ['ARM', 'ISR', 'KAZ', 'SRB', 'TUR'];
const EU = ['DEU', 'ESP', 'FRA', 'POL'];
const OTHERS = ['GBR', 'ARE', 'ARG', 'GEO'];

/** Where people lived first after leaving Russia; null is the host country itself. */
const BEFORE: readonly (readonly [number, string | null])[] = [
  [6, null],
  [2, 'GEO'],
  [2, 'TUR'],
  [1, 'ARM'],
  [1, 'KAZ'],
];

interface Born {
  seed: number;
  hostCountry: string;
}

/** The places from leaving Russia to the host country, in the order of time. */
export function pastOf({ seed, hostCountry }: Born): Stay[] {
  const random = seeded(seed ^ PAST);
  const before = drawn(random, BEFORE);
  const first = stay(random, before ?? hostCountry, monthIn(2022, 3 + Math.floor(random() * 10)));
  if (before === null || before === hostCountry) return [first];
  return [first, stay(random, hostCountry, monthIn(2023, 1 + Math.floor(random() * 12)))];
}

/**
 * All places of a person's life, those to come too: about half move on within two years, some twice.
 * @param begins  the month in which the study begins
 */
export function lifeOf(person: Born, begins: Month): Stay[] {
  const random = seeded(person.seed ^ FUTURE);
  const stays = pastOf(person);
  const moves = drawn(random, [
    [46, 0],
    [38, 1],
    [16, 2],
  ]);
  let month = monthAfter(begins, 2 + Math.floor(random() * 15));
  for (let nr = 0; nr < moves; nr++) {
    const now = stays.at(-1);
    stays.push(nextStay(random, person.hostCountry, now, month));
    month = monthAfter(month, 3 + Math.floor(random() * 4));
  }
  return stays;
}

/** The stays that have begun by a month. */
export const livedBy = (life: readonly Stay[], month: Month): Stay[] =>
  life.filter(({ since }) => since <= month);

const PAST = 0x5eed_0001;
const FUTURE = 0x5eed_0002;

function nextStay(random: () => number, host: string, now: Stay | undefined, month: Month): Stay {
  const from = now?.country ?? host;
  const one = (countries: readonly string[]): string => {
    const others = countries.filter((country) => country !== from);
    return others[Math.floor(random() * others.length)] ?? host;
  };
  const to = drawn<() => string>(random, [
    [8, () => one(EU)],
    [from === 'USA' ? 0 : 4, () => 'USA'],
    [4, () => one(HOSTS)],
    [3, () => one(OTHERS)],
    [from === 'RUS' ? 0 : 3, () => 'RUS'],
    [2, () => from],
    [from === host ? 0 : 6, () => host],
  ])();
  const there = stay(random, to, month);
  const otherTown = to === from ? TOWNS[to]?.find((each) => each !== now?.town) : undefined;
  return otherTown ? { ...there, town: otherTown } : there;
}

const stay = (random: () => number, country: string, since: Month): Stay => {
  const towns = TOWNS[country] ?? [];
  return {
    country,
    town: towns[random() < 0.8 ? 0 : 1] ?? {},
    since,
    precision: drawn<Precision>(random, [
      [6, 'month'],
      [2, 'season'],
      [2, 'year'],
    ]),
  };
};

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const SEASONS = ['winter', 'winter', ...['spring', 'summer', 'autumn'].flatMap((name) => [name, name, name])];

/** When someone came, in the words of the residence module. A season lies within one year, so December has none. */
export function arrivalOf({ since, precision }: Pick<Stay, 'since' | 'precision'>): {
  year: number;
  month: string;
} {
  const [year, number] = since.split('-').map(Number) as [number, number];
  const name = MONTHS[number - 1] ?? 'dontknow';
  if (precision === 'year') return { year, month: 'dontknow' };
  return { year, month: precision === 'season' ? (SEASONS[number - 1] ?? name) : name };
}

/** A row of the residence module. */
export type PlaceRow = Record<string, unknown>;

/**
 * A stay as its row of the residence module.
 * @param brief  the check-in asks for country and date alone
 */
export function rowFor(place: Stay, locale: string, { brief = false, basis = 'temporary' } = {}): PlaceRow {
  const { year, month } = arrivalOf(place);
  const named = place.town[locale] ?? place.town['en'];
  return {
    [PLACE_ITEMS.country]: place.country,
    ...(brief || named === undefined ? {} : { [PLACE_ITEMS.region]: named }),
    [PLACE_ITEMS.year]: year,
    [PLACE_ITEMS.month]: month,
    ...(brief || place.country === 'RUS' ? {} : { [PLACE_ITEMS.basis]: basis }),
  };
}

/** Whether a row that is shown to someone names where they live; a town that it lacks says nothing against it. */
export const names = (row: PlaceRow, place: Stay): boolean => {
  const region = row[PLACE_ITEMS.region];
  return (
    row[PLACE_ITEMS.country] === place.country &&
    (region === undefined || Object.values(place.town).includes(String(region)))
  );
};
