import { type ConsentFile } from '../study/study.js';

export interface ReportedConsent {
  purpose: string;
  given: boolean;
  version: string;
}

/** The consents that answers decide about: given by `yes`, withheld by any other answer, absent where not asked. */
export const consentsReported = (
  consents: readonly ConsentFile[],
  answers: Readonly<Record<string, unknown>>,
): ReportedConsent[] =>
  consents
    .filter(({ item }) => answers[item] !== undefined)
    .map(({ id, item, version }) => ({ purpose: id, given: answers[item] === 'yes', version }));

/** True when the person answered that they will not take part. */
export const refusesToTakePart = (
  consents: readonly ConsentFile[],
  answers: Readonly<Record<string, unknown>>,
): boolean => consents.some(({ kind, item }) => kind === 'participation' && answers[item] === 'no');
