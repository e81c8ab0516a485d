import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Words of which every canary has one, as bytes in each way in which text is written down. */
export interface Sought {
  word: string;
  form: string;
  bytes: Buffer;
}

export interface Hit {
  file: string;
  word: string;
  form: string;
}

const CHUNK_BYTES = 8 * 1024 * 1024;

const utf8 = (text: string) => Buffer.from(text);
const jsonEscaped = (text: string) =>
  text.replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
/** As `encodeURIComponent` does, for plain letters, too. */
const percent = (text: string) =>
  [...utf8(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
/** Base64 of a text that begins at any of three places among its groups of three bytes, without the letters that depend on neighbours. */
const base64 = (text: string, before: number) => {
  const bytes = Buffer.concat([Buffer.alloc(before), utf8(text)]);
  return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
};

const FORMS: Record<string, (text: string) => Buffer | string> = {
  'UTF-8': utf8,
  'UTF-16': (text) => Buffer.from(text, 'utf16le'),
  hex: (text) => utf8(text).toString('hex'),
  HEX: (text) => utf8(text).toString('hex').toUpperCase(),
  percent: percent,
  PERCENT: (text) => percent(text).toUpperCase(),
  encodeURIComponent: encodeURIComponent,
  'quoted-printable': (text) => percent(text).toUpperCase().replaceAll('%', '='),
  JSON: jsonEscaped,
  'JSON twice': (text) => jsonEscaped(text).replaceAll('\\', '\\\\'),
  base64: (text) => base64(text, 0),
  'base64 from 1': (text) => base64(text, 1),
  'base64 from 2': (text) => base64(text, 2),
  base64url: (text) => base64(text, 0).replaceAll('+', '-').replaceAll('/', '_'),
  'base64url from 1': (text) => base64(text, 1).replaceAll('+', '-').replaceAll('/', '_'),
  'base64url from 2': (text) => base64(text, 2).replaceAll('+', '-').replaceAll('/', '_'),
};

/** Words in all forms, each as it is, in small and in capital letters, and with a capital. */
export function soughtOf(words: readonly string[]): Sought[] {
  const seen = new Map<string, Sought>();
  for (const word of words)
    for (const text of [word, word.toLowerCase(), word.toUpperCase(), capital(word)])
      for (const [form, of] of Object.entries(FORMS)) {
        const bytes = Buffer.from(of(text));
        const key = bytes.toString('latin1');
        if (!seen.has(key)) seen.set(key, { word, form, bytes });
      }
  return [...seen.values()];
}

const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();

/** Every sought thing in every file of a folder, once a file. */
export async function scan(
  folder: string,
  sought: readonly Sought[],
): Promise<{ hits: Hit[]; bytes: number }> {
  const machine = machineFor(sought.map(({ bytes }) => bytes));
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const hits: Hit[] = [];
  let total = 0;
  for (const { parentPath, name } of files) {
    const file = join(parentPath, name);
    const found = new Set<number>();
    let state = 0;
    for await (const chunk of createReadStream(file, {
      highWaterMark: CHUNK_BYTES,
    }) as AsyncIterable<Buffer>) {
      total += chunk.length;
      state = machine.run(chunk, state, found);
    }
    for (const nr of found) {
      const { word = '', form = '' } = sought[nr] ?? {};
      hits.push({ file: file.slice(folder.length + 1), word, form });
    }
  }
  return { hits, bytes: total };
}

/** Looks for all words at once, each byte once (Aho and Corasick, 1975): what begins in one piece of a file may end in the next. */
function machineFor(words: readonly Buffer[]) {
  const next: Int32Array[] = [new Int32Array(256).fill(-1)];
  const ends: number[][] = [[]];
  for (const [nr, word] of words.entries()) {
    let state = 0;
    for (const byte of word) {
      const row = next[state] ?? new Int32Array();
      if ((row[byte] ?? -1) < 0) {
        row[byte] = next.push(new Int32Array(256).fill(-1)) - 1;
        ends.push([]);
      }
      state = row[byte] ?? 0;
    }
    ends[state]?.push(nr);
  }
  const table = new Int32Array(next.length * 256);
  const back = new Int32Array(next.length);
  const queue = [0];
  for (let state = queue.shift(); state !== undefined; state = queue.shift()) {
    ends[state]?.push(...(state === 0 ? [] : (ends[back[state] ?? 0] ?? [])));
    for (let byte = 0; byte < 256; byte += 1) {
      const child = next[state]?.[byte] ?? -1;
      const fallen = state === 0 ? 0 : (table[(back[state] ?? 0) * 256 + byte] ?? 0);
      table[state * 256 + byte] = child < 0 ? fallen : child;
      if (child < 0) continue;
      back[child] = fallen;
      queue.push(child);
    }
  }
  const isEnd = Uint8Array.from(ends, (found) => Number(found.length > 0));
  return {
    /** @returns the state to go on with in the next piece */
    run(piece: Buffer, from: number, found: Set<number>): number {
      let state = from;
      for (let at = 0; at < piece.length; at += 1) {
        state = table[state * 256 + (piece[at] as number)] as number;
        if (isEnd[state] === 1) for (const nr of ends[state] as number[]) found.add(nr);
      }
      return state;
    },
  };
}
