import { Temporal } from 'temporal-polyfill';
import { type MemberStatus } from '../panel/member-status.js';
import { type Facts } from './facts.js';
import { residenceClass } from '../residence/region.js';

/** What the panel's tables say of a member, as far as waves select by it. Dates are YYYY-MM-DD. */
export interface PanelRow {
  member_id: string;
  status: MemberStatus;
  cohort: string;
  recruitment_source: string;
  referred: boolean;
  synthetic: boolean;
  host_country: string;
  /** Where they are last known to live; the host country where nothing else is known. */
  country: string;
  joined_on: string;
  interviews: number;
  last_interview_on: string | null;
  has_case: boolean;
  /** State and disposition in each wave that was issued to them, by its letter. */
  cases: Readonly<Record<string, readonly [state: string, disposition: string | null]>>;
  /** Their last decision about each consent. */
  consents: Readonly<Record<string, boolean>>;
}

/**
 * A member's facts, those of `panelFacts` for the same waves and consents.
 * @param on     YYYY-MM-DD, the day on which they are asked for
 * @param hosts  the study's host countries
 */
export function factsOfMember(
  row: PanelRow,
  on: string,
  {
    waves,
    consents,
    hosts,
  }: { waves: readonly string[]; consents: readonly string[]; hosts: readonly string[] },
): Facts {
  return {
    cohort: row.cohort,
    recruitment_source: row.recruitment_source,
    referred: row.referred,
    synthetic: row.synthetic,
    host_country: row.host_country,
    member_status: row.status,
    interviews: row.interviews,
    months_since_joined: completedMonths(row.joined_on, on),
    months_since_interview: row.last_interview_on && completedMonths(row.last_interview_on, on),
    'residence.country': row.country,
    'residence.class': residenceClass(row.country, on, hosts),
    ...Object.fromEntries(
      waves.flatMap((wave) => [
        [`status.${wave}`, row.cases[wave]?.[0] ?? null],
        [`disposition.${wave}`, row.cases[wave]?.[1] ?? null],
      ]),
    ),
    ...Object.fromEntries(consents.map((id) => [`consent.${id}`, row.consents[id] ?? null])),
  };
}

const completedMonths = (from: string, to: string): number =>
  Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'month' }).months;
