import { type Texts } from '../../questionnaire/variable/variable.js';
import { type Root, type RootPlace } from './codebook-roots.js';
import { WORDS } from './codebook-words.js';
import { type CodeCount, type Frequencies } from './frequencies.js';
import { htmlText, row, switched } from './html.js';

/** Of longer lists of codes only those are shown that some cell has. */
const MOST_CODES = 40;

/** Frequencies of a variable, a column for each of its files, with a bar for the share of cells with a value. */
export function frequencyTable({ places }: Root, locales: readonly string[]): string {
  const said = (words: Texts) => switched(words, locales);
  const isTwice = ({ file }: RootPlace) => places.filter((place) => place.file === file).length > 1;
  const heads = places.map((place) =>
    htmlText(isTwice(place) ? `${place.file}: ${place.column.name}` : place.file),
  );
  const lines = [...values(places, said), ...reasons(places, said), ...totals(places, said)];
  return (
    `<div class="s" tabindex="0" role="group" aria-label="${htmlText(ofLanguage(WORDS.counts, locales))}"><table><thead>` +
    row([said(WORDS.code), said(WORDS.meaning), ...heads], 'th') +
    `</thead><tbody>${lines.join('')}</tbody></table></div>`
  );
}

const ofLanguage = (words: Texts, locales: readonly string[]): string =>
  words[locales[0] ?? ''] ?? words.en ?? '';

type Said = (words: Texts) => string;

const line = (code: string, meaning: string, cells: readonly string[], kind = ''): string =>
  `<tr${kind}><td>${code}</td><td>${meaning}</td>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;

/** A count with a bar; widths are classes, as the page allows no style of its own to an element. */
function share(count: number, of: number): string {
  const width = of === 0 ? 0 : Math.round((count / of) * 100);
  return count === 0 ? '0' : `${count}<i class="w${width}"></i>`;
}

/** A code with the words that it has in some of the places: where waves mean different things by it, each has its line. */
interface Meant {
  code: number;
  label: Texts;
  /** Counts by place; none where the code has other words there. */
  counts: (number | undefined)[];
}

function meant(places: readonly RootPlace[]): Meant[] {
  const found = new Map<string, Meant>();
  const add = (code: number, label: Texts, place: number, count: number) => {
    const key = `${code} ${JSON.stringify(label)}`;
    const known = found.get(key) ?? { code, label, counts: places.map(() => undefined) };
    known.counts[place] = count;
    found.set(key, known);
  };
  for (const [place, { column, counted }] of places.entries()) {
    for (const [index, { code, label }] of column.values.entries())
      add(code, label, place, counted.values[index]?.count ?? 0);
    for (const { code, count } of counted.undeclared) add(code, WORDS.unlabelled, place, count);
  }
  return [...found.values()];
}

function values(places: readonly RootPlace[], said: Said): string[] {
  const all = meant(places);
  const shown = all.filter(({ counts }) => all.length <= MOST_CODES || counts.some((count) => count));
  const lines = shown.map(({ code, label, counts }) =>
    line(
      String(code),
      said(label),
      counts.map((count, place) =>
        count === undefined ? '' : share(count, places[place]?.counted.valid ?? 0),
      ),
    ),
  );
  const words = distinct(places.flatMap(({ counted }) => (counted.words ?? []).map(({ word }) => word)));
  const ofWord = (word: string, { words: listed }: Frequencies) =>
    listed?.find((each) => each.word === word)?.count ?? 0;
  const worded = words.map((word) =>
    line(
      `<code>${htmlText(word)}</code>`,
      '',
      places.map(({ counted }) => share(ofWord(word, counted), counted.valid)),
    ),
  );
  const left = all.length - shown.length;
  return [
    ...lines,
    ...worded,
    ...(left > 0
      ? [
          line(
            '',
            `${said(WORDS.none)}: ${left}`,
            places.map(() => '0'),
          ),
        ]
      : []),
    ...(places.some(({ counted }) => counted.more > 0)
      ? [
          line(
            '',
            said(WORDS.more),
            places.map(({ counted }) => share(counted.more, counted.valid)),
          ),
        ]
      : []),
  ];
}

function reasons(places: readonly RootPlace[], said: Said): string[] {
  const known = new Map(
    places.flatMap(({ column }) => column.missing.map((reason) => [reason.code, reason] as const)),
  );
  const counts = places.map(({ counted }) => byCode(counted.missing));
  const lines = [...known.values()].map(({ code, stata, label }) =>
    line(
      `${code} <span class="m">.${htmlText(stata)}</span>`,
      said(label),
      counts.map((of) => String(of.get(code) ?? 0)),
      ' class="r"',
    ),
  );
  const hasEmpty = places.some(({ counted }) => counted.empty > 0);
  const empty = places.map(({ counted }) => String(counted.empty));
  return hasEmpty ? [...lines, line('', said(WORDS.empty), empty, ' class="r"')] : lines;
}

function totals(places: readonly RootPlace[], said: Said): string[] {
  const all = (words: Texts, of: (counted: Frequencies) => string) =>
    line(
      '',
      said(words),
      places.map(({ counted }) => of(counted)),
      ' class="e"',
    );
  const statistic = (words: Texts, part: 'mean' | 'sd' | 'min' | 'max') =>
    all(words, ({ statistics }) => rounded(statistics?.[part]));
  const hasStatistics = places.some(({ counted }) => counted.statistics !== undefined);
  return [
    all(WORDS.valid, ({ valid }) => String(valid)),
    ...(hasStatistics
      ? [
          statistic(WORDS.mean, 'mean'),
          statistic(WORDS.sd, 'sd'),
          statistic(WORDS.min, 'min'),
          statistic(WORDS.max, 'max'),
        ]
      : []),
  ];
}

/** To six digits; codebook.json has them all. */
const rounded = (value: number | null | undefined): string =>
  value === null || value === undefined ? '' : String(Number(value.toPrecision(6)));

const byCode = (counts: readonly CodeCount[]): Map<number, number> =>
  new Map(counts.map(({ code, count }) => [code, count]));
const distinct = <T>(all: readonly T[]): T[] => [...new Set(all)];
