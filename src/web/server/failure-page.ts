import { html, page } from './page.js';
import { type Trouble, troublePage } from './trouble-page.js';
import { type WebAssets } from './assets.js';

/** Where a personal link's token is posted. */
export const SESSION_PATH = '/respond/session';

const TROUBLES: Record<string, Trouble> = {
  'access.link_unknown': 'link',
  'study.unknown': 'link',
  'access.no_session': 'session',
  'wave.closed': 'closed',
  'wave.not_open': 'closed',
  'response.already_submitted': 'finished',
  'response.case_withdrawn': 'withdrawn',
};

/** The page for a failed request: kind words for respondents, the problem's own sentence for everyone else. */
export function failurePage(
  problem: { code: string; title: string; detail: string },
  locale: string,
  assets: WebAssets,
): string {
  const kind = TROUBLES[problem.code] ?? (problem.code === 'http.404' ? 'link' : undefined);
  if (kind) return troublePage({ kind, locale, sessionPath: SESSION_PATH, assets });
  return page({
    locale,
    assets,
    body: html`<main>
      <h1>${problem.title}</h1>
      <p>${problem.detail}</p>
    </main>`,
  });
}
