import { generateSync } from 'otplib';
import { type Authenticator } from './authenticator.js';
import { type TestApp } from './app.js';
import { type Reply, Visitor } from './visitor.js';

/** The password of everybody whose password does not matter. */
export const PASSWORD = 'шесть жёлтых трамваев';

export const codeAt = (secret: string, now: Date): string =>
  generateSync({ secret, epoch: Math.floor(now.getTime() / 1000) });

/** A browser of the staff without scripts: it follows nothing, keeps its cookie, and posts forms as a browser would. */
export class StaffBrowser {
  private readonly visitor: Visitor;

  constructor(private readonly town: Pick<TestApp, 'config' | 'clock'>) {
    this.visitor = new Visitor(town.config.publicUrl);
  }

  get cookie(): string | undefined {
    return this.visitor.cookie;
  }

  set cookie(cookie: string | undefined) {
    this.visitor.cookie = cookie;
  }

  get(path: string): Promise<Reply> {
    return this.visitor.ask(path, { headers: { accept: 'text/html' } });
  }

  async post(
    path: string,
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const reply = await this.visitor.ask(path, {
      method: 'POST',
      body: new URLSearchParams({ locale: 'en', ...form }),
      headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', ...headers },
    });
    const [cookie] = reply.headers.getSetCookie();
    if (cookie) this.visitor.cookie = /Max-Age=0/.test(cookie) ? undefined : cookie.split(';', 1)[0];
    return reply;
  }

  /** Opens an invitation and sets up codes. @returns the app's secret and the recovery codes */
  async accept(link: string, password = PASSWORD): Promise<{ secret: string; recovery: string[] }> {
    await this.opened(link, password);
    const { text } = await this.get('/staff/new-factor');
    const secret = /id="totp-secret">([A-Z2-7 ]+)</.exec(text)?.[1]?.replace(/ /g, '') ?? '';
    const done = await this.post('/staff/new-factor', { code: codeAt(secret, this.town.clock.now()) });
    if (done.status !== 200) throw new Error(`The code was not taken: ${done.status} ${done.text}`);
    return {
      secret,
      recovery: [...done.text.matchAll(/<code>([A-Z0-9-]{19})<\/code>/g)].map((m) => m[1] ?? ''),
    };
  }

  /** Opens an invitation and sets up a passkey. */
  async acceptWith(link: string, passkey: Authenticator): Promise<Reply> {
    await this.opened(link, PASSWORD);
    return this.post('/staff/new-factor', {
      passkey: passkey.make(await this.passkeyRequest('/staff/new-factor')),
    });
  }

  /** What a page asks the browser's passkeys for. */
  async passkeyRequest(path: string): Promise<string> {
    const { text } = await this.get(path);
    return /data-passkey="([^"]*)"/.exec(text)?.[1]?.replaceAll('&quot;', '"') ?? '';
  }

  signIn(email: string, password = PASSWORD): Promise<Reply> {
    return this.post('/staff/sign-in', { email, password });
  }

  private async opened(link: string, password: string): Promise<void> {
    const { pathname, hash } = new URL(link);
    const reply = await this.post(pathname, { token: hash.slice(1), password });
    if (reply.status !== 303) throw new Error(`The link did not open: ${reply.status} ${reply.text}`);
  }
}
