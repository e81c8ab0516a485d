import { CellUnwritable } from '../format/format.problems.js';

const NAME = /^[\p{L}@][\p{L}\p{M}\p{N}._$#@]*$/u;
const SHORT_NAME = /^[A-Z][A-Z0-9_]{0,7}$/;
const RESERVED = new Set('ALL AND BY EQ GE GT LE LT NE NOT OR TO WITH'.split(' '));
const MOST_BYTES = 64;

/** @throws CellUnwritable for a name that SPSS has not, or that differs from an earlier one in its case alone */
export function refuseNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    const refuse = (why: string) => CellUnwritable({ variable: name, why });
    const folded = name.toUpperCase();
    if (Buffer.byteLength(name) > MOST_BYTES) throw refuse('SPSS has names of 64 bytes at the most');
    if (!NAME.test(name) || name.endsWith('.'))
      throw refuse('SPSS has names of letters, digits and . _ $ # @ that begin with a letter');
    if (RESERVED.has(folded)) throw refuse('its name is a word of the SPSS language');
    if (seen.has(folded)) throw refuse('SPSS takes its name and that of another variable for the same');
    seen.add(folded);
  }
}

/** Gives names of at most 8 bytes, each once. */
export class ShortNames {
  private readonly taken: Set<string>;
  private last = 0;

  /** @param names  all names of the file: what is short as it is, nobody else gets */
  constructor(names: readonly string[]) {
    this.taken = new Set(names.map((name) => name.toUpperCase()).filter((name) => SHORT_NAME.test(name)));
  }

  /** For a variable: its own name where that is short, else its beginning and a number. */
  of(name: string): string {
    const upper = name.toUpperCase();
    return SHORT_NAME.test(upper) ? upper : this.like(upper);
  }

  /** One more that begins alike. */
  like(name: string): string {
    const beginning =
      name
        .toUpperCase()
        .replaceAll(/[^A-Z0-9_]/g, '')
        .replace(/^[^A-Z]+/, '') || 'V';
    let short = beginning.slice(0, 8);
    while (this.taken.has(short)) {
      this.last += 1;
      const number = this.last.toString(36).toUpperCase();
      short = `${beginning.slice(0, 8 - number.length)}${number}`;
    }
    this.taken.add(short);
    return short;
  }
}
