/** What a browser says of where a request comes from. */
export interface Whence {
  method: string;
  headers: { 'sec-fetch-site'?: string | string[] | undefined; origin?: string | undefined };
}

/** Methods that change nothing. */
const SAFE = new Set(['GET', 'HEAD']);

/**
 * Whether something that changes something was sent by a foreign page. Browsers since 2023 say by Sec-Fetch-Site; the others by Origin,
 * which is `null` from our pages, too, since they send no referrer: `strict` refuses that as well. What says neither is no browser, and
 * carries no cookie but its own.
 */
export function isForeign({ method, headers }: Whence, publicUrl: string, strict: boolean): boolean {
  if (SAFE.has(method)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin';
  const { origin } = headers;
  if (origin === undefined) return false;
  return origin === 'null' ? strict : origin !== new URL(publicUrl).origin;
}
