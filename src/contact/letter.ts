import MarkdownIt from 'markdown-it';
import { type RenderedLetter } from './channel.js';
import { LetterPlaceholderUnknown } from './contact.problems.js';

/** What a letter can be filled with; not every letter is given everything. */
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

const PLACEHOLDER = /\{([a-zA-Z]+)\}/g;

/**
 * Fills a letter and renders its Markdown: without HTML and without pictures, so that no letter carries markup of its own or
 * makes a mail program ask a server for anything. The HTML is the letter alone, marked with its language.
 * @throws LetterPlaceholderUnknown when the letter asks for something that it is not given
 */
export function renderLetter(letter: Letter, fields: Partial<LetterFields>, locale: string): RenderedLetter {
  const fill = (text: string) =>
    text.replace(PLACEHOLDER, (_, name: string) => {
      const value = Object.hasOwn(fields, name) ? fields[name as keyof LetterFields] : undefined;
      if (value === undefined) throw LetterPlaceholderUnknown({ placeholder: name });
      return value;
    });
  const subject = fill(letter.subject)
    .replace(/[\r\n]+/g, ' ')
    .trim();
  // The text loses its marks before it is filled: a link's random letters may look like marks.
  const text = fill(plainText(letter.body));
  return { subject, text, html: `<div lang="${locale}">${markdown.render(fill(letter.body))}</div>` };
}

const markdown = new MarkdownIt({ html: false, linkify: true }).disable('image');

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
