import { sayMine } from '../shared/mine-texts.js';
import type { WebAssets } from './assets.js';
import { languageNav } from './language-nav.js';
import { html, type Html, page } from './page.js';

/** Where everything about a person's own page is. */
export const MINE_PATH = '/mine';
export const MINE_LINK_PATH = '/mine/link';
export const MINE_OPEN_PATH = '/mine/open';
export const MINE_ADDRESS_PATH = '/mine/address';
export const RECEIPT_PATH = '/receipt';

export interface MineFrame {
  locale: string;
  /** Languages to choose from; none where the page cannot be asked for again in another one. */
  locales?: readonly string[] | undefined;
  /** This page's own address, for its languages. */
  path: string;
  assets: WebAssets;
}

/** The frame of these pages: languages and, where a session is open, the quick exit, which ends it. */
export function minePage(
  { locale, locales = [], path, assets }: MineFrame,
  body: Html,
  { open }: { open: boolean },
): string {
  return page({
    locale,
    assets,
    scripts: assets.mine.scripts,
    body: html`
      <header class="top">
        ${locales.length > 1 ? languageNav(sayMine(locale, 'languages'), path, locale, locales) : html`<span></span>`}
        ${
          open &&
          html`<form id="away" method="post" action="${MINE_PATH}/away">
            <button class="exit" type="submit">${sayMine(locale, 'exit')}</button>
          </form>`
        }
      </header>
      <main>${body}</main>
    `,
  });
}

/** Back to the first page of an open session. */
export const toHome = (locale: string): Html =>
  html`<p class="action">
    <a class="secondary" href="${MINE_PATH}?lang=${locale}">${sayMine(locale, 'back')}</a>
  </p>`;

export interface MineHome extends MineFrame {
  /** Members who have left may only look, copy and erase. */
  left: boolean;
  /** The standing pause: its last day and none, or undefined where there is none. */
  paused: { until: string | null } | undefined;
  stopped: boolean;
  telegram: boolean;
}

/** What a person can do, each with its consequence. */
export function mineHome(content: MineHome): string {
  const { locale, left, telegram } = content;
  const link = (
    to: string,
    name: 'held' | 'consents' | 'contact' | 'telegram' | 'moved' | 'leave' | 'erase' | 'messagesLink',
  ): Html => {
    const hint = name === 'messagesLink' ? 'home.messagesHint' : (`home.${name}Hint` as const);
    return html`<li>
      <a href="${to}?lang=${locale}">${sayMine(locale, `home.${name}`)}</a>
      <span class="hint">${sayMine(locale, hint)}</span>
    </li>`;
  };
  return minePage(
    content,
    html`
      <h1>${sayMine(locale, 'home.title')}</h1>
      <p>${sayMine(locale, left ? 'home.left' : 'home.lead')}</p>
      ${!left && html`<p class="card">${standing(content)}</p>`}
      <ul class="menu">
        ${link(`${MINE_PATH}/held`, 'held')}
        ${
          !left && [
            link(`${MINE_PATH}/messages`, 'messagesLink'),
            link(`${MINE_PATH}/consents`, 'consents'),
            link(`${MINE_PATH}/contact`, 'contact'),
            telegram && link('/respond/telegram', 'telegram'),
            link(`${MINE_PATH}/moved`, 'moved'),
            link(`${MINE_PATH}/leave`, 'leave'),
          ]
        }
        ${link(`${MINE_PATH}/erase`, 'erase')}
      </ul>
      <p class="action">
        <a class="secondary" href="${RECEIPT_PATH}?lang=${locale}">${sayMine(locale, 'done.check')}</a>
      </p>
    `,
    { open: true },
  );
}

function standing({ locale, paused, stopped }: MineHome): string {
  if (paused)
    return paused.until === null
      ? sayMine(locale, 'home.pausedOpen')
      : sayMine(locale, 'home.paused', { date: paused.until });
  return sayMine(locale, stopped ? 'home.stopped' : 'home.messages');
}
