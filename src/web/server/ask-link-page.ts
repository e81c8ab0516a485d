import { say } from '../shared/texts.js';
import type { WebAssets } from './assets.js';
import { addressField } from './address-field.js';
import { html, type Html, page } from './page.js';

/** Where a new link is asked for. */
export const ASK_LINK_PATH = '/respond/link';

export interface AskLinkForm {
  locale: string;
  /** Code of the study, where it is known. */
  study: string | undefined;
  /** As it was typed, where it has to be put right. */
  address: string;
  fault: boolean;
}

/** The field for an e-mail address to which a new link is sent. */
export const askLinkForm = ({ locale, study, address, fault }: AskLinkForm): Html => html`
  <form class="card" method="post" action="${ASK_LINK_PATH}">
    <input type="hidden" name="locale" value="${locale}" />
    ${study !== undefined && html`<input type="hidden" name="study" value="${study}" />`}
    ${addressField({ label: say(locale, 'ask.label'), address, fault: fault ? say(locale, 'ask.fault') : undefined })}
    <button class="primary" type="submit">${say(locale, 'ask.send')}</button>
  </form>
`;

export interface AskLinkPage extends AskLinkForm {
  assets: WebAssets;
}

/** The form on a page of its own. */
export const askLinkPage = ({ assets, ...form }: AskLinkPage): string =>
  page({
    locale: form.locale,
    assets,
    body: html`
      <main>
        <h1>${say(form.locale, 'ask.title')}</h1>
        <p>${say(form.locale, 'ask.body')}</p>
        ${askLinkForm(form)}
      </main>
    `,
  });

/** The answer to every address, whether it is in the panel or not. */
export const linkAskedPage = ({
  locale,
  study,
  assets,
}: Pick<AskLinkPage, 'locale' | 'study' | 'assets'>): string =>
  page({
    locale,
    assets,
    body: html`
      <main>
        <h1>${say(locale, 'ask.doneTitle')}</h1>
        <p>${say(locale, 'ask.done')}</p>
        <p>${say(locale, 'ask.sameForAll')}</p>
        <h2>${say(locale, 'ask.againTitle')}</h2>
        <p>${say(locale, 'ask.again')}</p>
        ${askLinkForm({ locale, study, address: '', fault: false })}
        <p>${say(locale, 'ask.help')}</p>
      </main>
    `,
  });
