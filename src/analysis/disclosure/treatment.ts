import { type Texts, type Variable } from '../../questionnaire/variable/variable.js';
import { type Disclosure, isNamed } from './disclosure.js';
import {
  allCountries,
  countryGroup,
  type CountryGroup,
  EU_GROUP,
  type Geography,
  isCountry,
  OTHER_GROUP,
} from './geography.js';
import { HARMLESS } from './k-anonymity.js';
import { type DisclosureProfile } from './profile.js';
import { type TopCodeBounds } from './top-code.js';

/** A column of a file, as far as its treatment depends on it. */
export interface TreatedColumn {
  /** Its name without the prefix of a wave. */
  root: string;
  type: Variable['type'] | 'month';
  measure: Variable['measure'];
  /** The item that it was asked by. Absent for what the system itself knows, and for nothing else. */
  item?: string;
  values?: readonly { code: number; value?: unknown; label: Texts }[];
  /** Part of the file's key, or a number of another row: never changed. */
  key?: boolean;
}

/** A category after a treatment. */
export interface NewValue {
  code: number;
  label: Texts;
}

/** What is done to the cells of a column. Empty cells and missing reasons always stay as they are. */
export type Treatment =
  | { kind: 'keep' }
  /** The column is no part of the release. */
  | { kind: 'drop'; why: Texts }
  /** A date becomes YYYY-MM. */
  | { kind: 'month' }
  /** A date becomes a number, the year. */
  | { kind: 'year' }
  /** Tails are given as one value. Bounds come from the data (`topCodeBounds`); `bounds` is absent until then. */
  | { kind: 'topCode'; share: number; atLeast: number; bounds?: TopCodeBounds }
  /** A number becomes the least one of its group: `from`, `from + width`, … and likewise below `from`. */
  | { kind: 'bands'; width: number; from: number }
  /** Cells in `map` become what it says, others `else`, where there is one. `values`: the categories after that, of a number. */
  | {
      kind: 'group';
      why: Texts;
      map: Readonly<Record<string, string>>;
      else?: string;
      values: readonly NewValue[];
    };

const WHY = {
  ownWords: {
    en: 'Withheld: people’s own words, or text made of them',
    ru: 'Не передаётся: собственные слова людей или текст из них',
  },
  declared: { en: 'Withheld: the study declares it so', ru: 'Не передаётся: так решено в исследовании' },
  profile: {
    en: 'Withheld in a release of this kind',
    ru: 'Не передаётся в выпуске этого вида',
  },
  companion: {
    en: 'Withheld with the variable that it belongs to',
    ru: 'Не передаётся вместе с переменной, к которой относится',
  },
  tooFew: {
    en: 'Withheld: too few people have a value to hide the extreme ones among',
    ru: 'Не передаётся: значений слишком мало, чтобы скрыть среди них крайние',
  },
} satisfies Record<string, Texts>;

/** Texts that the system writes from lists of its own: codes, never words of people. */
const SYSTEM_CODES = [
  ...['hostcountry', 'residence', 'country', 'from_country', 'to_country', 'basis'],
  ...['disp', 'intlang', 'state', 'memberstatus', 'cohort', 'source', 'sourcewave', 'checkin'],
  ...['step', 'channel', 'ctstate', 'ctreason', 'ctlang'],
];
const SYSTEM_COUNTRIES = ['hostcountry', 'residence', 'country', 'from_country', 'to_country'];
/** Texts of the form YYYY-MM. */
const SYSTEM_MONTHS = ['movedin', 'movedout', 'month', 'notbefore'];
/** Months counted from January 2022, which is 1. */
const MONTH_COUNTS = ['begin_m', 'end_m', 'month_m'];
const ARM = /^exp_/;

/**
 * What is done to a column in a release.
 * @param geography  for a profile that makes regions of countries
 */
export function treatmentOf(
  column: TreatedColumn,
  profile: DisclosureProfile,
  disclosure: Disclosure,
  geography: Geography,
): Treatment {
  const { root, type, key = false } = column;
  if (isWithheld(disclosure.withheld ?? [], column)) return { kind: 'drop', why: WHY.declared };
  if (isWithheldBy(profile, column)) return { kind: 'drop', why: WHY.profile };
  if (key) return { kind: 'keep' };
  const identifies = isNamed(disclosure.identifying, column);
  if (type === 'date' || type === 'datetime' || type === 'month') return dated(profile, identifies);
  const isOwn = column.item === undefined;
  if (isOwn && SYSTEM_MONTHS.includes(root)) return dated(profile, identifies);
  if (isOwn && MONTH_COUNTS.includes(root))
    return profile.dates === 'year' ? { kind: 'bands', width: 12, from: 1 } : { kind: 'keep' };
  return type === 'string'
    ? ofText(column, profile, disclosure, geography, identifies)
    : ofNumber(column, profile, disclosure, geography, identifies);
}

/** The treatments of a file's columns. What belongs to a column that is withheld, such as the reason beside a text, goes with it. */
export function treatmentsOf<T extends TreatedColumn>(
  columns: readonly T[],
  profile: DisclosureProfile,
  disclosure: Disclosure,
  geography: Geography,
): { column: T; treatment: Treatment }[] {
  const treated = columns.map((column) => ({
    column,
    treatment: treatmentOf(column, profile, disclosure, geography),
  }));
  const dropped = new Set(
    treated.filter(({ treatment }) => treatment.kind === 'drop').map(({ column }) => `${column.root}_mis`),
  );
  return treated.map(({ column, treatment }) =>
    dropped.has(column.root) && column.item !== undefined
      ? { column, treatment: { kind: 'drop', why: WHY.companion } }
      : { column, treatment },
  );
}

