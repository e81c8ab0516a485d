import { type ConcordanceRow } from '../../codebook/concordance.js';
import { type Texts } from '../../questionnaire/variable/variable.js';
import { type Root, type RootPlace } from './codebook-roots.js';
import { KINDS, WORDS } from './codebook-words.js';
import { inLocales } from './description-text.js';
import { frequencyTable } from './codebook-html-counts.js';
import { htmlText, switched } from './html.js';

interface Around {
  locales: readonly string[];
  waves: readonly { letter: string }[];
  /** Rows of this variable, where it is one of the interviews'. */
  wording: readonly ConcordanceRow[];
}

/** A variable of the page: a line with its name, label and waves, and behind it all else. */
export function variableDetails(root: Root, id: string, around: Around): string {
  const { locales } = around;
  const { name, column } = root;
  const { type, measure, universe, item } = column;
  const said = (words: Texts) => switched(words, locales);
  const facts: [Texts, string][] = [
    [WORDS.type, [type, measure].map((kind) => said(KINDS[kind] ?? {})).join(', ')],
    ...(item === undefined ? [] : [[WORDS.item, `<code>${htmlText(item)}</code>`] satisfies [Texts, string]]),
    ...(universe?.text ? [[WORDS.universe, said(universe.text)] satisfies [Texts, string]] : []),
    ...(universe?.expression
      ? [[WORDS.expression, `<code>${htmlText(universe.expression)}</code>`] satisfies [Texts, string]]
      : []),
    [WORDS.inFiles, root.files.map(inFiles).join('; ')],
  ];
  return [
    `<details class="v" id="${id}"><summary><code>${htmlText(name)}</code> <span class="n">${said(column.label)}</span>${ticks(root, around)}</summary>`,
    questions(root, around),
    `<dl>${facts.map(([term, fact]) => `<dt>${said(term)}</dt><dd>${fact}</dd>`).join('')}</dl>`,
    frequencyTable(root, locales),
    '</details>\n',
  ].join('');
}

const inFiles = ({ variable, files }: Root['files'][number]): string =>
  `<code>${htmlText(variable)}</code> (${htmlText(files.join(', '))})`;

/** The letters of the waves that have it, a dash for those that have not; none where it is of no wave. */
function ticks({ places }: Root, { waves, wording, locales }: Around): string {
  const has = new Set(
    wording.length > 0
      ? wording.filter(({ asked }) => asked).map(({ wave }) => wave)
      : places.flatMap(({ wave }) => wave ?? []),
  );
  if (has.size === 0) return '';
  const marks = waves.map(({ letter }) => (has.has(letter) ? `<b>${htmlText(letter)}</b>` : '<s>–</s>'));
  return ` <span class="t"><span class="h">${switched(WORDS.asked, locales)}: </span>${marks.join(' ')}</span>`;
}

/** The question as asked, in every language at once: once for all waves that asked it in the same words. */
function questions(root: Root, { wording, locales }: Around): string {
  const versions = new Map<number, { waves: string[]; question: Texts }>();
  for (const { asked, version, wave, question } of wording)
    if (asked) {
      const known = versions.get(version) ?? { waves: [], question };
      known.waves.push(wave);
      versions.set(version, known);
    }
  const several = [...versions.values()];
  if (several.length > 1) return several.map(({ waves, question }) => asked(question, waves)).join('');
  return asked(several[0]?.question ?? questionOf(root.places), []);

  function asked(question: Texts, waves: readonly string[]): string {
    const texts = Object.entries(inLocales(question, locales)).filter(([, words]) => words !== '');
    if (texts.length === 0) return '';
    const head =
      waves.length === 0
        ? switched(WORDS.question, locales)
        : `${switched(WORDS.questionIn, locales)} ${htmlText(waves.join(', '))}`;
    const words = texts.map(
      ([locale, text]) => `<p class="q" lang="${htmlText(locale)}" dir="auto">${htmlText(text)}</p>`,
    );
    return `<div class="a"><b>${head}</b>${words.join('')}</div>`;
  }
}

const questionOf = (places: readonly RootPlace[]): Texts => places.at(-1)?.column.question ?? {};
