import { languageName } from '../shared/locale.js';
import { html, type Html } from './page.js';

/**
 * The languages of a page, each a link to the same page in it.
 * @param label  what the list is, for who hears it
 * @param path   of the page, without a query
 */
export const languageNav = (label: string, path: string, locale: string, locales: readonly string[]): Html =>
  html`<nav aria-label="${label}">
    <ul class="languages">
      ${locales.map((other) =>
        other === locale
          ? html`<li><span aria-current="true" lang="${other}">${languageName(other)}</span></li>`
          : html`<li>
              <a href="${path}?lang=${other}" lang="${other}" hreflang="${other}">${languageName(other)}</a>
            </li>`,
      )}
    </ul>
  </nav>`;
