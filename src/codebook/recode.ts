import { z } from 'zod';
import { type Variable } from '../questionnaire/variable/variable.js';
import { InvalidRecodes } from './codebook.problems.js';

/** What the codes of a variable in one wave become where waves are pooled. Missing reasons stay as they are. */
export interface Recode {
  variable: string;
  /** The wave's letter. */
  wave: string;
  /** New code by old code. */
  map: Readonly<Record<string, number>>;
  /** Why the old codes may be read so, in words for analysts. */
  reason: string;
}

const RECODES = z.array(
  z.strictObject(
    {
      variable: z.string().regex(/^[a-z][a-z0-9_]{0,27}$/, 'Name a variable without the prefix of its wave.'),
      wave: z.string().regex(/^[a-z]$/, 'Name the wave by its letter.'),
      map: z.record(z.string(), z.int('Give the new code as a whole number.')).superRefine((map, context) => {
        const say = (message: string, path: string[]) => context.addIssue({ code: 'custom', path, message });
        if (Object.keys(map).length === 0) say('Map every code of the wave.', []);
        for (const code of Object.keys(map))
          if (!/^-?\d+$/.test(code)) say('Give the old code as a whole number in quotes.', [code]);
      }),
      reason: z.string().trim().min(1, 'Say why the codes may be read so.'),
    },
    'Write { variable, wave, map, reason }.',
  ),
  'Give a list of recodes.',
);

/**
 * Reads the recodes of a study; a study without any has none.
 * @throws InvalidRecodes with every fault of their shape, and where a variable's wave is recoded twice
 */
export function parseRecodes(json: unknown): Recode[] {
  if (json === undefined || json === null) return [];
  const parsed = RECODES.safeParse(json);
  if (!parsed.success)
    throw InvalidRecodes({
      faults: parsed.error.issues.map(({ path, message }) => `recodes${placeOf(path)}: ${message}`),
    });
  const keys = parsed.data.map(({ variable, wave }) => `${variable} in wave ${wave}`);
  const twice = keys.filter((key, index) => keys.indexOf(key) < index);
  if (twice.length > 0)
    throw InvalidRecodes({ faults: twice.map((key) => `${key} is recoded twice; keep one.`) });
  return parsed.data;
}

const placeOf = (path: readonly PropertyKey[]): string =>
  path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');

/** What keeps recodes from being used with the waves as they are: no such variable, codes left out, codes that are none. */
export function recodeFaults(
  waves: readonly { letter: string; variables: readonly Variable[] }[],
  recodes: readonly Recode[],
): string[] {
  return recodes.flatMap(({ variable: name, wave: letter, map }) => {
    const wave = waves.find((each) => each.letter === letter);
    if (!wave) return [`${name}: there is no wave ${letter}.`];
    const variable = wave.variables.find((each) => each.name === name && each.table === 'main');
    if (!variable) return [`${name}: wave ${letter} has no such variable.`];
    if (!variable.values) return [`${name}: in wave ${letter} it has no codes to recode.`];
    const codes = variable.values.map(({ code }) => String(code));
    const left = codes.filter((code) => !Object.hasOwn(map, code));
    const odd = Object.keys(map).filter((code) => !codes.includes(code));
    return [
      ...left.map((code) => `${name}: say what code ${code} of wave ${letter} becomes.`),
      ...odd.map((code) => `${name}: wave ${letter} has no code ${code}; leave it out.`),
    ];
  });
}
