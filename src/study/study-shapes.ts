import { z } from 'zod';

export const LOCALES = z
  .array(z.string().regex(/^[a-z]{2}$/, 'Give a locale as two lower-case letters, such as ru.'))
  .min(1, 'Name at least one locale.')
  .refine((all) => new Set(all).size === all.length, 'A locale stands twice in the list; name each once.');

export const COUNTRY = z
  .string()
  .regex(/^[A-Z]{3}$/, 'Give a country as three capital letters (ISO 3166-1 alpha-3), such as SRB.');
export const NAME = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,21}$/, 'Use up to 22 lower-case letters, digits and _, a letter first.');
export const SLUG = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,40}$/, 'Use lower-case letters, digits and -, a letter first.');
export const HOUR = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Give the hour as HH:MM.');
export const ZONE = z
  .string()
  .refine(isZone, 'This is not an IANA time zone; write it like Europe/Belgrade.');
export const SHARE = z.number().min(0, 'A share is 0 or more.').max(1, 'A share is 1 or less.');

export const VERSION = z.string().min(1, 'Give the text a version.');

function isZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** An array whose members differ in one of their properties. */
export const distinct = <T extends z.ZodType>(item: T, key: keyof z.infer<T> & string) =>
  z
    .array(item)
    .min(1, 'Name at least one.')
    .superRefine((all, context) => {
      all.forEach((one, index) => {
        if (all.findIndex((other) => other[key] === one[key]) < index)
          context.addIssue({
            code: 'custom',
            path: [index, key],
            message: `${String(one[key])} is taken; choose another.`,
          });
      });
    });
