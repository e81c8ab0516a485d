import { z } from 'zod';
import { InvalidDisclosure } from './disclosure.problems.js';
import { type ReleaseKind } from '../../access/analyst-token.js';
import { PROFILES } from './profile.js';

const ROOT = z.string().regex(/^[a-z][a-z0-9_]{0,27}$/, 'Name a variable without the prefix of its wave.');
const ROOTS = z.array(ROOT, 'Give a list of variables.');
const TEXTS = z.record(z.string(), z.string().trim().min(1, 'Write the words.'));

/** Categories that are given as one. Codes that `map` leaves out become `else`; without it they stay as they are. */
const GROUPING = z.strictObject(
  {
    variable: ROOT,
    in: z.array(z.enum(['SUF', 'PUF'])).min(1, 'Name the kinds of release: SUF, PUF or both.'),
    map: z.record(
      z.string().regex(/^\d+$/, 'Give the old code as a whole number in quotes.'),
      z.int('Give the new code as a whole number.').min(0, 'Codes below zero are missing reasons.'),
    ),
    else: z.int().min(0, 'Codes below zero are missing reasons.').optional(),
    values: z.array(z.strictObject({ code: z.int().min(0), label: TEXTS })).min(1, 'Label the new codes.'),
  },
  'Write { variable, in, map, values }.',
);

/** What a study may ask for beyond a profile: the same or stricter, never less. */
const stricterThan = (kind: ReleaseKind) => {
  const { k, l, smallCell, topCode, bandWidth } = PROFILES[kind];
  const atLeast = (least: number) => z.int().min(least, `${kind} asks for ${least} at the least.`);
  return z.strictObject({
    k: atLeast(k).optional(),
    l: atLeast(l).optional(),
    smallCell: atLeast(smallCell).optional(),
    dates: z
      .literal('year', 'A month can be made a year; leave it out to keep what the profile says.')
      .optional(),
    topCode: z
      .strictObject({
        share: z
          .number()
          .min(topCode.share, `${kind} asks for ${topCode.share} at the least.`)
          .max(0.25)
          .optional(),
        atLeast: atLeast(topCode.atLeast).optional(),
      })
      .optional(),
    bandWidth: atLeast(bandWidth ?? 2).optional(),
    geography: z.literal('regions', 'Countries can be made regions; leave it out otherwise.').optional(),
    filesWithheld: z
      .array(z.string().regex(/^[a-z][a-z0-9_]*$/, 'Name a file without prefix and ending.'))
      .optional(),
    childTables: z.literal('withheld', 'Child tables can be withheld; leave it out otherwise.').optional(),
    withheld: ROOTS.optional(),
  });
};

/**
 * What a study declares of its variables, as `disclosure` in `study.json`. A variable is named by its root, or by its item, which
 * stands for all variables that the item yields. The copy of an earlier answer (`ff_…`) is treated as that answer is.
 */
export const DISCLOSURE = z
  .strictObject(
    {
      /** What an outsider may know of a person; the most important to analysts first: suppressed last. */
      identifying: ROOTS,
      /** What nobody should learn of a person from the data. */
      sensitive: ROOTS,
      /** Never released. */
      withheld: ROOTS.optional(),
      /** Text variables that hold codes, not people's words. */
      coded: ROOTS.optional(),
      /** Text variables that hold a country's ISO 3166-1 alpha-3 code. */
      countries: ROOTS.optional(),
      /** Width of the groups of an identifying number in public files, by variable. */
      bands: z.record(ROOT, z.number().positive('Give the width of a group.')).optional(),
      groups: z.array(GROUPING).optional(),
      suf: stricterThan('SUF').optional(),
      puf: stricterThan('PUF').optional(),
    },
    'Write { identifying, sensitive } and what else is needed.',
  )
  .superRefine(({ identifying, sensitive, groups = [] }, context) => {
    const say = (message: string, path: PropertyKey[]) => context.addIssue({ code: 'custom', path, message });
    for (const [list, names] of Object.entries({ identifying, sensitive }))
      names.forEach((name, index) => {
        if (names.indexOf(name) < index) say(`${name} stands twice; keep one.`, [list, index]);
      });
    sensitive.forEach((name, index) => {
      if (identifying.includes(name))
        say(`${name} identifies already; keep it in one of both lists.`, ['sensitive', index]);
    });
    groups.forEach(({ variable, in: kinds, map, else: rest, values }, index) => {
      const known = values.map(({ code }) => code);
      const made = [...Object.values(map), ...(rest === undefined ? [] : [rest])];
      for (const code of new Set(made.filter((each) => !known.includes(each))))
        say(`Label the new code ${code}.`, ['groups', index, 'values']);
      const other = groups.slice(0, index).find((one) => one.variable === variable);
      if (other?.in.some((kind) => kinds.includes(kind)))
        say(`${variable} is grouped twice; keep one.`, ['groups', index, 'variable']);
    });
  });

