import { say } from '../shared/texts.js';
import type { WebAssets } from './assets.js';
import {
  LONGEST_REGION,
  type MoveField,
  type MoveFault,
  type MoveOffer,
  type MoveReported,
  type MoveSaid,
  MONTHS,
  SEASONS,
} from './moved-form.js';
import { languageNav } from './language-nav.js';
import { html, type Html, page } from './page.js';

/** Where the form is for who is in the questionnaire, or on a page after it. */
export const MOVED_PATH = '/respond/moved';

export interface MovedPage {
  /** Where the form is, and where it is posted. */
  path: string;
  locale: string;
  locales: readonly string[];
  offer: MoveOffer;
  /** The name of a country in the page's locale. */
  nameOf: (country: string) => string;
  /** What was filled in before, and what in it is to be put right. */
  said: MoveSaid;
  faults: readonly MoveFault[];
  assets: WebAssets;
}

/** The form by which a person tells of a move between the surveys. It shows nothing that they told before. */
export function movedPage(content: MovedPage): string {
  const { path, locale, locales, offer, nameOf, said, faults, assets } = content;
  const isFirst = faults.length === 0;
  const option = (value: string, words: string, chosen: string) =>
    html`<option value="${value}" ${value === chosen && html`selected`}>${words}</option>`;
  const countries = (codes: readonly string[]) =>
    inOrder(codes, nameOf, locale).map(([code, name]) => option(code, name, said.country));
  const body = html`
    <header class="top">
      ${isFirst && locales.length > 1 && languageNav(say(locale, 'page.languages'), path, locale, locales)}
    </header>
    <main>
      <h1>${say(locale, 'moved.title')}</h1>
      <p>${say(locale, 'moved.lead')}</p>
      ${!isFirst && html`<p class="fault" role="alert">${say(locale, 'moved.faults')}</p>`}
      <form class="card" method="post" action="${path}" autocomplete="off">
        <input type="hidden" name="locale" value="${locale}" />
        <div class="field">
          <label for="country">${say(locale, 'moved.country')}</label>
          ${faultOf('country', content)}
          <select id="country" name="country" required ${marked('country', content)}>
            ${option('', say(locale, 'moved.choose'), said.country)}
            <optgroup label="${say(locale, 'moved.usual')}">${countries(offer.usual)}</optgroup>
            <optgroup label="${say(locale, 'moved.others')}">${countries(offer.others)}</optgroup>
          </select>
        </div>
        <div class="field">
          <label for="region">${say(locale, 'moved.region')}</label>
          ${faultOf('region', content)}
          <input
            id="region"
            name="region"
            type="text"
            maxlength="${LONGEST_REGION}"
            value="${said.region}"
            ${marked('region', content, 'region-help')}
          />
          <p id="region-help" class="hint">${say(locale, 'moved.regionHelp')}</p>
        </div>
        <fieldset>
          <legend>${say(locale, 'moved.when')}</legend>
          <div class="field">
            <label for="year">${say(locale, 'moved.year')}</label>
            ${faultOf('year', content)}
            <select id="year" name="year" ${marked('year', content)}>
              ${option('', say(locale, 'moved.unknownYear'), said.year)}
              ${offer.years.map((year) => option(String(year), String(year), said.year))}
            </select>
          </div>
          <div class="field">
            <label for="month">${say(locale, 'moved.month')}</label>
            ${faultOf('month', content)}
            <select id="month" name="month" ${marked('month', content)}>
              ${option('', say(locale, 'moved.unknownMonth'), said.month)}
              ${MONTHS.map((month, index) => option(month, monthName(index + 1, locale), said.month))}
              ${SEASONS.map((season) => option(season, say(locale, `moved.${season}`), said.month))}
            </select>
          </div>
        </fieldset>
        <button class="primary" type="submit">${say(locale, 'moved.send')}</button>
      </form>
    </main>
  `;
  return page({ locale, assets, body });
}

export interface MoveNotedPage {
  locale: string;
  place: MoveReported;
  countryName: string;
  /** Whether a questionnaire waits for the person still. */
  canGoOn: boolean;
  assets: WebAssets;
}

/** The page after a report: what was stored, and what follows from it. */
export function moveNotedPage({ locale, place, countryName, canGoOn, assets }: MoveNotedPage): string {
  const body = html`
    <main>
      <h1>${say(locale, 'moved.doneTitle')}</h1>
      <p>${say(locale, 'moved.doneBody')}</p>
      <dl class="card">
        <dt>${say(locale, 'moved.doneCountry')}</dt>
        <dd>${countryName}</dd>
        ${
          place.region !== undefined &&
          html`<dt>${say(locale, 'moved.doneRegion')}</dt>
            <dd>${place.region}</dd>`
        }
        <dt>${say(locale, 'moved.doneWhen')}</dt>
        <dd>${whenInWords(place, locale)}</dd>
      </dl>
      <h2>${say(locale, 'moved.follows')}</h2>
      <ul class="promises">
        <li>${say(locale, 'moved.hours')}</li>
        <li>${say(locale, 'moved.goesOn')}</li>
        <li>${say(locale, 'moved.correct')}</li>
      </ul>
      <p>
        ${
          canGoOn
            ? html`<a class="primary" href="/respond/?lang=${locale}">${say(locale, 'moved.continue')}</a>`
            : say(locale, 'thanks.close')
        }
      </p>
    </main>
  `;
  return page({ locale, assets, body });
}

const IN_SEASON = {
  winter: 'moved.inWinter',
  spring: 'moved.inSpring',
  summer: 'moved.inSummer',
  autumn: 'moved.inAutumn',
} as const;

function whenInWords({ year, month }: MoveReported, locale: string): string {
  if (year === undefined) return say(locale, 'moved.undated');
  const season = SEASONS.find((each) => each === month);
  if (season) return say(locale, IN_SEASON[season], { year });
  const number = MONTHS.indexOf(month ?? '') + 1;
  return number > 0 ? monthName(number, locale, year) : say(locale, 'moved.inYear', { year });
}

/** A month by itself or of a year, as a line of its own. */
function monthName(month: number, locale: string, year?: number): string {
  const words = new Intl.DateTimeFormat(locale, {
    month: 'long',
    ...(year === undefined ? {} : { year: 'numeric' }),
    timeZone: 'UTC',
  }).format(new Date(Date.UTC(year ?? 2000, month - 1)));
  return words.charAt(0).toLocaleUpperCase(locale) + words.slice(1);
}

function inOrder(
  codes: readonly string[],
  nameOf: (country: string) => string,
  locale: string,
): [code: string, name: string][] {
  const { compare } = new Intl.Collator(locale);
  return codes
    .map((code): [string, string] => [code, nameOf(code)])
    .sort(([, one], [, other]) => compare(one, other));
}

function faultOf(field: MoveField, { locale, faults }: MovedPage): Html | undefined {
  const fault = faults.find((each) => each.field === field);
  if (!fault) return undefined;
  return html`<p id="${field}-fault" class="fault">${say(locale, fault.key, fault.parameters)}</p>`;
}

/** Attributes of a field: what describes it, and that it is to be put right; the first such field has the focus. */
function marked(field: MoveField, { faults }: MovedPage, help = ''): Html {
  const at = faults.findIndex((fault) => fault.field === field);
  const described = [at < 0 ? '' : `${field}-fault`, help].filter(Boolean).join(' ');
  return html`${described !== '' && html`aria-describedby="${described}"`}
  ${at >= 0 && html`aria-invalid="true"`} ${at === 0 && html`autofocus`}`;
}
