import { type AnswerInWords } from '../../questionnaire/in-words.js';
import { type Held, type HeldSurvey } from '../../rights/held.js';
import { dateInWords, languageName } from '../shared/locale.js';
import { type MineKey, sayMine } from '../shared/mine-texts.js';
import { MINE_PATH, type MineFrame, minePage, toHome } from './mine-page.js';
import { html, type Html } from './page.js';

/** All that is held of a person, in words. */
export function mineHeldPage(frame: MineFrame, held: Held): string {
  const { locale } = frame;
  const say = (key: MineKey, params = {}): string => sayMine(locale, key, params);
  return minePage(
    frame,
    html`
      <h1>${say('held.title')}</h1>
      <p>${say('held.address')}</p>
      ${copies(locale)} ${membership(held, locale)}
      <h2>${say('held.answers')}</h2>
      ${held.surveys.length === 0 ? html`<p>${say('held.none')}</p>` : held.surveys.map((one) => survey(one, locale))}
      ${section('held.places', places(held, locale), locale)}
      ${section(
        'held.consents',
        held.consents.map(
          ({ given, on, text, purpose }) =>
            `${say(given ? 'held.given' : 'held.withdrawn', { date: dateInWords(on, locale) })}: ${text || purpose}`,
        ),
        locale,
      )}
      ${section(
        'held.messages',
        held.messages.map(
          ({ on, channel, survey: about }) =>
            `${dateInWords(on, locale)}: ${about}, ${channelName(channel, locale)}`,
        ),
        locale,
      )}
      ${section('held.pauses', [...pauses(held, locale), ...stops(held, locale)], locale)}
      ${section('held.other', others(held, locale), locale)} ${toHome(locale)}
    `,
    { open: true },
  );
}

/** The two files. Their names say nothing. */
export const copies = (locale: string): Html => html`
  <section class="card" aria-labelledby="copy">
    <h2 id="copy">${sayMine(locale, 'held.copy')}</h2>
    <div class="buttons">
      ${(['csv', 'json'] as const).map(
        (format) =>
          html`<a class="secondary" href="${MINE_PATH}/copy/${format}?lang=${locale}" download
            >${sayMine(locale, `held.${format}`)}</a
          >`,
      )}
    </div>
    <p class="hint">${sayMine(locale, 'held.copyHint')}</p>
  </section>
`;

function membership({ membership: of }: Held, locale: string): Html {
  const say = (key: MineKey): string => sayMine(locale, key);
  const channels = of.channels.map((channel) => channelName(channel, locale)).join(', ');
  const facts: [MineKey, string][] = [
    ['held.joined', dateInWords(of.joinedOn, locale)],
    ['held.source', [of.recruitmentSource, of.cohort, ...(of.coupon === null ? [] : [of.coupon])].join(', ')],
    ['held.host', of.hostCountry],
    ['held.language', languageName(of.locale)],
    ['held.zone', of.timeZone ?? say('held.none')],
    ['held.channels', channels || say('held.none')],
  ];
  return html`
    <h2>${say('held.panel')}</h2>
    <dl class="card">
      ${facts.map(
        ([term, words]) =>
          html`<dt>${say(term)}</dt>
            <dd>${words}</dd>`,
      )}
    </dl>
  `;
}

function survey(one: HeldSurvey, locale: string): Html {
  const say = (key: MineKey, params = {}): string => sayMine(locale, key, params);
  const date = (on: string): string => dateInWords(on, locale);
  const came = one.submittedOn
    ? say('held.sent', { date: date(one.submittedOn) })
    : one.savedOn
      ? say('held.saved', { date: date(one.savedOn) })
      : say('held.unanswered');
  return html`
    <h3>${one.title}</h3>
    <p>${came}</p>
    ${one.decisions.map(
      ({ on, code, reason }) => html`<p>${say('held.decision', { date: date(on), code, reason })}</p>`,
    )}
    ${one.answers.length > 0 && answers(one.answers, say('held.answerCount', { count: one.answers.length }), locale)}
    ${one.late.map((late) => answers(late.answers, say('held.late', { date: date(late.on) }), locale))}
  `;
}

const answers = (all: readonly AnswerInWords[], title: string, locale: string): Html => html`
  <details>
    <summary>${title}</summary>
    ${sectionsOf(all).map(
      ([name, items]) => html`
        ${name !== '' && html`<h4>${name}</h4>`}
        <dl class="card">
          ${items.map(
            ({ question, answer, refused }) =>
              html`<dt>${question}</dt>
                ${[...(refused ? [sayMine(locale, 'held.refused')] : []), ...answer].map(
                  (line) => html`<dd>${line}</dd>`,
                )}`,
          )}
        </dl>
      `,
    )}
  </details>
`;

function sectionsOf(all: readonly AnswerInWords[]): [string, AnswerInWords[]][] {
  const sections: [string, AnswerInWords[]][] = [];
  for (const each of all) {
    const last = sections.at(-1);
    if (last?.[0] === each.section) last[1].push(each);
    else sections.push([each.section, [each]]);
  }
  return sections;
}

const section = (title: MineKey, lines: readonly string[], locale: string): Html => html`
  <h2>${sayMine(locale, title)}</h2>
  ${
    lines.length === 0
      ? html`<p>${sayMine(locale, 'held.none')}</p>`
      : html`<ul class="promises">
          ${lines.map((line) => html`<li>${line}</li>`)}
        </ul>`
  }
`;

const places = (held: Held, locale: string): string[] =>
  held.places.map(({ country, region, from, to }) => {
    const where = region === null ? country : `${country}, ${region}`;
    if (from === null) return where;
    const dates = { from: dateInWords(from, locale), to: to === null ? '' : dateInWords(to, locale) };
    return `${where}: ${sayMine(locale, to === null ? 'held.since' : 'held.until', dates)}`;
  });

const pauses = (held: Held, locale: string): string[] =>
  held.pauses.map(({ from, until }) =>
    sayMine(locale, until === null ? 'held.pauseOpen' : 'held.pause', {
      from: dateInWords(from, locale),
      until: until === null ? '' : dateInWords(until, locale),
    }),
  );

const stops = (held: Held, locale: string): string[] =>
  held.stops.map(({ channel, on }) =>
    sayMine(locale, 'held.stop', { date: dateInWords(on, locale), channel: channelName(channel, locale) }),
  );

const others = (held: Held, locale: string): string[] => [
  ...held.placeReports.map(({ on }) => sayMine(locale, 'held.report', { date: dateInWords(on, locale) })),
  ...held.troubles.map(({ on, channel }) =>
    sayMine(locale, 'held.trouble', { date: dateInWords(on, locale), channel: channelName(channel, locale) }),
  ),
  ...held.searches.map(({ openedOn }) =>
    sayMine(locale, 'held.search', { date: dateInWords(openedOn, locale) }),
  ),
  ...held.experiments.map(({ experiment, arm }) => sayMine(locale, 'held.arm', { experiment, arm })),
];

const CHANNEL_NAMES: Record<string, MineKey> = {
  email: 'channel.email',
  telegram: 'channel.telegram',
  letter: 'channel.letter',
};

/** A kind of address in words. */
export const channelName = (channel: string, locale: string): string => {
  const key = CHANNEL_NAMES[channel];
  return key ? sayMine(locale, key) : channel;
};
