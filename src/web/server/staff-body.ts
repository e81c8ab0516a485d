import { z } from 'zod';
import { InvalidRequest } from '../../contact/contact.problems.js';

/** What staff sent, as it must be. @throws InvalidRequest with every fault */
export function bodyOf<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw InvalidRequest({
    faults: parsed.error.issues.map(({ path, message }) => ({
      path: path.map(String).join('.') || 'body',
      sentence: /[.!?]$/.test(message) ? message : `${message}.`,
    })),
  });
}
