import { type ConsentFile } from '../study/study.js';

export interface ReportedConsent {
  purpose: string;
  given: boolean;
  version: string;
}

/**
 * The consents that answers decide about: given by `yes`, withheld by any other answer, absent where not asked.
 * @param residence  class of the place where the person was last known to live: it decides which words they were shown
 */
export const consentsReported = (
  consents: readonly ConsentFile[],
  answers: Readonly<Record<string, unknown>>,
  residence?: string,
): ReportedConsent[] =>
  consents
    .filter(({ item }) => answers[item] !== undefined)
    .map((consent) => ({
      purpose: consent.id,
      given: answers[consent.item] === 'yes',
      version: wordsFor(consent, residence).version,
    }));

/** True when the person answered that they will not take part. */
export const refusesToTakePart = (
  consents: readonly ConsentFile[],
  answers: Readonly<Record<string, unknown>>,
): boolean => consents.some(({ kind, item }) => kind === 'participation' && answers[item] === 'no');

/**
 * The words by which a person is asked for a consent, and their version.
 * @param residence  class of the place where they live, as far as it is known
 */
export const wordsFor = (
  { version, text, variants = [] }: Pick<ConsentFile, 'version' | 'text' | 'variants'>,
  residence?: string,
): Pick<ConsentFile, 'version' | 'text'> =>
  variants.find((variant) => variant.residence === residence) ?? { version, text };

/**
 * Consents that a person may change by themselves, one by one: all but the one to take part, whose withdrawal ends the membership.
 */
export const changeableConsents = (consents: readonly ConsentFile[]): ConsentFile[] =>
  consents.filter(({ kind }) => kind !== 'participation');
