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
    .map(({ id, item, version, variants }) => ({
      purpose: id,
      given: answers[item] === 'yes',
      version: variants?.find((variant) => variant.residence === residence)?.version ?? version,
    }));

/** True when the person answered that they will not take part. */
export const refusesToTakePart = (
  consents: readonly ConsentFile[],
  answers: Readonly<Record<string, unknown>>,
): boolean => consents.some(({ kind, item }) => kind === 'participation' && answers[item] === 'no');
