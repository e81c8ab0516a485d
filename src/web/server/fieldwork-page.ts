import { SUPPRESSION_WORDS, type Suppression } from '../../contact/decide/decision.js';
import { type Fieldwork } from '../../fieldwork/fieldwork.js';
import { type StudyFile } from '../../study/study.js';
import { isoCountryName } from '../../study/country-name.js';
import { CASE_STATES, type CaseState } from '../../wave/case-state.js';
import { DISPOSITION_CODES } from '../../wave/disposition-code.js';
import { CHECK_IN_OUTCOMES, type CheckInOutcome } from '../../wave/check-in.js';
import { SMALL_CELL } from '../../analysis/disclosure/table-suppression.js';
import type { WebAssets } from './assets.js';
import { html, type Html, page, type Piece } from './page.js';
import { shownMoves } from './shown-moves.js';

const STATE_WORDS: Record<CaseState, string> = {
  issued: 'Issued',
  invited: 'Invited',
  opened: 'Opened',
  started: 'Started',
  partial: 'Partial',
  complete: 'Complete',
  refused: 'Refused',
  broke_off: 'Broke off',
  expired: 'Expired',
  ineligible: 'Ineligible',
  withdrawn: 'Withdrawn',
  undeliverable: 'Undeliverable',
};

const MOVE_WORDS: Record<Fieldwork['moves'][number]['class'], string> = {
  host_to_eu: 'Host country to EU',
  host_to_us: 'Host country to US',
  host_to_host: 'Between host countries',
  return_to_russia: 'Return to Russia',
  to_other: 'Elsewhere',
};

const CHECK_IN_WORDS: Record<CheckInOutcome, string> = {
  confirmed: 'Confirmed',
  updated: 'Updated',
  bounced: 'Bounced',
  silent: 'Silent',
};

const TRACING_WORDS: Record<Fieldwork['tracing'][number]['reason'], string> = {
  silent: 'Silent in a check-in',
  bounced: 'Message came back',
  staff: 'Opened by staff',
};

/** In place of a count that is not shown. */
const HIDDEN = 'hidden';

/** What is happening now, as one plain page. Times of messages are the person's own. */
export function fieldworkPage(now: Fieldwork, study: StudyFile, assets: WebAssets): string {
  const countryName = (code: string) =>
    study.hostCountries.find((host) => host.code === code)?.name['en'] ?? isoCountryName(code, 'en');
  const moves = shownMoves(now.moves);
  const body = html`
    <main class="wide">
      <h1>Fieldwork</h1>
      <p>${study.researchTitle['en'] ?? study.id}</p>
      <p class="muted">As of ${stamp(now.at)} UTC. ${now.stalled} under way without a sign for 48 hours.</p>
      ${now.waves.filter(({ opened }) => opened).map((wave) => waveSection(now, wave, countryName))}
      ${notOpened(now)}
      <section aria-labelledby="next">
        <h2 id="next">Next messages</h2>
        ${table(
          'Messages that go out next',
          ['Wave', 'Message', 'When (their time)', 'Language', 'Member'],
          now.nextSends.map((send) => [
            send.wave.toUpperCase(),
            send.step,
            whenInTheirTime(send),
            send.locale,
            html`<code>${send.memberId.slice(0, 8)}</code>`,
          ]),
          'No message is planned.',
        )}
      </section>
      <section aria-labelledby="touch">
        <h2 id="touch">Keeping in touch</h2>
        ${table(
          'Check-ins by outcome',
          ['Check-in', ...CHECK_IN_OUTCOMES.map((outcome) => CHECK_IN_WORDS[outcome])],
          checkInRows(now),
          'No check-in has been issued.',
        )}
        ${table(
          'Open tracing tasks by reason',
          ['Looked for', 'Members'],
          now.tracing.map(({ reason, members }) => [TRACING_WORDS[reason], members]),
          'Nobody has to be looked for.',
        )}
      </section>
      <section aria-labelledby="moves">
        <h2 id="moves">Moves</h2>
        ${table(
          'Moves by class',
          ['Class', 'Moves'],
          moves.byClass.map(({ class: kind, people }) => [MOVE_WORDS[kind], people ?? HIDDEN]),
          'Nobody has reported a move yet.',
        )}
        ${
          moves.byClass.length > 0 &&
          html`<p class="muted">
              Counts below ${SMALL_CELL}, and what would tell them, are not shown. The releases hold every
              move.
            </p>
            ${table(
              'Moves by country and month',
              ['From', 'To', 'Month', 'Class', 'People'],
              moves.groups.map((move) => [
                countryName(move.from),
                countryName(move.to),
                move.month,
                MOVE_WORDS[move.class],
                move.people,
              ]),
              'In no month did so many people move between two countries that it can be shown.',
            )}`
        }
      </section>
      ${erasedSection(now)}
    </main>
  `;
  return page({ locale: 'en', assets, body, styles: [...assets.plain.styles, ...assets.staff.styles] });
}

