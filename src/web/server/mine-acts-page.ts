import { type ConsentShown } from '../../consent/consent.service.js';
import { PAUSE_CHOICES, STOP_PLACES } from '../../rights/rights.js';
import { languageName } from '../shared/locale.js';
import { type MineKey, sayMine } from '../shared/mine-texts.js';
import { channelName, copies } from './mine-held-page.js';
import { MINE_PATH, type MineFrame, minePage, toHome } from './mine-page.js';
import { addressField } from './address-field.js';
import { html, type Html, type Piece } from './page.js';

/** Consents one by one, in the study's words. */
export function mineConsentsPage(frame: MineFrame, consents: readonly ConsentShown[]): string {
  const { locale } = frame;
  const choice = (purpose: string, value: 'yes' | 'no', chosen: boolean): Html =>
    html`<label class="choice">
      <input type="radio" name="${purpose}" value="${value}" ${chosen && html`checked`} />
      ${sayMine(locale, `consents.${value}`)}
    </label>`;
  return opened(frame, 'consents.title', [
    html`<p>${sayMine(locale, 'consents.lead')}</p>`,
    form(
      locale,
      'consents',
      'consents.send',
      consents.flatMap(({ purpose, kind, text, given }) =>
        kind === 'participation'
          ? []
          : [
              html`<fieldset class="field" aria-describedby="${purpose}-hint">
                <legend>${text[locale] ?? ''}</legend>
                <p id="${purpose}-hint" class="hint">${sayMine(locale, `consents.${kind}`)}</p>
                ${choice(purpose, 'yes', given === true)} ${choice(purpose, 'no', given === false)}
              </fieldset>`,
            ],
      ),
    ),
    html`<p>${sayMine(locale, 'consents.part')}</p>
      <p class="action">
        <a class="secondary" href="${MINE_PATH}/leave?lang=${locale}">${sayMine(locale, 'leave.title')}</a>
      </p>`,
  ]);
}

const PAUSES = PAUSE_CHOICES.map((choice) => [choice, `pause.${choice}`] as const);

/** Pauses and stops: the two grades in which a person stays a member. */
export function mineMessagesPage(
  frame: MineFrame,
  { paused, stopped, channels }: { paused: boolean; stopped: readonly string[]; channels: readonly string[] },
): string {
  const { locale } = frame;
  const places = STOP_PLACES.filter(
    (place) => place === 'all' || (channels.length > 1 && channels.includes(place)),
  ).map((place) => [place, `stop.${place}`] as const);
  return opened(frame, 'messages.title', [
    html`<h2 id="pause">${sayMine(locale, 'pause.title')}</h2>
      <p>${sayMine(locale, 'pause.body')}</p>`,
    form(locale, 'pause', 'pause.send', radios(locale, 'choice', PAUSES, 'pause')),
    paused && form(locale, 'resume', 'pause.end', [], 'secondary'),
    html`<h2 id="stop">${sayMine(locale, 'stop.title')}</h2>
      <p>${sayMine(locale, 'stop.body')}</p>`,
    form(locale, 'stop', 'stop.send', places.length > 1 && radios(locale, 'place', places, 'stop')),
    stopped.length > 0 &&
      html`<h2>${sayMine(locale, 'restart.title')}</h2>
        <p>
          ${sayMine(locale, 'restart.body')}
          ${stopped.map((channel) => channelName(channel, locale)).join(', ')}.
        </p>
        ${form(locale, 'restart', 'restart.send', [], 'secondary')}`,
  ]);
}

