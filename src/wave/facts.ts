import { CASE_STATES } from './case-state.js';
import { RESIDENCE_CLASSES } from '../residence/region.js';

/** What a fact can be. Null where it has no value for a member, such as the status in a wave that was not issued to them. */
export type FactValue = string | number | boolean | null;
export type Facts = Readonly<Record<string, FactValue>>;

/** What the values of a fact are; the values of a choice are listed, those of a code are free. */
export type FactKind =
  | { kind: 'choice'; values: readonly string[] }
  | { kind: 'code' }
  | { kind: 'number'; unit: string }
  | { kind: 'yes_no' };
export type FactCatalogue = Readonly<Record<string, FactKind>>;

/**
 * The facts about a panel's members that a wave may select by.
 * @param waves     letters of the waves before it
 * @param consents  the study's consents, by id
 */
export function panelFacts(waves: readonly string[], consents: readonly string[]): FactCatalogue {
  return {
    cohort: { kind: 'code' },
    recruitment_source: { kind: 'code' },
    host_country: { kind: 'code' },
    referred: { kind: 'yes_no' },
    synthetic: { kind: 'yes_no' },
    member_status: { kind: 'choice', values: ['active', 'withdrawn', 'dead'] },
    interviews: { kind: 'number', unit: 'interviews so far' },
    months_since_joined: { kind: 'number', unit: 'completed months' },
    months_since_interview: { kind: 'number', unit: 'completed months' },
    'residence.country': { kind: 'code' },
    'residence.class': { kind: 'choice', values: RESIDENCE_CLASSES },
    ...Object.fromEntries(
      waves.flatMap((wave): [string, FactKind][] => [
        [`status.${wave}`, { kind: 'choice', values: CASE_STATES }],
        [`disposition.${wave}`, { kind: 'code' }],
      ]),
    ),
    ...Object.fromEntries(consents.map((id): [string, FactKind] => [`consent.${id}`, { kind: 'yes_no' }])),
  };
}
