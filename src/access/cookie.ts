/**
 * The respondents' session cookie. Over https it is a `__Host-` cookie (Secure, this host only, path /); plain http is
 * allowed on this machine alone, where some browsers refuse Secure cookies, and the name says so by lacking the prefix.
 */
export const sessionCookieName = (publicUrl: string): string =>
  publicUrl.startsWith('https:') ? '__Host-onward' : 'onward-local';

export function sessionCookie(publicUrl: string, token: string, maxAgeSeconds: number): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : '';
  return `${sessionCookieName(publicUrl)}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${secure}`;
}

/** The cookie of a person's own page, and the one that carries a receipt to the page that shows it. */
export type OwnCookie = 'mine' | 'receipt';

export const ownCookieName = (publicUrl: string, which: OwnCookie): string =>
  publicUrl.startsWith('https:') ? `__Host-onward-${which}` : `onward-local-${which}`;

/** Never sent along with what another site began. An empty value with no age takes it back. */
export function ownCookie(publicUrl: string, which: OwnCookie, value: string, maxAgeSeconds: number): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : '';
  return `${ownCookieName(publicUrl, which)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure}`;
}

/** The value of a cookie in a Cookie header, or undefined. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}