/** A treatment with the bounds that the data give it; where there are too few people, the column is withheld. */
export const withBounds = (
  treatment: Extract<Treatment, { kind: 'topCode' }>,
  bounds: TopCodeBounds | null,
): Treatment => (bounds === null ? { kind: 'drop', why: WHY.tooFew } : { ...treatment, bounds });

/** Under which code an answer to a sensitive variable counts (`lDiversity`): a choice that was not made tells nothing. */
export const sensitiveCode = ({ values = [] }: Pick<TreatedColumn, 'values'>, code: number): number =>
  values.some((one) => one.code === code && one.value === false) ? HARMLESS : code;

const isWithheld = (names: readonly string[], column: TreatedColumn): boolean =>
  isNamed(names, column) ||
  names.some((name) => column.root.startsWith(`ff_${name}_`)) ||
  (column.item !== undefined && names.includes(column.item));

const isWithheldBy = ({ withheld }: DisclosureProfile, column: TreatedColumn): boolean =>
  isWithheld(withheld, column) || withheld.some((name) => name.endsWith('_') && column.root.startsWith(name));

const dated = ({ dates }: DisclosureProfile, identifies: boolean): Treatment => ({
  kind: identifies ? 'year' : dates,
});

function ofText(
  column: TreatedColumn,
  { geography: detail }: DisclosureProfile,
  { coded = [], countries = [] }: Disclosure,
  geography: Geography,
  identifies: boolean,
): Treatment {
  const { root, item } = column;
  const isSystem = item === undefined;
  const isPlace = isSystem ? SYSTEM_COUNTRIES.includes(root) : identifies && isNamed(countries, column);
  if (isPlace && detail === 'regions') return regionsOfWords(geography);
  if (
    isNamed([...coded, ...countries], column) ||
    (isSystem && (SYSTEM_CODES.includes(root) || ARM.test(root)))
  )
    return { kind: 'keep' };
  return { kind: 'drop', why: WHY.ownWords };
}

function ofNumber(
  column: TreatedColumn,
  profile: DisclosureProfile,
  { bands = {}, groups = [] }: Disclosure,
  geography: Geography,
  identifies: boolean,
): Treatment {
  const { measure, item, values = [] } = column;
  const group = groups.find((one) => one.in.includes(profile.kind) && isNamed([one.variable], column));
  if (group)
    return {
      kind: 'group',
      why: {
        en: 'Categories that are rare or telling are given as one',
        ru: 'Редкие или приметные категории объединены',
      },
      map: Object.fromEntries(Object.entries(group.map).map(([from, to]) => [from, String(to)])),
      ...(group.else === undefined ? {} : { else: String(group.else) }),
      values: group.values,
    };
  if (values.length > 0)
    return identifies && profile.geography === 'regions' && areCountries(values)
      ? regionsOfCodes(values, geography)
      : { kind: 'keep' };
  if (identifies && profile.bandWidth !== null) {
    const declared = Object.keys(bands).find((name) => isNamed([name], column));
    const width = Math.max(profile.bandWidth, declared === undefined ? 0 : (bands[declared] as number));
    return { kind: 'bands', width, from: 0 };
  }
  return identifies || (item !== undefined && measure === 'scale')
    ? { kind: 'topCode', ...profile.topCode }
    : { kind: 'keep' };
}

const REGIONS: Texts = {
  en: 'Host countries, Russia and the USA are given as they are, other countries as the European Union (XEU, 990) or another country (XOT, 991)',
  ru: 'Страны исследования, Россия и США указаны как есть, остальные — как Евросоюз (XEU, 990) или другая страна (XOT, 991)',
};

/** Half of the codes are countries: the rest is what such lists hold besides, such as “elsewhere”. */
const areCountries = (values: NonNullable<TreatedColumn['values']>): boolean =>
  2 * values.filter(({ value }) => typeof value === 'string' && isCountry(value)).length >= values.length;

function regionsOfWords(geography: Geography): Treatment {
  const grouped = allCountries().flatMap((country): [string, string][] => {
    const group = countryGroup(country, geography);
    return group ? [[country, group.alpha3]] : [];
  });
  return { kind: 'group', why: REGIONS, map: Object.fromEntries(grouped), values: [] };
}

function regionsOfCodes(values: NonNullable<TreatedColumn['values']>, geography: Geography): Treatment {
  const groups = new Map<number, CountryGroup>();
  for (const { code, value } of values) {
    const group = typeof value === 'string' && isCountry(value) ? countryGroup(value, geography) : null;
    if (group) groups.set(code, group);
  }
  const made = [EU_GROUP, OTHER_GROUP].filter((group) => [...groups.values()].includes(group));
  return {
    kind: 'group',
    why: REGIONS,
    map: Object.fromEntries([...groups].map(([code, group]) => [String(code), String(group.numeric)])),
    values: [
      ...values.filter(({ code }) => !groups.has(code)).map(({ code, label }) => ({ code, label })),
      ...made.map(({ numeric, label }) => ({ code: numeric, label })),
    ],
  };
}
