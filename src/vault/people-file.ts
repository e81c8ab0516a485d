import { type StudyFile } from '../study/study.js';
import { type NewMember, type PostalAddress } from '../panel/new-member.js';
import { Problem } from '../kit/problem.js';
import { normalContact, postalValue } from './contact-value.js';
import { normalPostal, postalFaults, type PostalPart } from './postal-address.js';
import { InvalidPeople } from './vault.problems.js';

type Row = Readonly<Record<string, string | undefined>>;
type Note = (message: string) => void;

/**
 * The people of a CSV file: email, host_country, locale; optional time_zone, cohort, source, recruiter, coupon, and a postal address in
 * postal_name, postal_lines (parted by "|"), postal_postcode, postal_city, postal_country (ISO 3166-1 alpha-3). Where there is a postal
 * address, email may be empty.
 * @param members  ids of the study's members, as far as the file names any as a recruiter
 * @throws InvalidPeople with every line that cannot be taken; never the address itself
 */
export function peopleIn(rows: readonly Row[], study: StudyFile, members: ReadonlySet<string>): NewMember[] {
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
    const postal = postalIn(row, note);
    const email = !row['email'] && postal !== 'none' ? undefined : emailOf(row['email'] ?? '', note);
    const notTwice = (what: string, value: string | undefined) => {
      const before = value && seen.get(value);
      if (before) note(`${what} is the same as in line ${before}`);
      if (value) seen.set(value, line);
    };
    const address = typeof postal === 'object' ? postal : undefined;
    notTwice('email', email);
    notTwice('the postal address', address && postalValue(address));
    return {
      ...(email === undefined ? {} : { email }),
      ...(address ? { postal: address } : {}),
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
export const recruitersIn = (rows: readonly Row[]): string[] =>
  rows.flatMap(({ recruiter }) => (recruiter && UUID.test(recruiter) ? [recruiter.toLowerCase()] : []));

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The postal address of a row; `none` where the row has nothing of one, `faulty` where a part cannot be taken. */
function postalIn(row: Row, note: Note): PostalAddress | 'none' | 'faulty' {
  const part = (name: PostalPart) => row[`postal_${name}`] ?? '';
  const address = normalPostal({
    name: part('name'),
    lines: part('lines').split('|'),
    postcode: part('postcode'),
    city: part('city'),
    country: part('country'),
  });
  if (Object.values(address).every((value) => value.length === 0)) return 'none';
  const faults = postalFaults(address);
  for (const fault of faults) note(POSTAL_WORDS[fault]);
  return faults.length === 0 ? address : 'faulty';
}

const POSTAL_WORDS: Record<PostalPart, string> = {
  name: 'postal_name must be a name of up to 100 characters, in one line',
  lines: 'postal_lines must be one to four lines of up to 100 characters, parted by "|"',
  postcode: 'postal_postcode must have up to 20 characters, in one line',
  city: 'postal_city must be a town of up to 100 characters, in one line',
  country: 'postal_country must be three capital letters (ISO 3166-1 alpha-3), such as SRB',
};

function emailOf(text: string, note: Note): string | undefined {
  try {
    return normalContact('email', text);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    note('email is not one plain address');
    return undefined;
  }
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}
