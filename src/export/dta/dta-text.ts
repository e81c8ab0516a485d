const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Characters as Stata counts them: code points. */
const charactersOf = (text: string): number => Array.from(text).length;

/** What of a text can stand in a field that a NUL ends. */
const withoutNul = (text: string): string => text.replaceAll('\0', '\uFFFD');

/** The beginning of a text, of so many characters at the most; cut between characters as people see them, inside one that alone is too long between code points. */
export function cutToCharacters(text: string, most: number): string {
  const clean = withoutNul(text);
  return clean.length <= most ? clean : cut(clean, most, charactersOf);
}

/** The beginning of a text, of so many bytes of UTF-8 at the most, cut in the same way. */
export function cutToBytes(text: string, most: number): string {
  const clean = withoutNul(text);
  return Buffer.byteLength(clean) <= most ? clean : cut(clean, most, Buffer.byteLength);
}

const cut = (text: string, most: number, sizeOf: (part: string) => number): string =>
  fitting(graphemesOf(text), most, sizeOf) || fitting(text, most, sizeOf);

function* graphemesOf(text: string): Generator<string> {
  for (const { segment } of GRAPHEMES.segment(text)) yield segment;
}

function fitting(parts: Iterable<string>, most: number, sizeOf: (part: string) => number): string {
  let kept = '';
  let size = 0;
  for (const part of parts) {
    size += sizeOf(part);
    if (size > most) break;
    kept += part;
  }
  return kept;
}

/** The name of a language as `label language` takes it: letters, digits and underscores, 24 at the most. */
export const languageOf = (locale: string): string => locale.replace(/[^A-Za-z0-9]/g, '_').slice(0, 24);

/** Texts in fields of so many bytes each, filled up with NUL; each text has to leave room for one. */
export function fieldsOf(texts: readonly string[], width: number): Buffer {
  const out = Buffer.alloc(texts.length * width);
  texts.forEach((text, index) => out.write(text, index * width, width - 1, 'utf8'));
  return out;
}

const CHUNK_BYTES = 1024 ** 2;

/** Small parts joined to about 1 MiB each. */
export function* joined(parts: Iterable<Buffer>): Generator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for (const part of parts) {
    held.push(part);
    bytes += part.length;
    if (bytes < CHUNK_BYTES) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held);
}
