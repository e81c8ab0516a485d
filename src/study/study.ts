import { z } from 'zod';
import { CHANNELS, type Channel } from './channel.js';
import { CONTACT_RULES, type ContactRules, type ContactStep } from './contact-plan.js';
import { InvalidStudyFile, type StudyFault } from './study.problems.js';
import { COUNTRY, distinct, LOCALES, NAME, SHARE, SLUG, VERSION, ZONE } from './study-shapes.js';
import { waveSchema } from './study-wave.js';

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
  channel?: Channel;
  version: string;
  text: Texts;
  /** What those who live elsewhere agree to, where the law or the ethics there ask for other words. */
  variants?: ConsentVariant[];
}

export interface ConsentVariant {
  /** Where a person lives, from the study's side. */
  residence: 'host' | 'eu' | 'us' | 'russia' | 'other';
  version: string;
  text: Texts;
}

/** What the study measures, and the items from which it is computed in the waves that ask them. */
export interface Indicator {
  id: string;
  takeaway: number;
  label: Texts;
  items: string[];
}

/** Members are drawn at random, once, into arms that differ in how some items are asked. */
export interface ExperimentFile {
  id: string;
  items: string[];
  arms: ('declared' | 'independent')[];
}

export interface WaveFile {
  /** The letter that prefixes the wave's variables. */
  id: string;
  /** A `check-in` keeps in touch between waves: it is issued and answered like a survey, and no wave to analysts. */
  kind?: 'survey' | 'check-in';
  /** File name of the questionnaire, in the study's folder. */
  questionnaire: string;
  title: Texts;
  /** What a respondent is told that it takes: from, to. */
  minutes: [number, number];
  /** `opt-in` waves have no response rate. */
  recruitment: 'opt-in' | 'panel';
  /** Who gets a case, beyond being an active member: read by `wave/eligibility.ts`. Absent: everyone. */
  eligibility?: unknown;
  /** When a member can answer: read by `wave/window.ts`. Absent: from the opening for `windowDays`. */
  window?: unknown;
  /** Days from the opening to the close of the whole wave, whatever the members' own windows. */
  windowDays: number;
  experiments?: ExperimentFile[];
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
  /** How codes that changed between waves are made comparable: read by `codebook/`. */
  recodes?: unknown;
  /** What of the data may single people out: read by `analysis/disclosure/`. */
  disclosure?: unknown;
  /** Who made the study, as its data are cited. */
  authors?: { name: string }[];
  /** How often, and at which hours, people are written to. */
  contact?: ContactRules;
  /** In the order of time. */
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
      channel: z.enum(CHANNELS).optional(),
      version: VERSION,
      text: texts,
      variants: distinct(
        z.strictObject({
          residence: z.enum(['host', 'eu', 'us', 'russia', 'other']),
          version: VERSION,
          text: texts,
        }),
        'residence',
      ).optional(),
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
      recodes: z.unknown().optional(),
      disclosure: z.unknown().optional(),
      authors: z.array(z.strictObject({ name: z.string().trim().min(1, 'Write the name.') })).optional(),
      contact: CONTACT_RULES.optional(),
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
      const experiments = new Map<string, string>();
      study.waves.forEach((wave, index) => {
        for (const { id, arms } of wave.experiments ?? []) {
          const before = experiments.get(id) ?? String(arms);
          experiments.set(id, before);
          if (before !== String(arms))
            context.addIssue({
              code: 'custom',
              path: ['waves', index, 'experiments'],
              message: `${id} has other arms in an earlier wave; members keep their arm, so keep the arms or choose another id.`,
            });
        }
      });
    });
}
