import { type Texts } from '../../questionnaire/variable/variable.js';
import { inLocales } from './description-text.js';
import { type Attributes, element, xmlText } from './xml.js';

/** An element for each language that has words; the elements stand in the order of the release's languages. */
export const inEach = (
  name: string,
  texts: Texts,
  locales: readonly string[],
  attributes: Attributes = {},
): string =>
  Object.entries(inLocales(texts, locales))
    .filter(([, words]) => words !== '')
    .map(([locale, words]) => element(name, { 'xml:lang': locale, ...attributes }, xmlText(words)))
    .join('');
