import { type StudyFile } from '../study/study.js';
import { normalContact } from './contact-value.js';
import { Problem } from '../kit/problem.js';
import { InvalidPeople } from './vault.problems.js';
import { type NewMember } from '../panel/new-member.js';

/**
 * The people of a CSV file (email, host_country, locale; optional time_zone, cohort, source).
 * @throws InvalidPeople with every line that cannot be taken; never the address itself
 */
export function peopleIn(rows: readonly Record<string, string | undefined>[], study: StudyFile): NewMember[] {
  const findings: { line: number; message: string }[] = [];
  const seen = new Map<string, number>();
  const people = rows.map((row, index): NewMember => {
    const line = index + 2; // the header is line 1
    const note = (message: string) => findings.push({ line, message });
    const hosts = study.hostCountries.map((host) => host.code);
    const hostCountry = row['host_country'] ?? '';
    const locale = row['locale'] || study.locales[0] || '';
    const timeZone = row['time_zone'] || undefined;
    if (!hosts.includes(hostCountry)) note(`host_country must be one of ${hosts.join(', ')}`);
    if (!study.locales.includes(locale)) note(`locale must be one of ${study.locales.join(', ')}`);
    if (timeZone && !isZone(timeZone)) note('time_zone must be an IANA zone such as Asia/Almaty');
    const email = emailOf(row['email'] ?? '', note);
    const before = seen.get(email);
    if (email && before) note(`email is the same as in line ${before}`);
    seen.set(email, line);
    return {
      email,
      hostCountry,
      locale,
      ...(timeZone ? { timeZone } : {}),
      cohort: row['cohort'] || 'baseline',
      recruitmentSource: row['source'] || 'unknown',
    };
  });
  if (rows.length === 0) findings.push({ line: 1, message: 'the file has no people' });
  if (findings.length > 0) throw InvalidPeople({ findings });
  return people;
}

function emailOf(text: string, note: (message: string) => void): string {
  try {
    return normalContact('email', text);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    note('email is not one plain address');
    return '';
  }
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}
