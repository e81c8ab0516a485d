import { type Channel } from '../study/channel.js';

/** Where a letter on paper goes: the parts as they are printed, and the country by its ISO 3166-1 alpha-3 code. */
export interface PostalAddress {
  name: string;
  /** Street and house, and whatever else stands between the name and the town; one to four. */
  lines: string[];
  /** Empty where the country or the place has none. */
  postcode: string;
  city: string;
  country: string;
}

/** Someone to add to a panel, with one way to reach them at least. */
export interface NewMember {
  /** A random UUIDv4 unless given. */
  id?: string;
  email?: string;
  postal?: PostalAddress;
  hostCountry: string;
  locale: string;
  timeZone?: string;
  cohort: string;
  recruitmentSource: string;
  /** The member who brought them in, and the coupon that they came with. */
  recruiterId?: string;
  coupon?: string;
  synthetic?: boolean;
}

/** The ways to reach a person that are known when they are added. */
export const channelsOf = ({ email, postal }: Pick<NewMember, 'email' | 'postal'>): Channel[] => [
  ...(email === undefined ? [] : (['email'] as const)),
  ...(postal === undefined ? [] : (['letter'] as const)),
];
