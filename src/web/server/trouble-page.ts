import { say } from '../shared/texts.js';
import { askLinkForm } from './ask-link-page.js';
import type { WebAssets } from './assets.js';
import { MINE_LINK_PATH } from './mine-page.js';
import { html, page } from './page.js';
import { pasteField } from './start-page.js';

/**
 * `link`: unknown or damaged; `session`: left alone too long or never opened; `closed`: the wave takes no more
 * answers; `finished`: already submitted; `withdrawn`: left the study; `foreign`: sent from another site; `busy`: we cannot
 * answer just now; `crowd`: too many came at once from where they are.
 */
export type Trouble = 'link' | 'session' | 'closed' | 'finished' | 'withdrawn' | 'foreign' | 'busy' | 'crowd';

export interface TroublePage {
  kind: Trouble;
  locale: string;
  /** Where a pasted link is posted; offered where another link can help. */
  sessionPath: string;
  /** Code of the study, where the visit that failed told it: a new link is asked for there. */
  study?: string | undefined;
  assets: WebAssets;
}

/** A page for a visit that cannot go on. It says what happened to the answers and what to do, and is never a dead end. */
export function troublePage({ kind, locale, sessionPath, study, assets }: TroublePage): string {
  const body = html`
    <main>
      <h1>${say(locale, `${kind}.title`)}</h1>
      <p>${say(locale, `${kind}.body`)}</p>
      ${
        (kind === 'link' || kind === 'session') &&
        html`<form class="card" method="post" action="${sessionPath}">
          <input type="hidden" name="locale" value="${locale}" />
          ${study !== undefined && html`<input type="hidden" name="study" value="${study}" />`}
          ${pasteField(locale, 'link', false)}
          <button class="primary" type="submit">${say(locale, 'paste.open')}</button>
        </form>`
      }
      ${
        (kind === 'link' || kind === 'session' || kind === 'closed') &&
        html`<section aria-labelledby="ask">
          <h2 id="ask">${say(locale, 'ask.title')}</h2>
          <p>${say(locale, 'ask.body')}</p>
          ${askLinkForm({ locale, study, address: '', fault: false })}
        </section>`
      }
      ${
        (kind === 'withdrawn' || kind === 'finished' || kind === 'closed') &&
        html`<p class="action">
          <a class="secondary" href="${MINE_LINK_PATH}?lang=${locale}">${say(locale, 'thanks.mine')}</a>
        </p>`
      }
    </main>
  `;
  return page({ locale, assets, body });
}
