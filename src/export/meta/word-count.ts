/** Words that are listed, and the bytes that one may have. */
const MOST_WORDS = 60;
const LONGEST = 16;
/** Places of the table by hash, a power of two well above the words. */
const PLACES = 256;

/** A code rather than somebody's words: a country, a language, a disposition, a state of the system. */
const CODE = /^([A-Z]{2,3}|[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?|[a-z][a-z0-9_]*|\d+(\.\d+)*)$/;

/** Counts the words of a column while they are few, short and codes; else it gives up. No string is made of a cell. */
export class WordCount {
  isGivenUp = false;
  private readonly places = new Int32Array(PLACES).fill(-1);
  private readonly words: { bytes: Buffer; count: number }[] = [];

  add(bytes: Buffer, start: number, length: number): void {
    if (length > LONGEST) return this.giveUp();
    let hash = length;
    for (let at = start; at < start + length; at += 1) hash = (hash * 31 + (bytes[at] as number)) | 0;
    for (let place = hash & (PLACES - 1); ; place = (place + 1) & (PLACES - 1)) {
      const found = this.places[place] as number;
      if (found < 0) return this.addNew(place, bytes.subarray(start, start + length));
      const word = this.words[found] as { bytes: Buffer; count: number };
      if (word.bytes.compare(bytes, start, start + length) === 0) {
        word.count += 1;
        return;
      }
    }
  }

  /** The words in the order of their bytes; none where there is no word, or where they are many or no codes. */
  listed(): { word: string; count: number }[] | undefined {
    if (this.isGivenUp || this.words.length === 0) return undefined;
    const inOrder = [...this.words].sort((a, b) => a.bytes.compare(b.bytes));
    return inOrder.map(({ bytes, count }) => ({ word: bytes.toString('latin1'), count }));
  }

  private addNew(place: number, bytes: Buffer): void {
    const isEmpty = bytes.length === 0;
    if (this.words.length === MOST_WORDS || (!isEmpty && !CODE.test(bytes.toString('latin1'))))
      return this.giveUp();
    this.places[place] = this.words.length;
    // A copy: the block's bytes may be used again.
    this.words.push({ bytes: Buffer.from(bytes), count: 1 });
  }

  private giveUp(): void {
    this.isGivenUp = true;
    this.words.length = 0;
  }
}
