import { nextPage } from '../../access/staff-session.js';
import { sayToStaff } from '../shared/staff-texts.js';
import { mineLinkPage } from './mine-link-page.js';
import { html, page } from './page.js';
import { signInPage, stepUpPage } from './staff-sign-in-page.js';
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
  'rights.has_left': 'withdrawn',
  'kit.too_many_requests': 'crowd',
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

/** Failures at which a person is shown the way to their own page again. */
const OWN_PAGE_WAYS: Record<string, 'closed' | 'lapsed'> = {
  'rights.own_page_closed': 'closed',
  'rights.proof_lapsed': 'lapsed',
};

/** Failures at which somebody of the staff is shown the way in. */
const STAFF_WAYS: Record<string, (next: string, locale: string, assets: WebAssets) => string> = {
  'access.staff_only': (next, locale, assets) =>
    signInPage({ locale, assets, next, fault: sayToStaff(locale, 'signIn.needed') }),
  'access.step_up_needed': (next, locale, assets) => stepUpPage({ locale, assets, next }),
};

/**
 * The page for a failed request: kind words for respondents, the problem's own sentence for everyone else.
 * @param study  code of the study that it was about, where that is known
 */
export function failurePage(
  problem: { code: string; title: string; detail: string; next?: unknown },
  locale: string,
  assets: WebAssets,
  study?: string,
): string {
  const why = OWN_PAGE_WAYS[problem.code];
  if (why) return mineLinkPage({ locale, locales: ['ru', 'en'], study, why, assets });
  const way = STAFF_WAYS[problem.code];
  if (way) return way(nextPage(problem.next), locale, assets);
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
