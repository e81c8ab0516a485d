import { type Texts } from '../../questionnaire/variable/variable.js';
import { type FileColumn, wordsIn } from '../format/file-table.js';
import { type ReleaseDescription } from './release-description.js';

/** The day of an instant in UTC, YYYY-MM-DD. */
export const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10);

/** Texts in one order whatever they were read from: the release's languages first, then others by name. */
export function inLocales(texts: Texts, locales: readonly string[]): Texts {
  const others = Object.keys(texts).filter((locale) => !locales.includes(locale));
  const order = [...locales, ...others.sort()];
  return Object.fromEntries(
    order.flatMap((locale) => (texts[locale] === undefined ? [] : [[locale, texts[locale]]])),
  );
}

/** Words in the main language. */
export const mainWords = (texts: Texts, { locales }: Pick<ReleaseDescription, 'locales'>): string =>
  wordsIn(texts, locales[0] ?? 'en', locales);

/** The name that a variable has in every wave: without the letter of its wave before it. */
export function rootOf(
  { name, wave }: Pick<FileColumn, 'name' | 'wave'>,
  waves: readonly { letter: string }[],
): string {
  const letters = wave === undefined ? waves.map(({ letter }) => letter) : [wave];
  const letter = letters.find((each) => name.startsWith(`${each}_`));
  return letter === undefined ? name : name.slice(letter.length + 1);
}

/** A text on one line, without what no label can hold: control characters become spaces, halves of surrogate pairs U+FFFD. */
export const onOneLine = (text: string): string =>
  text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replace(/\p{Cs}/gu, '\ufffd');

/** The longest beginning of a text of at most `most` units as `sizeOf` counts them, never ending inside a character. */
export function cutAt(text: string, most: number, sizeOf: (part: string) => number): string {
  if (sizeOf(text) <= most) return text;
  let size = 0;
  let kept = '';
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    size += sizeOf(segment);
    if (size > most) break;
    kept += segment;
  }
  return kept;
}

/** How many characters a text has, as Stata counts them, and how many bytes, as SPSS does. */
export const charactersOf = (text: string): number => [...text].length;
export const bytesOf = (text: string): number => Buffer.byteLength(text);
