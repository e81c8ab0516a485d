import { z } from 'zod';
import { InvalidPlace } from '../../residence/residence.problems.js';

const placeBody = z.strictObject({
  country: z.string(),
  region: z.string().optional(),
  year: z.int().optional(),
  month: z.string().optional(),
});

export type PlaceBody = z.infer<typeof placeBody>;

/** The shape of a place where someone lives now, for OpenAPI. */
export const PLACE_PROPERTIES = {
  country: { type: 'string', description: 'ISO 3166-1 alpha-3', example: 'DEU' },
  region: {
    type: 'string',
    maxLength: 120,
    description: 'Town or region in their own words',
    example: 'Berlin',
  },
  year: { type: 'integer', description: 'Of moving in', example: 2026 },
  month: {
    type: 'string',
    description: 'Of moving in: jan to dec, or winter, spring, summer, autumn; only with a year',
    example: 'oct',
  },
} as const;

/**
 * Reads a place from a JSON body; whether it can be is another question.
 * @throws InvalidPlace with a finding for each field of another shape
 */
export function placeIn(body: unknown): PlaceBody {
  const result = placeBody.safeParse(body);
  if (result.success) return result.data;
  throw InvalidPlace({
    findings: result.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}.`),
  });
}
