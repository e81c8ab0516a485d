import MarkdownIt from 'markdown-it';
import { LetterPlaceholderUnknown } from './contact.problems.js';

/** What a letter can be filled with. */
export interface LetterFields {
  link: string;
  unsubscribeLink: string;
  minutes: string;
  closesOn: string;
}

export interface Letter {
  subject: string;
  body: string;
}

export interface RenderedLetter {
  subject: string;
  text: string;
  html: string;
}

const PLACEHOLDER = /\{([a-zA-Z]+)\}/g;

/**
 * Fills a letter and renders its Markdown (HTML off, so that no letter carries markup of its own).
 * @throws LetterPlaceholderUnknown when the letter asks for something that no letter has
 */
export function renderLetter(letter: Letter, fields: LetterFields, locale: string): RenderedLetter {
  const fill = (text: string) =>
    text.replace(PLACEHOLDER, (_, name: string) => {
      if (!Object.hasOwn(fields, name)) throw LetterPlaceholderUnknown({ placeholder: name });
      return fields[name as keyof LetterFields];
    });
  const subject = fill(letter.subject)
    .replace(/[\r\n]+/g, ' ')
    .trim();
  // The text loses its marks before it is filled: a link's random letters may look like marks.
  const text = fill(plainText(letter.body));
  return { subject, text, html: shell(markdown.render(fill(letter.body)), subject, locale) };
}

const markdown = new MarkdownIt({ html: false, linkify: true });

/**
 * Markdown as people read it in a text-only mail: no emphasis marks, each address on a line of its own, where no full
 * stop can be taken for a part of it.
 */
const plainText = (body: string): string =>
  body
    .replace(/\[([^\]]+)\]\(([^)]+)\)[.,;:!?]?[ \t]*/g, '$1:\n$2\n')
    .replace(/(\*\*|__)(.+?)\1/g, '$2')
    .replace(/\n{3,}/g, '\n\n')
    .trim() + '\n';

const shell = (content: string, title: string, locale: string): string =>
  `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>${markdown.utils.escapeHtml(title)}</title></head>` +
  '<body style="margin:0;padding:24px 16px;background:#ffffff;color:#1b1f24;font:16px/1.5 system-ui,sans-serif">' +
  `<div style="max-width:34rem;margin:0 auto">${content}</div></body></html>`;
