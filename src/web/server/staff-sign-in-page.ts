import { sayToStaff, type StaffTextKey } from '../shared/staff-texts.js';
import type { WebAssets } from './assets.js';
import { html, type Html, page, type Piece } from './page.js';

export interface StaffPage {
  locale: string;
  assets: WebAssets;
  /** What to say about what was sent before. */
  fault?: string | undefined;
}

/** Where the pages are; each posts to itself. */
export const STAFF = {
  home: '/staff',
  signIn: '/staff/sign-in',
  secondFactor: '/staff/second-factor',
  stepUp: '/staff/step-up',
  signOut: '/staff/sign-out',
  accept: '/staff/accept',
  renew: '/staff/renew',
  demo: '/staff/demo',
  newFactor: '/staff/new-factor',
  password: '/staff/password',
  studies: '/fieldwork',
} as const;

/** One column with a heading, in the look of the other plain pages. */
export function staffPage({ locale, assets, fault }: StaffPage, title: StaffTextKey, content: Piece): string {
  const body = html`
    <main>
      <h1>${sayToStaff(locale, title)}</h1>
      ${fault !== undefined && html`<p class="fault" role="alert">${fault}</p>`} ${content}
    </main>
  `;
  const styles = [...assets.plain.styles, ...assets.staff.styles];
  return page({ locale, assets, body, styles, scripts: assets.console.scripts });
}

export interface FieldOptions {
  type: 'email' | 'password' | 'text';
  autocomplete: string;
  inputmode?: string;
  autofocus?: boolean;
}

/** A labelled field that must be filled in. */
export const field = (
  locale: string,
  name: string,
  label: StaffTextKey,
  { type, autocomplete, inputmode, autofocus = false }: FieldOptions,
): Html => html`
  <div class="field">
    <label for="${name}">${sayToStaff(locale, label)}</label>
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      autocomplete="${autocomplete}"
      autocapitalize="off"
      spellcheck="false"
      maxlength="1000"
      required
      ${inputmode !== undefined && html`inputmode="${inputmode}"`}
      ${autofocus && html`autofocus`}
    />
  </div>
`;

/** A form with its hidden fields. */
export const form = (
  locale: string,
  action: string,
  hidden: Readonly<Record<string, string>>,
  content: Piece,
  button: StaffTextKey,
): Html => html`
  <form class="card" method="post" action="${action}">
    <input type="hidden" name="locale" value="${locale}" />
    ${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    ${content}
    <button class="primary" type="submit">${sayToStaff(locale, button)}</button>
  </form>
`;

/** The address and the password. What was typed does not come back. */
export const signInPage = (about: StaffPage & { next: string }): string => {
  const { locale, next } = about;
  const fields = [
    field(locale, 'email', 'signIn.email', { type: 'email', autocomplete: 'username', autofocus: true }),
    field(locale, 'password', 'signIn.password', { type: 'password', autocomplete: 'current-password' }),
  ];
  return staffPage(about, 'signIn.title', form(locale, STAFF.signIn, { next }, fields, 'signIn.send'));
};

export interface FactorPage extends StaffPage {
  next: string;
  /** Where the factor is shown: after the password, or once more. */
  path: typeof STAFF.secondFactor | typeof STAFF.stepUp;
  /** What a passkey is to sign, as JSON; undefined where the account has none. */
  passkey: string | undefined;
}

/** A code, or a passkey where the browser's script finds that it can. */
export const factorPage = (about: FactorPage): string => {
  const { locale, next, path, passkey } = about;
  const code = field(locale, 'code', 'factor.code', {
    type: 'text',
    autocomplete: 'one-time-code',
    autofocus: true,
  });
  return staffPage(
    about,
    'factor.title',
    html`
      ${path === STAFF.stepUp && html`<p>${sayToStaff(locale, 'factor.stepUp')}</p>`}
      ${
        passkey !== undefined &&
        passkeyForm(locale, path, { next }, passkey, 'factor.passkey', 'factor.passkeyFailed')
      }
      <p>${sayToStaff(locale, 'factor.body')}</p>
      ${form(locale, path, { next }, code, 'factor.send')}
    `,
  );
};

/** What asks for the second factor once more: the way there. */
export const stepUpPage = (about: StaffPage & { next: string }): string => {
  const { locale, next } = about;
  const query = new URLSearchParams({ lang: locale, next });
  return staffPage(
    about,
    'factor.title',
    html`<p>${sayToStaff(locale, 'factor.stepUp')}</p>
      <p class="action">
        <a class="primary" href="${STAFF.stepUp}?${query.toString()}">${sayToStaff(locale, 'link.open')}</a>
      </p>`,
  );
};

/** A form that the script fills in with what the passkey answers. Without the script it is not to be seen. */
export const passkeyForm = (
  locale: string,
  action: string,
  hidden: Readonly<Record<string, string>>,
  request: string,
  button: StaffTextKey,
  failed: StaffTextKey,
): Html => html`
  <form
    class="card"
    method="post"
    action="${action}"
    data-passkey="${request}"
    data-failed="${sayToStaff(locale, failed)}"
    hidden
  >
    <input type="hidden" name="locale" value="${locale}" />
    ${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <input type="hidden" name="passkey" value="" />
    <button class="primary" type="submit">${sayToStaff(locale, button)}</button>
    <p class="status" role="status"></p>
  </form>
`;
