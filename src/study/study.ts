import { z } from 'zod';
import { InvalidStudyFile, type StudyFault } from './study.problems.js';

/** A text by locale, such as `{ ru: 'Сербия', en: 'Serbia' }`: one entry for each locale of the study. */
export type Texts = Record<string, string>;

export interface HostCountry {
  /** ISO 3166-1 alpha-3. */
  code: string;
  name: Texts;
  /** Every IANA zone that is in use in the country, the most populous first. */
  zones: string[];
}

/** Where people may move on to: a dated region, a list of countries, or (neither) whatever no other destination names. */
export interface Destination {
  /** The value of the choice in the questionnaires. */
  id: string;
  name: Texts;
  region?: 'EU';
  countries?: string[];
}

/** One thing that a person is asked to agree to. A changed text needs a new version. */
export interface ConsentFile {
  id: string;
  /** The item whose answer `yes` gives the consent. */
  item: string;
  kind: 'participation' | 'recontact' | 'channel' | 'data';
  /** The channel that a consent of the kind `channel` opens. */
  channel?: 'email' | 'telegram';
  version: string;
  text: Texts;
}

/** What the study measures in each wave, and the items from which it is computed. */
export interface Indicator {
  id: string;
  takeaway: number;
  label: Texts;
  items: string[];
}

/** A step of the contact plan: the letter that goes out so many days after the wave opens. */
export interface ContactStep {
  step: string;
  afterDays: number;
  letter: string;
}

export interface WaveFile {
  /** The letter that prefixes the wave's variables. */
  id: string;
  /** File name of the questionnaire, in the study's folder. */
  questionnaire: string;
  title: Texts;
  /** What a respondent is told that it takes: from, to. */
  minutes: [number, number];
  /** `opt-in` waves have no response rate. */
  recruitment: 'opt-in' | 'panel';
  windowDays: number;
  contactPlan: ContactStep[];
  /** Local hours in which messages may go out, "HH:MM", `from` inclusive, `to` exclusive. */
  contactHours: { from: string; to: string };
}

/** `study.json`: all that a study is besides its questionnaires and letters. */
export interface StudyFile {
  id: string;
  code: string;
  /** What respondents see. */
  title: Texts;
  /** What staff and analysts see. */
  researchTitle: Texts;
  /** The first is shown where a person has chosen none. */
  locales: string[];
  population: { leftSince: string; minimumAge: number };
  hostCountries: HostCountry[];
  destinations: Destination[];
  asks: Texts;
  promises: { id: 'who' | 'where' | 'erase'; title: Texts; text: Texts }[];
  sender: { name: Texts };
  aaporEdition: string;
  partialRule: { breakOffBelow: number; completeAbove: number };
  /** Items without which nobody counts as complete, where they apply. */
  crucial: string[];
  consents: ConsentFile[];
  indicators: Indicator[];
  waves: WaveFile[];
}

/**
 * Reads the content of a `study.json`.
 * @param json  the parsed JSON
 * @throws InvalidStudyFile with every fault, its path and how to put it right
 */
export function parseStudyFile(json: unknown): StudyFile {
  const locales = z.looseObject({ locales: LOCALES }).safeParse(json);
  if (!locales.success) throw InvalidStudyFile({ faults: faultsOf(locales.error) });
  const parsed = schemaFor(locales.data.locales).safeParse(json);
  if (!parsed.success) throw InvalidStudyFile({ faults: faultsOf(parsed.error) });
  return parsed.data;
}

const faultsOf = (error: z.ZodError): StudyFault[] =>
  error.issues.map((issue) => ({
    path: pathOf(issue.path),
    sentence: /[.!?]$/.test(issue.message) ? issue.message : `${issue.message}.`,
  }));

const pathOf = (path: PropertyKey[]): string =>
  path.reduce<string>((sofar, key) => {
    if (typeof key === 'number') return `${sofar}[${key}]`;
    return sofar ? `${sofar}.${String(key)}` : String(key);
  }, '') || 'study.json';

const LOCALES = z
  .array(z.string().regex(/^[a-z]{2}$/, 'Give a locale as two lower-case letters, such as ru.'))
  .min(1, 'Name at least one locale.')
  .refine((all) => new Set(all).size === all.length, 'A locale stands twice in the list; name each once.');

const COUNTRY = z
  .string()
  .regex(/^[A-Z]{3}$/, 'Give a country as three capital letters (ISO 3166-1 alpha-3), such as SRB.');
const NAME = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,21}$/, 'Use up to 22 lower-case letters, digits and _, a letter first.');
const SLUG = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,40}$/, 'Use lower-case letters, digits and -, a letter first.');
const HOUR = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Give the hour as HH:MM.');
const ZONE = z.string().refine(isZone, 'This is not an IANA time zone; write it like Europe/Belgrade.');
const SHARE = z.number().min(0, 'A share is 0 or more.').max(1, 'A share is 1 or less.');

function isZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** An array whose members differ in one of their properties. */
const distinct = <T extends z.ZodType>(item: T, key: keyof z.infer<T> & string) =>
  z
    .array(item)
    .min(1, 'Name at least one.')
    .superRefine((all, context) => {
      all.forEach((one, index) => {
        if (all.findIndex((other) => other[key] === one[key]) < index)
          context.addIssue({
            code: 'custom',
            path: [index, key],
            message: `${String(one[key])} is taken; choose another.`,
          });
      });
    });

function schemaFor(locales: string[]): z.ZodType<StudyFile> {
  const text = (locale: string) =>
    z.string(`Add the text in ${locale}.`).trim().min(1, `The text in ${locale} is empty; write it.`);
  const texts = z.strictObject(Object.fromEntries(locales.map((locale) => [locale, text(locale)])));
  const host = z.strictObject({
    code: COUNTRY,
    name: texts,
    zones: z.array(ZONE).min(1, 'Name at least one zone.'),
  });
  const destination = z.strictObject({
    id: NAME,
    name: texts,
    region: z.literal('EU').optional(),
    countries: z.array(COUNTRY).min(1, 'Name at least one country, or leave the list out.').optional(),
  });
  const consent = z
    .strictObject({
      id: NAME,
      item: NAME,
      kind: z.enum(['participation', 'recontact', 'channel', 'data']),
      channel: z.enum(['email', 'telegram']).optional(),
      version: z.string().min(1, 'Give the text a version.'),
      text: texts,
    })
    .refine((one) => (one.kind === 'channel') === (one.channel !== undefined), {
      path: ['channel'],
      message: 'A consent of the kind channel, and no other, names its channel.',
    });
  return z
    .strictObject({
      id: SLUG,
      code: z.string().regex(/^[a-z]{2,8}$/, 'Use two to eight lower-case letters.'),
      title: texts,
      researchTitle: texts,
      locales: LOCALES,
      population: z.strictObject({
        leftSince: z.iso.date('Give a date as YYYY-MM-DD.'),
        minimumAge: z.int().min(14),
      }),
      hostCountries: distinct(host, 'code'),
      destinations: distinct(destination, 'id'),
      asks: texts,
      promises: distinct(
        z.strictObject({ id: z.enum(['who', 'where', 'erase']), title: texts, text: texts }),
        'id',
      ).refine((all) => all.length === 3, 'Give all three promises: who, where and erase.'),
      sender: z.strictObject({ name: texts }),
      aaporEdition: z.string().min(1, 'Name the edition of the AAPOR Standard Definitions.'),
      partialRule: z
        .strictObject({ breakOffBelow: SHARE, completeAbove: SHARE })
        .refine(
          (rule) => rule.breakOffBelow <= rule.completeAbove,
          'breakOffBelow must not exceed completeAbove.',
        ),
      crucial: z.array(NAME),
      consents: distinct(consent, 'id'),
      indicators: distinct(
        z.strictObject({
          id: NAME,
          takeaway: z.int().min(1),
          label: texts,
          items: z.array(NAME).min(1, 'Name its items.'),
        }),
        'id',
      ),
      waves: distinct(waveSchema(texts), 'id'),
    })
    .superRefine((study, context) => {
      study.consents.forEach(({ item }, index) => {
        if (study.consents.findIndex((other) => other.item === item) < index)
          context.addIssue({
            code: 'custom',
            path: ['consents', index, 'item'],
            message: `${item} already gives another consent; ask for each by its own item.`,
          });
      });
    });
}

/** Hours that no study may go beyond. */
const EARLIEST = '09:00';
const LATEST = '20:00';

const waveSchema = (texts: z.ZodType<Texts>) =>
  z
    .strictObject({
      id: z.string().regex(/^[a-z]$/, 'Use one lower-case letter: it prefixes the variables.'),
      questionnaire: z.string().regex(/^[a-z0-9-]+\.json$/, 'Name a .json file in the folder of the study.'),
      title: texts,
      minutes: z
        .tuple([z.int().min(1), z.int().min(1)])
        .refine(([from, to]) => from <= to, 'Give the shorter time first.'),
      recruitment: z.enum(['opt-in', 'panel']),
      windowDays: z.int().min(1).max(366),
      contactPlan: distinct(
        z.strictObject({ step: SLUG, afterDays: z.int().min(0), letter: SLUG }),
        'step',
      ).refine(
        (plan) => plan.every((step, index) => step.afterDays > (plan[index - 1]?.afterDays ?? -1)),
        'Each step must come at least a day after the one before.',
      ),
      contactHours: z
        .strictObject({ from: HOUR, to: HOUR })
        .refine(
          ({ from, to }) => EARLIEST <= from && from < to && to <= LATEST,
          `Messages go out between ${EARLIEST} and ${LATEST}; choose hours within.`,
        ),
    })
    .refine((wave) => (wave.contactPlan.at(-1)?.afterDays ?? 0) < wave.windowDays, {
      path: ['contactPlan'],
      message: 'The last step comes after the wave has closed; bring it forward or lengthen windowDays.',
    });