export type Disclosure = z.infer<typeof DISCLOSURE>;
export type Grouping = z.infer<typeof GROUPING>;

/** A study that declares nothing: no public file of it can be made. */
export const NO_DISCLOSURE: Disclosure = { identifying: [], sensitive: [] };

/**
 * Reads the `disclosure` of a study; a study without one has none.
 * @throws InvalidDisclosure with every fault and its place
 */
export function parseDisclosure(json: unknown): Disclosure {
  if (json === undefined || json === null) return NO_DISCLOSURE;
  const parsed = DISCLOSURE.safeParse(json);
  if (parsed.success) return parsed.data;
  throw InvalidDisclosure({
    faults: parsed.error.issues.map(({ path, message }) => {
      const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
      return `disclosure${placeOf(path)}: ${sentence}`;
    }),
  });
}

const placeOf = (path: readonly PropertyKey[]): string =>
  path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');

/** A variable as far as a declaration can name it. */
export interface Named {
  /** Its name without the prefix of a wave. */
  root: string;
  /** The item that it was asked by; absent for what the system knows by itself. */
  item?: string;
}

/**
 * Whether a list of names means a variable: by its root, by its item, or as the copy of an earlier answer. What only tells of an
 * answer is not meant with its item: the reason for which a text is missing, the wave and the age of a copy.
 */
export const isNamed = (names: readonly string[], { root, item }: Named): boolean =>
  names.includes(root) ||
  (root.startsWith('ff_') && names.includes(root.slice('ff_'.length))) ||
  (item !== undefined && names.includes(item) && !TELLS_OF_ANOTHER.test(root));

const TELLS_OF_ANOTHER = /_mis$|^ff_.*_(wave|age|txt|out|mode)$/;

/** A variable with its categories. */
export interface NamedWithValues extends Named {
  values?: readonly { code: number }[];
}

/** What keeps a declaration from being used with the variables of a study: names that mean none of them, categories left without words. */
export function disclosureFaults(disclosure: Disclosure, variables: readonly NamedWithValues[]): string[] {
  const {
    identifying,
    sensitive,
    withheld = [],
    coded = [],
    countries = [],
    bands = {},
    groups = [],
  } = disclosure;
  const lists = {
    identifying,
    sensitive,
    withheld,
    coded,
    countries,
    bands: Object.keys(bands),
    groups: groups.map(({ variable }) => variable),
    'suf.withheld': disclosure.suf?.withheld ?? [],
    'puf.withheld': disclosure.puf?.withheld ?? [],
  };
  const unknown = Object.entries(lists).flatMap(([list, names]) =>
    names
      .filter((name) => !variables.some((variable) => isNamed([name], variable)))
      .map(
        (name) =>
          `disclosure.${list}: no variable and no item is called ${name}; correct the name or leave it out.`,
      ),
  );
  return [...unknown, ...groups.flatMap((group) => groupFaults(group, variables))];
}

function groupFaults(group: Grouping, variables: readonly NamedWithValues[]): string[] {
  const { variable, map, else: rest, values } = group;
  const named = variables.filter((each) => isNamed([variable], each));
  const codes = new Set(named.flatMap(({ values: all = [] }) => all.map(({ code }) => code)));
  const odd = Object.keys(map).filter((code) => codes.size > 0 && !codes.has(Number(code)));
  const left = [...codes].filter(
    (code) => rest === undefined && !(code in map) && !values.some((value) => value.code === code),
  );
  return [
    ...odd.map((code) => `disclosure.groups: ${variable} has no code ${code}; leave it out.`),
    ...left.map((code) => `disclosure.groups: say what code ${code} of ${variable} becomes.`),
  ];
}
