/**
 * The staff's session cookie: as the respondents' (see cookie.ts), under another name, and never sent along from a foreign site. It ends
 * with the browser; the server ends it sooner.
 */
export const staffCookieName = (publicUrl: string): string =>
  publicUrl.startsWith('https:') ? '__Host-onward-staff' : 'onward-staff-local';

/** @param token  null takes the cookie away */
export function staffCookie(publicUrl: string, token: string | null): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : '';
  const gone = token === null ? '; Max-Age=0' : '';
  return `${staffCookieName(publicUrl)}=${token ?? ''}; Path=/; HttpOnly; SameSite=Strict${gone}${secure}`;
}
