import { dateInWords } from '../shared/locale.js';
import { say } from '../shared/texts.js';
import type { WebAssets } from './assets.js';
import { MOVED_PATH } from './moved-page.js';
import { html, page } from './page.js';

export interface ThanksPage {
  locale: string;
  receipt: string;
  /** `YYYY-MM-DD` */
  submittedOn: string;
  assets: WebAssets;
}

/** The page after sending, with the receipt. */
export function thanksPage({ locale, receipt, submittedOn, assets }: ThanksPage): string {
  const body = html`
    <main>
      <h1>${say(locale, 'thanks.title')}</h1>
      <p>${say(locale, 'thanks.body', { date: dateInWords(submittedOn, locale) })}</p>
      <div class="card">
        <p class="label">${say(locale, 'thanks.receipt')}</p>
        <p class="receipt">${receipt}</p>
        <p class="hint">${say(locale, 'thanks.receiptHelp')}</p>
      </div>
      <p><a href="${MOVED_PATH}?lang=${locale}">${say(locale, 'thanks.moved')}</a></p>
      <p>${say(locale, 'thanks.close')}</p>
    </main>
  `;
  return page({ locale, assets, body });
}
