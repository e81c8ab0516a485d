import { sayMine } from '../shared/mine-texts.js';
import { addressField } from './address-field.js';
import { html, type Html } from './page.js';
import {
  MINE_ADDRESS_PATH,
  MINE_LINK_PATH,
  MINE_OPEN_PATH,
  type MineFrame,
  minePage,
  RECEIPT_PATH,
} from './mine-page.js';

export interface MineLinkPage extends Omit<MineFrame, 'path'> {
  /** Code of the study, where it is known. */
  study?: string | undefined;
  /** As it was typed, where it has to be put right. */
  address?: string;
  fault?: boolean;
  /** Somebody in the questionnaire: the link can go to the address that we have. */
  own?: boolean;
  /** Why they came here. */
  why?: 'closed' | 'lapsed' | undefined;
}

/** Where a link to one's own page is asked for. It says the same to everybody. */
export function mineLinkPage(content: MineLinkPage): string {
  const { locale, own = false, why } = content;
  return minePage(
    { ...content, path: MINE_LINK_PATH },
    html`
      <h1>${sayMine(locale, why ? `link.${why}Title` : 'link.title')}</h1>
      <p>${sayMine(locale, why ? `link.${why}` : 'link.body')}</p>
      <p>${sayMine(locale, 'link.proof')}</p>
      ${own ? ownForm(locale) : addressForm(content)}
      <p class="action">
        <a class="secondary" href="${RECEIPT_PATH}?lang=${locale}">${sayMine(locale, 'link.receipt')}</a>
      </p>
    `,
    { open: false },
  );
}

const addressForm = ({ locale, study, address = '', fault = false }: MineLinkPage): Html => html`
  <form class="card" method="post" action="${MINE_LINK_PATH}">
    <input type="hidden" name="locale" value="${locale}" />
    ${study !== undefined && html`<input type="hidden" name="study" value="${study}" />`}
    ${addressField({ label: sayMine(locale, 'link.label'), address, fault: fault ? sayMine(locale, 'link.fault') : undefined })}
    <button class="primary" type="submit">${sayMine(locale, 'link.send')}</button>
  </form>
`;

/** The button of who is in the questionnaire, or on a page after it. */
const ownForm = (locale: string): Html => html`
  <form class="card" method="post" action="${MINE_LINK_PATH}/own">
    <input type="hidden" name="locale" value="${locale}" />
    <button class="primary" type="submit">${sayMine(locale, 'link.send')}</button>
  </form>
`;

/** The answer to every address, whether it is in the panel or not. */
export const mineAskedPage = (content: Omit<MineFrame, 'path'> & { own: boolean }): string =>
  minePage(
    { ...content, path: `${MINE_LINK_PATH}/asked` },
    html`
      <h1>${sayMine(content.locale, 'asked.title')}</h1>
      <p>${sayMine(content.locale, content.own ? 'asked.own' : 'asked.body')}</p>
      ${!content.own && html`<p>${sayMine(content.locale, 'asked.same')}</p>`}
      <p>${sayMine(content.locale, 'asked.help')}</p>
    `,
    { open: false },
  );

/**
 * The page behind the link in the letter. It discloses and uses up nothing: the token stands in the fragment, which no server sees until
 * a person presses the button. Without scripts the person pastes the link into the form.
 */
export function mineOpenPage(content: Omit<MineFrame, 'path'> & { what: 'open' | 'proof' }): string {
  const { locale, what } = content;
  return minePage(
    { ...content, path: '' },
    html`
      <h1>${sayMine(locale, `${what}.title`)}</h1>
      <p>${sayMine(locale, `${what}.body`)}</p>
      <form
        class="card"
        method="post"
        action="${what === 'open' ? MINE_OPEN_PATH : `${MINE_ADDRESS_PATH}/proof`}"
        autocomplete="off"
      >
        <input type="hidden" name="locale" value="${locale}" />
        <input type="hidden" name="token" value="" data-from-fragment />
        <div class="field" data-paste>
          <label for="link">${sayMine(locale, 'open.paste')}</label>
          <input
            id="link"
            name="link"
            type="text"
            inputmode="url"
            autocapitalize="off"
            spellcheck="false"
            aria-describedby="link-help"
            required
          />
          <p id="link-help" class="hint">${sayMine(locale, 'open.pasteHelp')}</p>
        </div>
        <button class="primary" type="submit">${sayMine(locale, `${what}.send`)}</button>
      </form>
    `,
    { open: false },
  );
}
