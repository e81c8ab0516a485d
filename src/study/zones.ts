import { type StudyFile } from './study.js';

/** The IANA zones in which a member of the study may be: those of their host country, or of all where it is another. */
export function plausibleZones(file: StudyFile, country: string): readonly string[] {
  const host = file.hostCountries.find(({ code }) => code === country);
  return host ? host.zones : file.hostCountries.flatMap(({ zones }) => zones);
}
