import { type StudyFile } from '../study/study.js';
import { normalContact } from './contact-value.js';
import { Problem } from '../kit/problem.js';
import { InvalidPeople } from './vault.problems.js';
import { type NewMember } from '../panel/new-member.js';

/**
 * The people of a CSV file (email, host_country, locale; optional time_zone, cohort, source, recruiter, coupon).
 * @param members  ids of the study's members, as far as the file names any as a recruiter
 * @throws InvalidPeople with every line that cannot be taken; never the address itself
 */
export function peopleIn(
  rows: readonly Record<string, string | undefined>[],
  study: StudyFile,
  members: ReadonlySet<string>,
): NewMember[] {
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
    const recruiterId = row['recruiter']?.toLowerCase() || undefined;
    if (recruiterId && !members.has(recruiterId)) note('recruiter must be the id of a member of this study');
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
      ...(recruiterId ? { recruiterId } : {}),
      ...(row['coupon'] ? { coupon: row['coupon'] } : {}),
    };
  });
  if (rows.length === 0) findings.push({ line: 1, message: 'the file has no people' });
  if (findings.length > 0) throw InvalidPeople({ findings });
  return people;
}

/** The recruiters that a CSV file names, as far as they look like ids. */
export const recruitersIn = (rows: readonly Record<string, string | undefined>[]): string[] =>
  rows.flatMap(({ recruiter }) => (recruiter && UUID.test(recruiter) ? [recruiter.toLowerCase()] : []));

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

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
