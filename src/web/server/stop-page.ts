import { STOP_CHOICES, type StopChoice } from '../../contact/stop.js';
import { say, type TextKey } from '../shared/texts.js';
import type { WebAssets } from './assets.js';
import { MINE_LINK_PATH } from './mine-page.js';
import { html, type Html, page } from './page.js';

export interface StopPage {
  locale: string;
  /** Where this page lives: the choice is posted there. */
  path: string;
  assets: WebAssets;
}

/** The unsubscribe page: it asks, and changes nothing. It says the same behind every link, good or not. */
export const stopPage = ({ locale, path, assets }: StopPage): string =>
  page({
    locale,
    assets,
    body: html`
      <main>
        <h1 id="stop">${say(locale, 'stop.title')}</h1>
        <p>${say(locale, 'stop.lead')}</p>
        <form class="card" method="post" action="${path}">
          <fieldset aria-labelledby="stop">
            ${STOP_CHOICES.map(
              (choice) =>
                html`<label class="choice">
                  <input type="radio" name="choice" value="${choice}" ${choice === 'all' && html`checked`} />
                  ${say(locale, `stop.${choice}`)}
                </label>`,
            )}
          </fieldset>
          <button class="primary" type="submit">${say(locale, 'stop.send')}</button>
        </form>
        ${erasesNothing(locale)}
      </main>
    `,
  });

const DONE: Record<StopChoice, TextKey> = {
  all: 'stop.doneAll',
  wave: 'stop.doneWave',
  survey: 'stop.doneSurvey',
  'check-in': 'stop.doneCheckIn',
};

/** After the choice, with the way back. */
export const stoppedPage = ({ locale, path, assets, choice }: StopPage & { choice: StopChoice }): string =>
  page({
    locale,
    assets,
    body: html`
      <main>
        <h1>${say(locale, 'stop.doneTitle')}</h1>
        <p>${say(locale, DONE[choice])}</p>
        <p>${say(locale, 'stop.links')}</p>
        <form class="card" method="post" action="${path}/undo">
          <input type="hidden" name="choice" value="${choice}" />
          <button class="secondary" type="submit">${say(locale, 'stop.undo')}</button>
        </form>
        ${erasesNothing(locale)}
      </main>
    `,
  });

/** After the choice was taken back. */
export const undonePage = ({ locale, path, assets }: StopPage): string =>
  page({
    locale,
    assets,
    body: html`
      <main>
        <h1>${say(locale, 'stop.undoneTitle')}</h1>
        <p>${say(locale, 'stop.undone')}</p>
        <p class="action"><a class="secondary" href="${path}">${say(locale, 'stop.again')}</a></p>
      </main>
    `,
  });

const erasesNothing = (locale: string): Html => html`
  <h2>${say(locale, 'stop.eraseTitle')}</h2>
  <p>${say(locale, 'stop.erase')}</p>
  <p class="action">
    <a class="secondary" href="${MINE_LINK_PATH}?lang=${locale}">${say(locale, 'thanks.mine')}</a>
  </p>
`;
