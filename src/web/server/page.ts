import { directionOf } from '../shared/locale.js';
import { say } from '../shared/texts.js';
import type { WebAssets } from './assets.js';

/** Markup that is safe to put into a page: everything in it was escaped or written by us. */
export class Html {
  constructor(private readonly markup: string) {}
  toString(): string {
    return this.markup;
  }
}

export type Piece = Html | string | number | false | null | undefined | readonly Piece[];

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes a text for element content and for quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

function markupOf(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return '';
  if (piece instanceof Html) return piece.toString();
  if (typeof piece === 'object') return piece.map(markupOf).join('');
  return escapeHtml(String(piece));
}

/**
 * Tagged template for markup: every value is escaped unless it is `Html` itself; lists are joined; false, null and
 * undefined leave nothing. Attributes must be quoted.
 */
export const html = (strings: TemplateStringsArray, ...values: readonly Piece[]): Html =>
  new Html(strings.map((part, at) => part + (at < values.length ? markupOf(values[at]) : '')).join(''));

export interface PageContent {
  locale: string;
  assets: WebAssets;
  /** Everything inside `<body>`. */
  body: Html;
  /** Stylesheets; those of plain pages by default. */
  styles?: readonly string[];
  /** Module scripts, loaded without blocking the text. */
  scripts?: readonly string[];
}

/**
 * A whole document. Its title is neutral on purpose: it stays in the browser's history and must not name the study.
 * Nothing is inline, so it lives under `script-src 'self'; style-src 'self'`.
 */
export function page({
  locale,
  assets,
  body,
  styles = assets.plain.styles,
  scripts = [],
}: PageContent): string {
  return html`<!doctype html>
    <html lang="${locale}" dir="${directionOf(locale)}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="referrer" content="no-referrer" />
        <meta name="format-detection" content="telephone=no" />
        <title>${say(locale, 'documentTitle')}</title>
        <link rel="icon" href="data:," />
        ${styles.map((href) => html`<link rel="stylesheet" href="${href}" />`)}
        ${scripts.map((src) => html`<script type="module" src="${src}"></script>`)}
      </head>
      <body>
        ${body}
      </body>
    </html> `
    .toString()
    .replace(/>\s*\n\s*/g, '>\n')
    .replace(/\s*\n\s*</g, '\n<');
}
