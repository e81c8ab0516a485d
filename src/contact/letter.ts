import MarkdownIt from 'markdown-it';
import { type RenderedLetter } from './channel.js';
import { LetterPlaceholderUnknown } from './contact.problems.js';

/** What a letter can be filled with; not every letter is given everything. */
export interface LetterFields {
  link: string;
  unsubscribeLink: string;
  minutes: string;
  /** The last whole day on which it can be answered. */
  closesOn: string;
}

export interface Letter {
  subject: string;
  body: string;
}

const PLACEHOLDER = /\{([a-zA-Z]+)\}/g;

/** A letter whose Markdown is rendered already; it is filled for each person. */
export interface LetterTemplate {
  subject: string;
  text: string;
  html: string;
}

/** What stands for a field while Markdown is rendered: an address where an address comes, else letters that mean nothing to Markdown. */
const MARKS: Readonly<Record<keyof LetterFields, string>> = {
  link: 'https://link.invalid/x',
  unsubscribeLink: 'https://unsubscribe.invalid/x',
  minutes: '\uE000minutes\uE000',
  closesOn: '\uE000closesOn\uE000',
};
const FIELDS = Object.keys(MARKS) as (keyof LetterFields)[];
const isField = (name: string): name is keyof LetterFields => Object.hasOwn(MARKS, name);

/**
 * Renders a letter's Markdown: without HTML and without pictures, so that no letter carries markup of its own or makes a mail program
 * ask a server for anything. The HTML is the letter alone, marked with its language.
 * @throws LetterPlaceholderUnknown when the letter asks for something that no letter has
 */
export function letterTemplate({ subject, body }: Letter, locale: string): LetterTemplate {
  const marked = body.replace(PLACEHOLDER, (_, name: string) => {
    if (!isField(name)) throw LetterPlaceholderUnknown({ placeholder: name });
    return MARKS[name];
  });
  return {
    subject,
    // The text loses its marks before it is filled: a link's random letters may look like marks.
    text: plainText(body),
    html: `<div lang="${locale}">${markdown.render(marked)}</div>`,
  };
}

/**
 * Fills a letter for one person.
 * @throws LetterPlaceholderUnknown when the letter asks for something that it is not given
 */
export function fillLetter(template: LetterTemplate, fields: Partial<LetterFields>): RenderedLetter {
  const given = (name: string): string => {
    const value = isField(name) ? fields[name] : undefined;
    if (value === undefined) throw LetterPlaceholderUnknown({ placeholder: name });
    return value;
  };
  const fill = (text: string) => text.replace(PLACEHOLDER, (_, name: string) => given(name));
  const html = FIELDS.reduce(
    (sofar, name) =>
      sofar.includes(MARKS[name])
        ? sofar.replaceAll(MARKS[name], () => markdown.utils.escapeHtml(given(name)))
        : sofar,
    template.html,
  );
  return {
    subject: fill(template.subject)
      .replace(/[\r\n]+/g, ' ')
      .trim(),
    text: fill(template.text),
    html,
  };
}

/** Renders and fills a letter that is sent but once. @throws LetterPlaceholderUnknown */
export const renderLetter = (letter: Letter, fields: Partial<LetterFields>, locale: string): RenderedLetter =>
  fillLetter(letterTemplate(letter, locale), fields);

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
