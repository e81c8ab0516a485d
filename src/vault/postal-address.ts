import countries from 'i18n-iso-countries';
import { type PostalAddress } from '../panel/new-member.js';

/** The parts of a postal address. */
export type PostalPart = keyof PostalAddress;

const MOST_LINES = 4;
const LONGEST = { name: 100, line: 100, postcode: 20, city: 100 };

/** Control and invisible characters, halves of a pair, and line breaks: none is ever printed on an envelope. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** An address in the one form in which it is stored: composed letters, single spaces, no empty lines; capitals as they were given. */
export const normalPostal = ({ name, lines, postcode, city, country }: PostalAddress): PostalAddress => ({
  name: plain(name),
  lines: lines.map(plain).filter((line) => line !== ''),
  postcode: plain(postcode),
  city: plain(city),
  country: plain(country).toUpperCase(),
});

const plain = (text: string): string => text.normalize('NFC').trim().replace(/ +/g, ' ');

/** The parts of an address in its normal form that are missing, too long or not printable; none where it can be written to. */
export function postalFaults({ name, lines, postcode, city, country }: PostalAddress): PostalPart[] {
  const fits = (text: string, longest: number) => [...text].length <= longest && !UNPRINTABLE.test(text);
  const good: Record<PostalPart, boolean> = {
    name: name !== '' && fits(name, LONGEST.name),
    lines: lines.length > 0 && lines.length <= MOST_LINES && lines.every((line) => fits(line, LONGEST.line)),
    postcode: fits(postcode, LONGEST.postcode),
    city: city !== '' && fits(city, LONGEST.city),
    country: country.length === 3 && countries.isValid(country),
  };
  return (Object.keys(good) as PostalPart[]).filter((part) => !good[part]);
}
