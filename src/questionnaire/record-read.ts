import type { MissingKey } from './missing.js';
import type { Read, Source, Variable } from './variable/variable.js';

type Holder = Readonly<Record<string, unknown>>;

/** A cell that has no value, and why. */
export class Lost {
  private constructor(readonly reason: MissingKey) {}
  static readonly refused = new Lost('refused');
  static readonly dontKnow = new Lost('dontKnow');
  static readonly leftBlank = new Lost('leftBlank');
  static readonly inapplicable = new Lost('inapplicable');
  static readonly error = new Lost('error');
}

/** What was read: a value, a reason, or undefined where nothing stands. */
export type Decoded = number | string | Lost | undefined;

type Decode = (stored: unknown, holder: Holder) => Decoded;

/** Prepares the reading of one variable's value from the answers, or from an entry of its child table. */
export function reader(
  variable: Pick<Variable, 'source' | 'values' | 'negatives'>,
): (holder: Holder) => Decoded {
  const { source } = variable;
  const value = follow(source.at);
  const decode = decoder(source.read, variable);
  const { refusal } = source;
  return (holder) =>
    refusal !== null && holder[refusal] === true ? Lost.refused : decoded(value(holder), holder, decode);
}

/** Prepares the reading of a value that does not stand in the answers, as a variable's own would be read. */
export function readerOfValue(
  read: Read,
  variable: Pick<Variable, 'source' | 'values' | 'negatives'>,
): (stored: unknown) => Decoded {
  const decode = decoder(read, variable);
  return (stored) => decoded(stored, {}, decode);
}

const decoded = (stored: unknown, holder: Holder, decode: Decode): Decoded =>
  stored === undefined || stored === null || stored === '' ? undefined : decode(stored, holder);

function follow(at: readonly string[]): (holder: Holder) => unknown {
  const [only] = at;
  if (at.length === 1 && only !== undefined)
    return (holder) => (Object.hasOwn(holder, only) ? holder[only] : undefined);
  return (holder) => {
    let here: unknown = holder;
    for (const key of at) {
      if (here === null || typeof here !== 'object' || !Object.hasOwn(here, key)) return undefined;
      here = (here as Holder)[key];
    }
    return here;
  };
}

function decoder(read: Read, of: Pick<Variable, 'source' | 'values' | 'negatives'>): Decode {
  const { source } = of;
  switch (read.as) {
    case 'number':
      return (stored) => number(stored, of.negatives);
    case 'text':
      return text;
    case 'boolean':
      return (stored) => (stored === read.yes ? 1 : stored === read.no ? 0 : Lost.error);
    case 'end':
      return (stored) => (Array.isArray(stored) ? number(stored[read.index], of.negatives) : Lost.error);
    case 'present':
      return () => 1;
    case 'index':
    case 'fed':
      return () => Lost.error;
    case 'code':
      return oneOf(source, coder(of, read.other));
    case 'chosen':
      return someOf(source, (chosen) => (has(chosen, read.choice) ? 1 : 0));
    case 'rank':
      return someOf(source, (ranked) => rankOf(ranked, read.choice));
    case 'count':
      return (stored) =>
        Array.isArray(stored) ? reasonIn(stored, source, (entries) => entries.length) : Lost.error;
    case 'list':
      return someOf(source, (entries) => entries.map(String).join('; '));
    case 'otherText':
      return (stored, holder) =>
        reasonIn(asList(stored), source, (chosen) => otherText(chosen, read, holder, stored));
    case 'choiceText':
      return (stored) =>
        reasonIn(asList(stored), source, (chosen) => {
          const position = chosen.findIndex((value) => same(value, read.choice));
          return position < 0 ? Lost.inapplicable : commentOf(asList(stored)[position]);
        });
  }
}

function number(stored: unknown, negatives: boolean): Decoded {
  const value = typeof stored === 'string' && stored.trim() !== '' ? Number(stored) : stored;
  if (typeof value !== 'number' || !Number.isFinite(value)) return Lost.error;
  return value < 0 && !negatives ? Lost.error : value;
}

const text = (stored: unknown): Decoded =>
  typeof stored === 'string' ? stored : typeof stored === 'object' ? Lost.error : String(stored);

/** Codes by value; a value of another kind that reads the same is the same (`1` and `'1'`). */
function coder(of: Pick<Variable, 'values'>, other: number | undefined): (value: unknown) => Decoded {
  const exact = new Map((of.values ?? []).map(({ value, code }) => [value, code]));
  const alike = new Map((of.values ?? []).map(({ value, code }) => [String(value), code]));
  return (value) => exact.get(value) ?? alike.get(String(value)) ?? other ?? Lost.error;
}

function oneOf(source: Source, decode: (value: unknown) => Decoded): Decode {
  const refused = new Set(source.refused);
  const dontKnow = new Set(source.dontKnow);
  return (stored) => {
    const value = bare(stored, 'value');
    if (refused.has(value)) return Lost.refused;
    if (dontKnow.has(value)) return Lost.dontKnow;
    return Array.isArray(value) ? Lost.error : decode(value);
  };
}

/** Reads a multiple answer: nothing chosen is nothing said. */
function someOf(source: Source, decode: (chosen: unknown[]) => Decoded): Decode {
  return (stored) => {
    if (!Array.isArray(stored)) return Lost.error;
    return stored.length === 0 ? undefined : reasonIn(stored, source, decode);
  };
}

function reasonIn(entries: unknown[], source: Source, decode: (values: unknown[]) => Decoded): Decoded {
  const values = entries.map((entry) => bare(entry, source.wrap ?? 'value'));
  if (source.refused.length > 0 && values.some((value) => source.refused.includes(value)))
    return Lost.refused;
  if (source.dontKnow.length > 0 && values.some((value) => source.dontKnow.includes(value)))
    return Lost.dontKnow;
  return decode(values);
}

const asList = (stored: unknown): unknown[] => (Array.isArray(stored) ? stored : [stored]);

/** An entry without the object that it may be wrapped in. */
function bare(entry: unknown, wrap: string): unknown {
  if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) return entry;
  return Object.hasOwn(entry, wrap) ? (entry as Holder)[wrap] : entry;
}

const same = (a: unknown, b: unknown): boolean => a === b || String(a) === String(b);
const has = (values: unknown[], wanted: unknown): boolean => values.some((value) => same(value, wanted));

function rankOf(ranked: unknown[], choice: unknown): Decoded {
  const position = ranked.findIndex((value) => same(value, choice));
  return position < 0 ? Lost.leftBlank : position + 1;
}

function commentOf(entry: unknown): Decoded {
  const comment = entry !== null && typeof entry === 'object' ? (entry as Holder).comment : undefined;
  return typeof comment === 'string' && comment !== '' ? comment : undefined;
}

/** The own answer beside "other": in the comment's key, in the entry, or the stored value itself. */
function otherText(
  chosen: unknown[],
  read: Extract<Read, { as: 'otherText' }>,
  holder: Holder,
  stored: unknown,
): Decoded {
  const unlisted = chosen.find((value) => typeof value === 'string' && !has(read.known, value));
  if (unlisted !== undefined) return unlisted as string;
  const position = chosen.findIndex((value) => same(value, read.choice));
  if (position < 0) return Lost.inapplicable;
  const beside = follow(read.comment)(holder);
  return typeof beside === 'string' && beside !== '' ? beside : commentOf(asList(stored)[position]);
}
