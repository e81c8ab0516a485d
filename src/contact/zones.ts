import { UnknownCountry } from '../residence/residence.problems.js';
import { zonesOf } from '../residence/zone.js';
import { Problem } from '../kit/problem.js';
import { type ContactHours, nextContactTime } from './quiet-hours.js';

/** What is known of where a member is. */
export interface Whereabouts {
  /** IANA zone, where one is known. */
  timeZone: string | null;
  /** ISO 3166-1 alpha-3 of where they are last known to live, and the region in their words; null where only the host is known. */
  country: string | null;
  region: string | null;
}

/**
 * The zones that a member's contact hours follow: their own, else those of the place where they live now, else those of the host
 * country. Where these share no hour, the most populous one alone.
 * @param hostZones  the zones of the host country, the most populous first
 * @param from       the instant from which an hour is looked for
 */
export function contactZones(
  { timeZone, country, region }: Whereabouts,
  hostZones: readonly string[],
  hours: ContactHours,
  from: Date,
): readonly string[] {
  if (timeZone) return [timeZone];
  const plausible = (country && zonesIn(country, region)) || hostZones;
  return nextContactTime(from, plausible, hours) ? plausible : plausible.slice(0, 1);
}

/** Undefined for a country without a time of its own (uninhabited islands have codes, too). */
function zonesIn(country: string, region: string | null): string[] | undefined {
  try {
    return zonesOf(country, region);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === UnknownCountry.code) return undefined;
    throw cause;
  }
}
