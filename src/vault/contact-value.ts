import { z } from 'zod';
import { type PostalAddress } from '../panel/new-member.js';
import { type Channel } from '../study/channel.js';
import { normalPostal, postalFaults } from './postal-address.js';
import { InvalidContact } from './vault.problems.js';

/**
 * A contact value in the one form in which it is stored, looked up and written to: an e-mail address, the number of a Telegram chat, or
 * a postal address as JSON.
 * @throws InvalidContact for anything that could not be one plain address (line breaks, lists, display names, invisible characters)
 */
export function normalContact(channel: Channel, value: string): string {
  const normal = NORMAL[channel](value);
  if (normal === undefined) throw InvalidContact({ channel });
  return normal;
}

/** The value of a postal address, as the vault takes it. */
export const postalValue = (address: PostalAddress): string => JSON.stringify(normalPostal(address));

/** A postal address as the vault has it. @throws InvalidContact */
export function postalOf(value: string): PostalAddress {
  const address = parsedPostal(value);
  if (!address) throw InvalidContact({ channel: 'letter' });
  return address;
}

const NORMAL: Record<Channel, (value: string) => string | undefined> = {
  email: (value) => {
    const text = value.normalize('NFC').trim().toLowerCase();
    const valid =
      /^[^\s@<>,;:"()[\]\\\p{Cc}\p{Cf}]{1,64}@(?=.{4,255}$)[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u.test(text);
    return valid ? text : undefined;
  },
  // A chat's number has at most 52 significant bits, and is negative for groups: https://core.telegram.org/bots/api#chat
  telegram: (value) => (/^-?[1-9]\d{0,15}$/.test(value.trim()) ? value.trim() : undefined),
  letter: (value) => {
    const address = parsedPostal(value);
    return address && JSON.stringify(address);
  },
};

const POSTAL = z.strictObject({
  name: z.string(),
  lines: z.array(z.string()),
  postcode: z.string(),
  city: z.string(),
  country: z.string(),
});

function parsedPostal(value: string): PostalAddress | undefined {
  const given = POSTAL.safeParse(jsonIn(value)).data;
  const address = given && normalPostal(given);
  return address && postalFaults(address).length === 0 ? address : undefined;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