/** One line for what is still to come. */
function notOpened({ waves }: Fieldwork): Piece {
  const names = waves.filter(({ opened }) => !opened).map(nameOf);
  return names.length > 0 && html`<p class="muted">Not opened yet: ${names.join(', ')}.</p>`;
}

function waveSection(
  now: Fieldwork,
  wave: Fieldwork['waves'][number],
  countryName: (code: string) => string,
): Html {
  const cases = now.cases.filter((count) => count.wave === wave.letter);
  const states = CASE_STATES.filter((state) => cases.some((count) => count.state === state));
  const countries = [...new Set(cases.map((count) => count.country))];
  const cell = (country: string | undefined, state: CaseState | undefined) =>
    cases
      .filter(
        (c) => (country === undefined || c.country === country) && (state === undefined || c.state === state),
      )
      .reduce((sum, c) => sum + c.cases, 0);
  const row = (label: string, country: string | undefined): Piece[] => [
    label,
    ...states.map((state) => cell(country, state)),
    cell(country, undefined),
  ];
  const attempts = now.attempts.filter((attempt) => attempt.wave === wave.letter);
  return html`
    <section aria-labelledby="wave-${wave.letter}">
      <h2 id="wave-${wave.letter}">${nameOf(wave)}</h2>
      <p class="muted">${windowWords(wave)}.</p>
      <h3>Cases by host country and state</h3>
      ${table(
        'Cases by host country and state',
        ['Host country', ...states.map((state) => STATE_WORDS[state]), 'All'],
        countries.length > 0
          ? [...countries.map((country) => row(countryName(country), country)), row('All', undefined)]
          : [],
        'No case has been issued.',
      )}
      <h3>Messages</h3>
      ${table(
        'Messages by step and state',
        ['Message', 'State', 'Why', 'Number'],
        attempts.map((attempt) => [
          attempt.step,
          attempt.state,
          attempt.reason ? (SUPPRESSION_WORDS[attempt.reason as Suppression] ?? attempt.reason) : '',
          attempt.attempts,
        ]),
        'No message is planned.',
      )}
    </section>
  `;
}

const nameOf = ({ kind, letter }: Fieldwork['waves'][number]): string =>
  `${kind === 'check-in' ? 'Check-in' : 'Wave'} ${letter.toUpperCase()}`;

const windowWords = ({ closed, closesAt }: Fieldwork['waves'][number]): string => {
  const until = closesAt ? `${stamp(closesAt)} UTC` : 'it is closed';
  return closed ? `Closed; its window ended on ${until}` : `Open until ${until}`;
};

function checkInRows({ checkIns }: Fieldwork): Piece[][] {
  const letters = [...new Set(checkIns.map(({ wave }) => wave))];
  return letters.map((letter) => [
    letter.toUpperCase(),
    ...CHECK_IN_OUTCOMES.map(
      (outcome) => checkIns.find((count) => count.wave === letter && count.outcome === outcome)?.members ?? 0,
    ),
  ]);
}

/** Those who are in no other count, where there are any. */
function erasedSection({ erased }: Fieldwork): Piece {
  const members = erased.find(({ wave }) => wave === null)?.erased ?? 0;
  return (
    members > 0 &&
    html`<section aria-labelledby="erased">
      <h2 id="erased">Erased</h2>
      <p>Members who were erased: ${members}. The counts above do not hold them or their cases.</p>
      ${table(
        'Erased cases by wave and last disposition',
        ['Wave', 'Disposition', 'Cases'],
        erased.flatMap(({ wave, disposition, erased: cases }) =>
          wave === null || disposition === null
            ? []
            : [[wave.toUpperCase(), DISPOSITION_CODES.get(disposition)?.words['en'] ?? disposition, cases]],
        ),
        'They had no case.',
      )}
    </section>`
  );
}

function whenInTheirTime({ at, zones }: Fieldwork['nextSends'][number]): string {
  const zone = zones.length === 1 ? zones[0] : undefined;
  const local = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: zone ?? 'UTC',
  }).format(at);
  return `${local} ${zone ?? 'UTC'}`;
}

const stamp = (instant: Date): string => instant.toISOString().slice(0, 16).replace('T', ' ');

const isNumber = (cell: Piece) => typeof cell === 'number';

/** A table that scrolls by itself where the screen is narrow. Columns of numbers stand flush right. */
function table(label: string, heads: string[], rows: readonly (readonly Piece[])[], none: string): Html {
  if (rows.length === 0) return html`<p class="muted">${none}</p>`;
  const numeric = heads.map((_, at) => at > 0 && rows.every((cells) => isNumber(cells[at])));
  const kind = (at: number) => (numeric[at] ? 'number' : 'words');
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${heads.map((head, at) => html`<th scope="col" class="${kind(at)}">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell, at) =>
                at === 0 ? html`<th scope="row">${cell}</th>` : html`<td class="${kind(at)}">${cell}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
