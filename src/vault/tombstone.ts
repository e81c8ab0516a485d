/**
 * What stays of somebody who was erased: the vault's keyed hash of who they were, which tells nothing without the vault's key, and the
 * day. A restore of an older backup finds by it whom to erase again.
 */
export interface Tombstone {
  /** 64 hexadecimal digits, lower case. */
  name: string;
  /** YYYY-MM-DD, UTC. */
  erasedOn: string;
}

/** A tombstone as one line of a file, without the line's end. */
export const tombstoneLine = ({ name, erasedOn }: Tombstone): string => JSON.stringify({ name, erasedOn });

/** The tombstone in a line; undefined where there is none, as at the end of a file that was cut off. */
export function tombstoneIn(line: string): Tombstone | undefined {
  const given = jsonIn(line);
  if (typeof given !== 'object' || given === null) return undefined;
  const { name, erasedOn } = given as Record<string, unknown>;
  if (typeof name !== 'string' || !/^[0-9a-f]{64}$/.test(name)) return undefined;
  if (typeof erasedOn !== 'string' || !isDay(erasedOn)) return undefined;
  return { name, erasedOn };
}

const isDay = (text: string): boolean => {
  const instant = new Date(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(instant.getTime()) &&
    instant.toISOString().startsWith(text)
  );
};

function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

const MASK = `{"name":"${'x'.repeat(64)}","erasedOn":"9999-99-99"}`;

/** Whether a line is the beginning of a tombstone's and no more: its writing was cut off, and was repeated since. */
export const isCutOff = (line: string): boolean =>
  line.length < MASK.length &&
  [...line].every((letter, at) =>
    MASK[at] === 'x' ? /[0-9a-f]/.test(letter) : MASK[at] === '9' ? /\d/.test(letter) : MASK[at] === letter,
  );
