import { InvalidContact } from './vault.problems.js';

export const CHANNELS = ['email'] as const;
export type Channel = (typeof CHANNELS)[number];

/**
 * A contact value in the one form in which it is stored, looked up and written to.
 * @throws InvalidContact for anything that could not be one plain address (line breaks, lists, display names, invisible characters)
 */
export function normalContact(channel: Channel, value: string): string {
  const text = value.normalize('NFC').trim().toLowerCase();
  const valid =
    /^[^\s@<>,;:"()[\]\\\p{Cc}\p{Cf}]{1,64}@(?=.{4,255}$)[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u.test(text);
  if (!valid) throw InvalidContact({ channel });
  return text;
}
