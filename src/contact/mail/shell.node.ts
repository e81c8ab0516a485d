import { type RenderedLetter } from '../channel.js';

/** Where the letter goes in a compiled shell. Letters of a–z only, so that no escaping changes them. */
const TITLE = 'onwardlettertitle';
const CONTENT = 'onwardlettercontent';

const shells = new Map<string, Promise<string>>();

/**
 * The HTML of a mail: the letter in a plain shell that names neither study nor sender, loads nothing from anywhere, and follows the
 * reader's dark mode. The shell is compiled once a language.
 */
export async function inShell({ subject, html }: RenderedLetter, locale: string): Promise<string> {
  const shell = shells.get(locale) ?? compiled(locale);
  shells.set(locale, shell);
  return (await shell).replaceAll(TITLE, () => escaped(subject)).replace(CONTENT, () => html);
}

async function compiled(locale: string): Promise<string> {
  const { default: mjml } = await import('mjml'); // most of a second, for those who send only
  const { html } = await mjml(source(locale), { fonts: {}, keepComments: false, validationLevel: 'strict' });
  return html
    .replace(' xmlns="http://www.w3.org/1999/xhtml"', '') // the only address that is not the letter's
    .replace(/\s*\n\s*/g, '\n'); // a third of the bytes is indentation
}

const source = (locale: string): string => `
<mjml lang="${locale}">
  <mj-head>
    <mj-title>${TITLE}</mj-title>
    <mj-raw>
      <meta name="color-scheme" content="light dark">
      <meta name="supported-color-schemes" content="light dark">
    </mj-raw>
    <mj-attributes>
      <mj-text font-family="Helvetica, Arial, sans-serif" font-size="16px" line-height="1.5" color="#1b1f24" padding="0 16px" />
    </mj-attributes>
    <mj-style>
      :root { color-scheme: light dark; }
      .letter a { color: #0b57a4; overflow-wrap: anywhere; padding: 11px 0; }
      @media (prefers-color-scheme: dark) {
        .paper, .paper > div { background-color: #16181c !important; }
        .letter div { color: #e8eaed !important; }
        .letter a { color: #8ab4f8 !important; }
      }
    </mj-style>
  </mj-head>
  <mj-body width="560px" background-color="#ffffff" css-class="paper">
    <mj-section padding="24px 0">
      <mj-column>
        <mj-text css-class="letter">${CONTENT}</mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>`;

const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
