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
  'access.foreign_request': 'foreign',
  'kit.not_available': 'busy',
  'kit.unexpected': 'busy',
};

/** The code of the study that a failed request was about: in its form, or in the address of a start page. */
export function studyOf({ url, body }: { url: string; body?: unknown }): string | undefined {
  const { study } = (typeof body === 'object' && body !== null ? body : {}) as { study?: unknown };
  return studyCode(typeof study === 'string' ? study : /^\/go\/([^/?#]+)/.exec(url)?.[1]);
}

/** What came as a study's code, where it may be one. */
export const studyCode = (said: unknown): string | undefined =>
  typeof said === 'string' && /^[a-z]{2,8}$/.test(said) ? said : undefined;

/**
 * The page for a failed request: kind words for respondents, the problem's own sentence for everyone else.
 * @param study  code of the study that it was about, where that is known
 */
export function failurePage(
  problem: { code: string; title: string; detail: string },
  locale: string,
  assets: WebAssets,
  study?: string,
): string {
  const kind = TROUBLES[problem.code] ?? (problem.code === 'http.404' ? 'link' : undefined);
  if (kind) return troublePage({ kind, locale, sessionPath: SESSION_PATH, study, assets });
  return page({
    locale,
    assets,
    body: html`<main>
      <h1>${problem.title}</h1>
      <p>${problem.detail}</p>
    </main>`,
  });
}