/** The language of messages, and another address for them. */
export function mineContactPage(
  frame: MineFrame,
  { chosen, address, fault }: { chosen: string; address: string; fault: boolean },
): string {
  const { locale, locales = [] } = frame;
  return opened(frame, 'contact.title', [
    html`<h2 id="language">${sayMine(locale, 'contact.language')}</h2>`,
    form(
      locale,
      'language',
      'contact.languageSend',
      html`<fieldset aria-labelledby="language">
        ${locales.map(
          (each) =>
            html`<label class="choice">
              <input
                type="radio"
                name="language"
                value="${each}"
                ${each === chosen && html`checked`}
                required
              />
              <span lang="${each}">${languageName(each)}</span>
            </label>`,
        )}
      </fieldset>`,
    ),
    html`<h2>${sayMine(locale, 'contact.address')}</h2>
      <p>${sayMine(locale, 'contact.addressBody')}</p>`,
    form(
      locale,
      'address',
      'contact.addressSend',
      addressField({
        label: sayMine(locale, 'contact.addressLabel'),
        address,
        fault: fault ? sayMine(locale, 'link.fault') : undefined,
      }),
    ),
  ]);
}

/** A page that says something and leads back. */
export const mineSaidPage = (frame: MineFrame, title: MineKey, body: MineKey): string =>
  opened(frame, title, html`<p>${sayMine(frame.locale, body)}</p>`);

export const mineLeavePage = (frame: MineFrame): string =>
  opened(frame, 'leave.title', [
    happens(frame.locale, 'leave.what', ['leave.messages', 'leave.links', 'leave.stays', 'leave.later']),
    form(frame.locale, 'leave', 'leave.send', []),
    html`<p class="action">
      <a class="secondary" href="${MINE_PATH}/erase?lang=${frame.locale}"
        >${sayMine(frame.locale, 'leave.rather')}</a
      >
    </p>`,
  ]);

/** What an erasure does. Its button only leads to the page that asks again. */
export const mineErasePage = (frame: MineFrame): string =>
  opened(frame, 'erase.title', [
    happens(frame.locale, 'erase.what', ['erase.answers', 'erase.addresses', 'erase.counts']),
    html`<p><strong>${sayMine(frame.locale, 'erase.final')}</strong></p>`,
    copies(frame.locale),
    form(frame.locale, 'erase', 'erase.go', []),
  ]);

/** The second click. */
export const mineEraseSurePage = (frame: MineFrame): string =>
  minePage(
    frame,
    html`
      <h1>${sayMine(frame.locale, 'erase.sureTitle')}</h1>
      <p>${sayMine(frame.locale, 'erase.sure')}</p>
      ${form(frame.locale, 'erase', 'erase.send', html`<input type="hidden" name="sure" value="yes" />`)}
      <p class="action">
        <a class="secondary" href="${MINE_PATH}?lang=${frame.locale}">${sayMine(frame.locale, 'erase.no')}</a>
      </p>
    `,
    { open: true },
  );

const opened = (frame: MineFrame, title: MineKey, body: Piece): string =>
  minePage(
    frame,
    html`<h1>${sayMine(frame.locale, title)}</h1>
      ${body} ${toHome(frame.locale)}`,
    { open: true },
  );

const form = (
  locale: string,
  act: string,
  send: MineKey,
  fields: Piece,
  look: 'primary' | 'secondary' = 'primary',
): Html => html`
  <form class="card" method="post" action="${MINE_PATH}/${act}">
    <input type="hidden" name="locale" value="${locale}" />
    ${fields}
    <button class="${look}" type="submit">${sayMine(locale, send)}</button>
  </form>
`;

/** @param labelledBy  the id of the heading over the choices */
const radios = (
  locale: string,
  name: string,
  choices: readonly (readonly [value: string, words: MineKey])[],
  labelledBy: string,
): Html => html`
  <fieldset aria-labelledby="${labelledBy}">
    ${choices.map(
      ([value, words], index) =>
        html`<label class="choice">
          <input type="radio" name="${name}" value="${value}" ${index === 0 && html`checked`} required />
          ${sayMine(locale, words)}
        </label>`,
    )}
  </fieldset>
`;

const happens = (locale: string, title: MineKey, lines: readonly MineKey[]): Html => html`
  <h2>${sayMine(locale, title)}</h2>
  <ul class="promises">
    ${lines.map((line) => html`<li>${sayMine(locale, line)}</li>`)}
  </ul>
`;
