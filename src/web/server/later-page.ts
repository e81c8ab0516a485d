import { MOST_REMINDERS, type RemindChoice } from '../../contact/remind.js';
import { dateInWords } from '../shared/locale.js';
import { say, type TextKey } from '../shared/texts.js';
import type { WebAssets } from './assets.js';
import { html, page } from './page.js';

/** Where a person says that they do not want to begin now, and when they want to be reminded. */
export const LATER_PATH = '/respond/later';

export interface LaterPage {
  locale: string;
  /** The token that was posted: it stands in the form, never in an address. */
  token: string;
  /** Code of the study, where it is known. */
  study: string | undefined;
  /** Address of the start page that the person came from, where it is known. */
  from?: string | undefined;
  choices: readonly RemindChoice[];
  /** The day on which a pause would end, YYYY-MM-DD. */
  pauseUntil: string;
  assets: WebAssets;
}

/** The choice of when to be reminded. */
export function laterPage({ locale, token, study, from, choices, pauseUntil, assets }: LaterPage): string {
  const canWait = choices.some((choice) => choice !== 'pause');
  const date = dateInWords(pauseUntil, locale);
  const body = html`
    <main>
      <h1 id="later">${say(locale, canWait ? 'later.title' : 'later.closesSoonTitle')}</h1>
      <p>${say(locale, canWait ? 'later.lead' : 'later.closesSoon')}</p>
      <form class="card" method="post" action="${LATER_PATH}">
        <input type="hidden" name="locale" value="${locale}" />
        <input type="hidden" name="token" value="${token}" />
        ${study !== undefined && html`<input type="hidden" name="study" value="${study}" />`}
        <fieldset aria-labelledby="later">
          ${choices.map(
            (choice) =>
              html`<label class="choice">
                <input type="radio" name="choice" value="${choice}" required />
                ${say(locale, `later.${choice}`, { date })}
              </label>`,
          )}
        </fieldset>
        <div class="buttons">
          <button class="primary" type="submit">${say(locale, 'later.send')}</button>
          ${from !== undefined && html`<a class="secondary" href="${from}#${token}">${say(locale, 'later.back')}</a>`}
        </div>
      </form>
    </main>
  `;
  return page({ locale, assets, body });
}

const DONE: Record<RemindChoice, TextKey> = {
  tomorrow: 'later.doneTomorrow',
  'three-days': 'later.doneThreeDays',
  week: 'later.doneWeek',
  pause: 'later.donePause',
};

/** The page after the choice: the same for every link, good or not. */
export function laterNotedPage({
  locale,
  choice,
  pauseUntil,
  assets,
}: Pick<LaterPage, 'locale' | 'pauseUntil' | 'assets'> & { choice: RemindChoice }): string {
  const body = html`
    <main>
      <h1>${say(locale, 'later.doneTitle')}</h1>
      <p>${say(locale, DONE[choice], { date: dateInWords(pauseUntil, locale) })}</p>
      <p>${say(locale, 'later.change')}</p>
      ${choice !== 'pause' && html`<p class="hint">${say(locale, 'later.most', { count: MOST_REMINDERS })}</p>`}
    </main>
  `;
  return page({ locale, assets, body });
}
