import { csvCell } from '../kit/csv.js';
import { isoCountryName } from '../study/country-name.js';
import { type PostalAddress } from '../panel/new-member.js';

/** One letter on paper. */
export interface PaperLetter {
  to: PostalAddress;
  locale: string;
  subject: string;
  text: string;
  link: string;
  /** YYYY-MM-DD */
  /** The last whole day on which it can be answered, YYYY-MM-DD. */
  closesOn: string;
}

/** The most lines that a postal address in the vault has. */
const LINES = 4;

const HEADER = [
  'name',
  ...Array.from({ length: LINES }, (_, index) => `line${index + 1}`),
  ...['postcode', 'city', 'country', 'locale', 'subject', 'text', 'link', 'closes_on'],
];

/** The letters as a CSV file for a mail-merge (RFC 4180), with a byte order mark: without it Excel reads Cyrillic wrongly. */
export const mailMerge = (letters: readonly PaperLetter[]): string =>
  '\uFEFF' + [HEADER, ...letters.map(cellsOf)].map((cells) => cells.map(csvCell).join(',') + '\r\n').join('');

/** The country in English, as the post of any country reads it (Universal Postal Convention: French or English). */
function cellsOf({ to, locale, subject, text, link, closesOn }: PaperLetter): string[] {
  return [
    to.name,
    ...Array.from({ length: LINES }, (_, index) => to.lines[index] ?? ''),
    to.postcode,
    to.city,
    isoCountryName(to.country, 'en'),
    locale,
    subject,
    text,
    link,
    closesOn,
  ];
}
