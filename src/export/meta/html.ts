import { type Texts } from '../../questionnaire/variable/variable.js';
import { wordsIn } from '../format/file-table.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text in a page: nothing of it is markup; control characters but line feeds become spaces. */
export const htmlText = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/(?!\n)\p{Cc}/gu, ' ')
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/** Words in every language, of which the page shows the one chosen; once where they are the same in all. */
export function switched(texts: Texts, locales: readonly string[]): string {
  const each = locales.map((locale) => wordsIn(texts, locale, [...locales, ...Object.keys(texts)]));
  if (new Set(each).size <= 1) return htmlText(each[0] ?? '');
  return each
    .map(
      (words, index) =>
        `<span class="l${index}" lang="${htmlText(locales[index] ?? '')}">${htmlText(words)}</span>`,
    )
    .join('');
}

/** A row of a table's head or body; the cells are markup. */
export const row = (cells: readonly string[], cell: 'td' | 'th' = 'td'): string =>
  `<tr>${cells.map((content) => (cell === 'th' ? `<th scope="col">${content}</th>` : `<td>${content}</td>`)).join('')}</tr>`;
