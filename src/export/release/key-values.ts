/** Nobody answered: such a value neither tells anything of a person nor hides one. */
const NOTHING = 0;

/**
 * What is known of each person by one variable over all files and waves, as a number: equal where the values are, in the order
 * of the waves. Waves without an interview, and equal values in a row, count for nothing.
 */
export class KeyValues {
  /** A number for each person, 0 where nothing is known. */
  readonly codes: Int32Array;
  private readonly sequences = new Map<string, number>();
  /** The last value of each sequence. */
  private readonly last: (string | undefined)[] = [undefined];

  constructor(people: number) {
    this.codes = new Int32Array(people).fill(NOTHING);
  }

  /** One more value of a person, after those of earlier waves. */
  add(person: number, value: string): void {
    const before = this.codes[person] as number;
    const key = `${before} ${value}`;
    if (this.last[before] === value) return;
    let code = this.sequences.get(key);
    if (code === undefined) {
      code = this.sequences.size + 1;
      this.sequences.set(key, code);
      this.last.push(value);
    }
    this.codes[person] = code;
  }
}
