import { RELEASE_KINDS, type ReleaseKind } from './analyst-token.js';
import { type Role, ROLES } from './role.js';

/**
 * Who may call a route. `public`: everybody; `respondent`: who holds a personal link, or one to their own page, or the session that it opened, as the route itself
 * checks; `inbound`: the mail server or Telegram, each with a key of its own, as the route itself checks.
 */
export type RouteAccess = 'public' | 'respondent' | 'inbound' | StaffAccess;

export interface StaffAccess {
  /** None: the route is for tokens alone. */
  staff: readonly Role[];
  /** The parameter of the route that names the study by its code; left out: the route is about no study. */
  study?: string;
  /** Of the staff: needs a second factor proved within the last minutes. */
  stepUp?: true;
  /** Analysts' tokens for these kinds of release may call it, those of the study that it is about. Left out: none. Such a route changes nothing. */
  token?: readonly ReleaseKind[];
}

const inStudy = (...staff: Role[]): StaffAccess => ({ staff, study: 'study' });
const EVERYBODY_SIGNED_IN: StaffAccess = { staff: ROLES };

/**
 * Every route of the application, by method and pattern. What is not here is refused to everybody; HEAD is asked as GET.
 * Controllers say nothing of it.
 */
export const ROUTES: Readonly<Record<string, RouteAccess>> = {
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'GET /metrics': 'public',
  'GET /assets/*': 'public',
  'GET /api/docs-json': 'public',

  'GET /go/:study/:wave/:locale': 'public',
  'POST /respond/session': 'respondent',
  'GET /respond': 'public',
  'POST /respond/later': 'respondent',
  'GET /respond/later/noted': 'public',
  'GET /respond/link': 'public',
  'POST /respond/link': 'public',
  'GET /respond/link/asked': 'public',
  'GET /respond/moved': 'respondent',
  'POST /respond/moved': 'respondent',
  'GET /respond/telegram': 'respondent',
  'POST /respond/telegram': 'respondent',
  'GET /mine/link': 'public',
  'POST /mine/link': 'public', // says the same of every address
  'POST /mine/link/own': 'respondent',
  'GET /mine/link/asked': 'public',
  'GET /mine/open/:locale': 'public',
  'POST /mine/open': 'respondent',
  'GET /mine': 'respondent',
  'GET /mine/held': 'respondent',
  'GET /mine/copy/:format': 'respondent',
  'GET /mine/consents': 'respondent',
  'POST /mine/consents': 'respondent',
  'GET /mine/messages': 'respondent',
  'POST /mine/pause': 'respondent',
  'POST /mine/resume': 'respondent',
  'POST /mine/stop': 'respondent',
  'POST /mine/restart': 'respondent',
  'GET /mine/contact': 'respondent',
  'POST /mine/language': 'respondent',
  'POST /mine/address': 'respondent',
  'GET /mine/address/asked': 'respondent',
  'GET /mine/address/:locale': 'public',
  'POST /mine/address/proof': 'respondent',
  'GET /mine/moved': 'respondent',
  'POST /mine/moved': 'respondent',
  'GET /mine/leave': 'respondent',
  'POST /mine/leave': 'respondent',
  'GET /mine/erase': 'respondent',
  'POST /mine/erase': 'respondent',
  'GET /mine/done': 'public',
  'POST /mine/away': 'public', // ends a session where there is one
  'GET /receipt': 'public',
  'POST /receipt': 'public',
  'GET /stop/:locale/:token': 'public',
  'POST /stop/:locale/:token': 'public', // says the same of every token: it stops what a good one names
  'GET /stop/:locale/:token/done': 'public',
  'POST /stop/:locale/:token/undo': 'public',
  'GET /stop/:locale/:token/undone': 'public',
  'GET /api/respond/interview': 'respondent',
  'POST /api/respond/revisions': 'respondent',
  'POST /api/respond/submission': 'respondent',
  'POST /api/respond/away': 'respondent',
  'POST /api/respond/residence': 'respondent',

  'POST /api/inbound/mail': 'inbound',
  'POST /telegram/webhook': 'inbound',

  'GET /staff/sign-in': 'public',
  'POST /staff/sign-in': 'public',
  'GET /staff/second-factor': 'public',
  'POST /staff/second-factor': 'public',
  'GET /staff/accept': 'public',
  'POST /staff/accept': 'public',
  'GET /staff/renew': 'public',
  'POST /staff/renew': 'public',
  'GET /staff/new-factor': 'public',
  'POST /staff/new-factor': 'public',
  'GET /staff/demo': 'public',
  'POST /staff/demo': 'public',
  'GET /staff': EVERYBODY_SIGNED_IN,
  'POST /staff/sign-out': EVERYBODY_SIGNED_IN,
  'GET /staff/step-up': EVERYBODY_SIGNED_IN,
  'POST /staff/step-up': EVERYBODY_SIGNED_IN,
  'GET /staff/password': { staff: ROLES, stepUp: true },
  'POST /staff/password': { staff: ROLES, stepUp: true },

  'GET /fieldwork': EVERYBODY_SIGNED_IN,
  'GET /fieldwork/:study': inStudy('owner', 'researcher', 'field_manager'),
  'GET /api/fieldwork/:study': inStudy('owner', 'researcher', 'field_manager'),
  'POST /api/fieldwork/:study/residence': inStudy('field_manager'),
  'GET /api/waves/:study/:wave': inStudy('owner', 'researcher', 'field_manager'),
  'PATCH /api/waves/:study/:wave': inStudy('field_manager'),
  'POST /api/waves/:study/:wave/open': inStudy('field_manager'),
  'GET /api/contact/:study/waves/:wave/plan': inStudy('researcher', 'field_manager'),
  'PUT /api/contact/:study/waves/:wave/plan': inStudy('researcher', 'field_manager'),
  'GET /api/contact/:study/letters/:name/:locale': inStudy('researcher', 'field_manager'),
  'PUT /api/contact/:study/letters/:name/:locale': inStudy('researcher', 'field_manager'),
  'GET /api/contact/:study/waves/:wave/unknown': inStudy('field_manager'),
  'POST /api/contact/:study/messages/:member/:wave/:step/decision': inStudy('field_manager'),
  'GET /api/contact/:study/members/:member/messages': inStudy('field_manager'),
  'GET /api/sending/:study': inStudy('owner', 'researcher', 'field_manager'),
  'POST /api/sending/:study/pause': inStudy('owner', 'field_manager'),
  'POST /api/sending/:study/resume': inStudy('owner', 'field_manager'),
  'GET /api/panel/:study/members/:member/pause': inStudy('field_manager'),
  'PUT /api/panel/:study/members/:member/pause': inStudy('field_manager'),
  'POST /api/panel/:study/members/:member/contacts': { ...inStudy('field_manager'), stepUp: true },
  'POST /api/panel/:study/members/:member/erasure': { ...inStudy('owner', 'field_manager'), stepUp: true },
  'DELETE /api/panel/:study/members/:member/pause': inStudy('field_manager'),

  'GET /api/access/:study/tokens': inStudy('owner'),
  'POST /api/access/:study/tokens': { ...inStudy('owner'), stepUp: true },
  'POST /api/access/:study/tokens/:id/revocation': inStudy('owner'),
  'GET /api/releases/:study': { ...inStudy('analyst'), token: RELEASE_KINDS },
  'GET /api/releases/:study/:kind/:version': { ...inStudy('analyst'), token: RELEASE_KINDS },
  'GET /api/releases/:study/:kind/:version/files/:file': {
    ...inStudy('analyst'),
    stepUp: true,
    token: RELEASE_KINDS,
  },
  'GET /api/tokens/self': { staff: [], token: RELEASE_KINDS },
};

/** Who may call a route, by its method and pattern; undefined for one that nobody declared. */
export function accessTo(method: string, pattern: string): RouteAccess | undefined {
  const route = `${method === 'HEAD' ? 'GET' : method} ${pattern}`;
  return Object.hasOwn(ROUTES, route) ? ROUTES[route] : undefined;
}
