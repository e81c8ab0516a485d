import { say } from '../shared/texts.js';
import type { WebAssets } from './assets.js';
import { html, page } from './page.js';

export interface InterviewPage {
  locale: string;
  assets: WebAssets;
}

/** The shell that the questionnaire is drawn into. It holds no answer and no name, so it may be shown to anyone. */
export function interviewPage({ locale, assets }: InterviewPage): string {
  const body = html`
    <div id="respond">
      <main>
        <p class="waiting" role="status">${say(locale, 'interview.loading')}</p>
        <noscript>
          <h1>${say(locale, 'interview.noScriptTitle')}</h1>
          <p>${say(locale, 'interview.noScript')}</p>
        </noscript>
      </main>
    </div>
  `;
  return page({
    locale,
    assets,
    body,
    styles: [...assets.plain.styles, ...assets.respond.styles],
    scripts: assets.respond.scripts,
  });
}
