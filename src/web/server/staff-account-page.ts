import { renderSVG } from 'uqr';
import { type FactorOffer } from '../../access/acceptance.service.js';
import { type Grant } from '../../access/role.js';
import { sayToStaff } from '../shared/staff-texts.js';
import { Html, html } from './page.js';
import { field, form, passkeyForm, STAFF, type StaffPage, staffPage } from './staff-sign-in-page.js';

/** What a one-time link does. */
export type LinkKind = 'accept' | 'renew' | 'demo';

/**
 * The page behind a one-time link. It discloses and consumes nothing: the token stays in the fragment until a person sends the form, into
 * which the script carries it; without scripts the person pastes the link.
 */
export const linkPage = (about: StaffPage & { kind: LinkKind; token: string }): string => {
  const { locale, kind, token } = about;
  const password =
    kind === 'accept'
      ? field(locale, 'password', 'link.newPassword', { type: 'password', autocomplete: 'new-password' })
      : field(locale, 'password', 'signIn.password', { type: 'password', autocomplete: 'current-password' });
  const content = html`
    <input type="hidden" name="token" value="${token}" data-from-fragment />
    ${
      token === '' &&
      html`<div data-paste>
        ${field(locale, 'link', 'link.paste', { type: 'text', autocomplete: 'off', inputmode: 'url' })}
      </div>`
    }
    ${kind !== 'demo' && password}
  `;
  return staffPage(
    about,
    `link.${kind}Title`,
    html`<p>${sayToStaff(locale, `link.${kind}Body`)}</p>
      ${form(locale, STAFF[kind], {}, content, 'link.open')}`,
  );
};

/** Setting up a second factor: an app, or a passkey. */
export const newFactorPage = (about: StaffPage & { offer: FactorOffer }): string => {
  const { locale, offer } = about;
  const code = field(locale, 'code', 'factor.code', {
    type: 'text',
    autocomplete: 'one-time-code',
    inputmode: 'numeric',
  });
  return staffPage(
    about,
    'newFactor.title',
    html`
      <h2>${sayToStaff(locale, 'newFactor.app')}</h2>
      <p>${sayToStaff(locale, 'newFactor.appBody')}</p>
      <div class="qr" role="img" aria-label="${sayToStaff(locale, 'newFactor.picture')}">
        ${new Html(renderSVG(offer.totpUri, { border: 3 }))}
      </div>
      <dl>
        <dt>${sayToStaff(locale, 'newFactor.key')}</dt>
        <dd><code id="totp-secret">${offer.totpSecret.replace(/(.{4})(?=.)/g, '$1 ')}</code></dd>
      </dl>
      <p class="action">
        <a class="secondary" href="${offer.totpUri}">${sayToStaff(locale, 'newFactor.open')}</a>
      </p>
      ${form(locale, STAFF.newFactor, {}, code, 'factor.send')}
      <h2>${sayToStaff(locale, 'newFactor.passkey')}</h2>
      <p>${sayToStaff(locale, 'newFactor.passkeyBody')}</p>
      ${passkeyForm(locale, STAFF.newFactor, {}, offer.passkey, 'newFactor.make', 'newFactor.passkeyFailed')}
    `,
  );
};

/** The recovery codes, this once. */
export const recoveryPage = (about: StaffPage & { codes: readonly string[] }): string => {
  const { locale, codes } = about;
  return staffPage(
    about,
    'recovery.title',
    html`<p>${sayToStaff(locale, 'recovery.body')}</p>
      <ul id="recovery-codes">
        ${codes.map((code) => html`<li><code>${code}</code></li>`)}
      </ul>
      <p class="action">
        <a class="primary" href="${STAFF.studies}?lang=${locale}">${sayToStaff(locale, 'recovery.done')}</a>
      </p>`,
  );
};

export const passwordPage = (about: StaffPage): string => {
  const { locale } = about;
  const fields = [
    field(locale, 'present', 'password.present', { type: 'password', autocomplete: 'current-password' }),
    field(locale, 'password', 'link.newPassword', { type: 'password', autocomplete: 'new-password' }),
  ];
  return staffPage(
    about,
    'password.title',
    html`<p>${sayToStaff(locale, 'password.body')}</p>
      ${form(locale, STAFF.password, {}, fields, 'password.title')}`,
  );
};

/** What an account may do, and how to leave. */
export const homePage = (about: StaffPage & { grants: readonly Grant[] }): string => {
  const { locale, grants } = about;
  return staffPage(
    about,
    'home.title',
    html`
      <h2>${sayToStaff(locale, 'home.rights')}</h2>
      <ul>
        ${grants.map(
          ({ role, studyId }) =>
            html`<li>
              ${sayToStaff(locale, `role.${role}`)}: ${studyId ?? sayToStaff(locale, 'home.everyStudy')}
            </li>`,
        )}
      </ul>
      <ul class="menu">
        <li><a href="${STAFF.studies}?lang=${locale}">${sayToStaff(locale, 'home.studies')}</a></li>
        <li><a href="${STAFF.password}?lang=${locale}">${sayToStaff(locale, 'home.password')}</a></li>
      </ul>
      ${form(locale, STAFF.signOut, {}, '', 'home.signOut')}
    `,
  );
};

export interface ListedStudy {
  code: string;
  title: string;
}

/** The studies whose fieldwork an account may see. */
export const studiesPage = (about: StaffPage & { studies: readonly ListedStudy[] }): string => {
  const { locale, studies } = about;
  return staffPage(
    about,
    'studies.title',
    html`
      ${
        studies.length === 0
          ? html`<p>${sayToStaff(locale, 'studies.none')}</p>`
          : html`<ul class="menu">
              ${studies.map(({ code, title }) => html`<li><a href="/fieldwork/${code}">${title}</a></li>`)}
            </ul>`
      }
      <p class="action">
        <a class="secondary" href="${STAFF.home}?lang=${locale}">${sayToStaff(locale, 'studies.account')}</a>
      </p>
    `,
  );
};
