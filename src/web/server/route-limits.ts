import { type RoutePolicy } from '../../kit/http-limits.js';
import { type Limit } from '../../kit/rate-limit.js';
import { cookieValue } from '../../access/cookie.js';

/**
 * What each kind of request may cost. A mobile carrier puts thousands of phones behind one address, so limits by address hold off machines,
 * not a crowd: a wave's invitation may bring hundreds of people from one address within a minute. What one phone may do is limited by its
 * session. Guessing is limited by what was answered no, which a person meets once or twice.
 */
const LIMITS = {
  /** Pages, and whatever has no kind of its own. */
  page: { name: 'page', address: { burst: 1200, perMinute: 1200 } },
  /** A personal link becomes a session, a pause or an unsubscription. Mail programs unsubscribe from a few addresses for everyone. */
  link: {
    name: 'link',
    address: { burst: 600, perMinute: 600 },
    guesses: { burst: 120, perMinute: 60 },
  },
  /** A new link is asked for: each asking may send a message. */
  askLink: { name: 'ask for a link', address: { burst: 30, perMinute: 10 } },
  /** The questionnaire and its saves: by session; by address only what no crowd of phones reaches. */
  interview: {
    name: 'interview',
    address: { burst: 6000, perMinute: 12_000 },
    session: { burst: 120, perMinute: 120 },
    guesses: { burst: 120, perMinute: 60 },
  },
  signIn: { name: 'sign-in', address: { burst: 30, perMinute: 10 } },
  staff: {
    name: 'staff',
    address: { burst: 600, perMinute: 600 },
    guesses: { burst: 60, perMinute: 30 },
  },
  /** Programs of analysts. What they ask for, in a loop perhaps, takes nothing from the staff behind the same address. */
  releases: {
    name: 'releases',
    address: { burst: 300, perMinute: 300 },
    guesses: { burst: 30, perMinute: 10 },
  },
  /** A mail server and Telegram: few senders, many messages. */
  inbound: {
    name: 'inbound',
    address: { burst: 1200, perMinute: 6000 },
    guesses: { burst: 20, perMinute: 5 },
  },
} as const satisfies Record<string, Limit>;

/** The first that fits decides. Files and probes are not counted: they cost nothing. */
const RULES: readonly [method: RegExp, route: RegExp, limit: Limit | undefined][] = [
  [/^(GET|HEAD)$/, /^\/(assets\/|health\/|metrics$)/, undefined],
  [/^POST$/, /^\/(respond\/link|mine\/link(\/own)?|mine\/address)\/?$/, LIMITS.askLink],
  [/^POST$/, /^\/(respond\/(session|later)|stop\/|mine\/|receipt)/, LIMITS.link],
  [/./, /^\/api\/respond\//, LIMITS.interview],
  [/./, /^\/(api\/inbound|telegram)\//, LIMITS.inbound],
  [/^POST$/, /^\/(api\/)?staff\//, LIMITS.signIn],
  [/./, /^\/api\/releases(\/|$)/, LIMITS.releases],
  [/./, /^\/(api|staff|fieldwork)(\/|$)/, LIMITS.staff],
];

/** What the application says of its routes. @param cookieName  of the respondents' session */
export const routePolicy = (cookieName: string): RoutePolicy => ({
  limitOf(method, route) {
    const rule = RULES.find(([methods, routes]) => methods.test(method) && routes.test(route ?? '/'));
    return rule ? rule[2] : LIMITS.page;
  },
  sessionIn: (cookies) => cookieValue(cookies, cookieName),
  ignoresMultipart: (route) => route?.startsWith('/stop/') ?? false,
});
