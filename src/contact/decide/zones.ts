import { Problem } from '../../kit/problem.js';
import { UnknownCountry } from '../../residence/residence.problems.js';
import { zonesOf } from '../../residence/zone.js';

/** What is known of where a member is. */
export interface Whereabouts {
  /** IANA zone, where one is known. */
  timeZone: string | null;
  /** ISO 3166-1 alpha-3 of where they are last known to live, and the region in their words; null where only the host is known. */
  residenceCountry: string | null;
  residenceRegion: string | null;
  /** The zones of the host country, the most populous first. */
  hostZones: readonly string[];
}

/**
 * The zones that a member's contact hours follow: their own, else all of the place where they live now, else all of the host country;
 * the likeliest first.
 */
export function zonesFor({
  timeZone,
  residenceCountry,
  residenceRegion,
  hostZones,
}: Whereabouts): readonly string[] {
  if (timeZone) return [timeZone];
  if (!residenceCountry) return hostZones;
  const country = zonesOfCountry(residenceCountry);
  if (country === NO_TIME) return hostZones;
  return country.length > 1 && residenceRegion !== null
    ? zonesOf(residenceCountry, residenceRegion)
    : country;
}

/** Uninhabited islands have codes, too. */
const NO_TIME: readonly string[] = [];

// Asking the runtime costs 0.2 ms each time, and a dry run asks for every member whose zone is not known.
const known = new Map<string, readonly string[]>();

function zonesOfCountry(country: string): readonly string[] {
  let zones = known.get(country);
  if (!zones) known.set(country, (zones = zonesIn(country)));
  return zones;
}

function zonesIn(country: string): readonly string[] {
  try {
    return zonesOf(country);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === UnknownCountry.code) return NO_TIME;
    throw cause;
  }
}
