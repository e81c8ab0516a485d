import { languageName } from '../shared/locale.js';
import { say } from '../shared/texts.js';
import type { WebAssets } from './assets.js';
import { html, page } from './page.js';

export interface StartPage {
  /** Already in the page's locale. */
  study: { title: string; who: string; promises: readonly { title: string; text: string }[] };
  /** The study's code: a visit that fails can ask for another link to it. */
  code: string;
  minutes: readonly [from: number, to: number];
  locale: string;
  locales: readonly string[];
  paths: {
    /** Where the form is posted. */
    session: string;
    /** Where it is posted by who does not want to begin now. */
    later: string;
    /** Where a link to one's own page is asked for. */
    mine: string;
    /** This page in each locale. */
    locales: Readonly<Record<string, string>>;
  };
  assets: WebAssets;
}

/**
 * The page behind a personal link. It tells who asks and what is promised, and discloses and consumes nothing: mail
 * scanners open it too. The token stands in the fragment, which no server sees until a person presses the button.
 * Without scripts the person pastes the link into the form instead.
 */
export function startPage({ study, code, minutes, locale, locales, paths, assets }: StartPage): string {
  const [from, to] = minutes;
  const time =
    from < to
      ? say(locale, 'start.minutes', { from, count: to })
      : say(locale, 'start.minutesExactly', { count: to });
  const body = html`
    <header class="top">
      ${
        locales.length > 1 &&
        html`<nav aria-label="${say(locale, 'page.languages')}">
          <ul class="languages">
            ${locales.map((other) =>
              other === locale
                ? html`<li><span aria-current="true" lang="${other}">${languageName(other)}</span></li>`
                : html`<li>
                    <a href="${paths.locales[other]}" lang="${other}" hreflang="${other}" data-keeps-fragment
                      >${languageName(other)}</a
                    >
                  </li>`,
            )}
          </ul>
        </nav>`
      }
    </header>
    <main>
      <h1>${study.title}</h1>
      <section aria-labelledby="who">
        <h2 id="who">${say(locale, 'start.who')}</h2>
        <p>${study.who}</p>
      </section>
      <section aria-labelledby="promises">
        <h2 id="promises">${say(locale, 'start.promises')}</h2>
        <ul class="promises">
          ${study.promises.map((promise) => html`<li><strong>${promise.title}.</strong> ${promise.text}</li>`)}
        </ul>
      </section>
      <section aria-labelledby="time">
        <h2 id="time">${say(locale, 'start.time')}</h2>
        <p>${time} ${say(locale, 'start.pause')} ${say(locale, 'start.refuse')}</p>
      </section>
      <form
        id="start"
        class="card"
        method="post"
        action="${paths.session}"
        data-opening="${say(locale, 'start.opening')}"
        data-offline="${say(locale, 'start.offline')}"
      >
        <input type="hidden" name="locale" value="${locale}" />
        <input type="hidden" name="study" value="${code}" />
        <input type="hidden" name="from" value="${paths.locales[locale]}" />
        <input type="hidden" name="token" value="" />
        <noscript>${pasteField(locale, 'pasted', false)}</noscript>
        <div id="paste" hidden>${pasteField(locale, 'link', true)}</div>
        <div class="buttons">
          <button class="primary" type="submit">${say(locale, 'start.begin')}</button>
          <button class="secondary" type="submit" formaction="${paths.later}">
            ${say(locale, 'start.later')}
          </button>
        </div>
        <p id="start-status" class="status" role="status"></p>
      </form>
      <p class="action"><a class="secondary" href="${paths.mine}">${say(locale, 'thanks.mine')}</a></p>
    </main>
    ${assets.respond.styles.map((href) => html`<link rel="prefetch" as="style" href="${href}" />`)}
    ${[...assets.respond.scripts, ...assets.respond.modules].map(
      (href) => html`<link rel="modulepreload" href="${href}" />`,
    )}
  `;
  return page({ locale, assets, body, scripts: assets.start.scripts });
}

/**
 * The field for a pasted link. `spare` is the one that a script shows when it finds no token: disabled until then, so
 * that only one `link` is ever posted.
 */
export const pasteField = (locale: string, id: string, spare: boolean) => html`
  <label for="${id}">${say(locale, 'paste.label')}</label>
  <input
    id="${id}"
    name="link"
    type="text"
    inputmode="url"
    autocomplete="off"
    autocapitalize="off"
    spellcheck="false"
    aria-describedby="${id}-help"
    required
    ${spare && html`disabled`}
  />
  <p id="${id}-help" class="hint">${say(locale, 'paste.help')}</p>
`;
