import { byVariable } from '../../codebook/concordance.js';
import { MISSING_REASONS } from '../../codebook/missing-reason.js';
import { type Texts } from '../../questionnaire/variable/variable.js';
import { wordsIn } from '../format/file-table.js';
import { variableDetails } from './codebook-html-variable.js';
import { type Root, rootsOf } from './codebook-roots.js';
import { CODEBOOK_DIGESTS, CODEBOOK_SCRIPT, CODEBOOK_STYLE, MOST_LANGUAGES } from './codebook-style.js';
import { WORDS } from './codebook-words.js';
import { dayOf, rootOf } from './description-text.js';
import { htmlText, row, switched } from './html.js';
import { type ReleaseDescription } from './release-description.js';

/**
 * The codebook of a release as one page that needs nothing else: every language in it, search, variables by concept with their
 * waves, wording and frequencies. Each variable is described once for all of its waves. It can be read without its script.
 */
export function* codebookHtml(release: ReleaseDescription): Generator<string> {
  const { locales, study } = release;
  const said = (words: Texts) => switched(words, locales);
  const main = locales[0] ?? 'en';
  const policy = `default-src 'none'; style-src 'sha256-${CODEBOOK_DIGESTS.style}'; script-src 'sha256-${CODEBOOK_DIGESTS.script}'; base-uri 'none'; form-action 'none'`;
  const title = `${wordsIn(study.title, main, locales)} · ${wordsIn(WORDS.codebook, main, [])} · ${release.name}`;
  yield `<!doctype html>
<html lang="${htmlText(main)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${htmlText(title)}</title><style>${CODEBOOK_STYLE}</style></head><body>
<header>${locales.length > 1 ? languages(locales) : ''}<h1>${said(study.title)}</h1><p>${said(WORDS.codebook)} · ${said(release.kind === 'SUF' ? WORDS.suf : WORDS.puf)} · ${htmlText(release.name)}</p></header>
<main>
`;
  yield about(release, said);
  yield contents(release, said);
  yield wavesTable(release, said);
  yield filesTable(release, said);
  yield missingTable(said);
  yield others(release, said);
  yield `<h2 id="variables">${said(WORDS.variables)}</h2>
<div class="bar" hidden><label for="search">${said(WORDS.search)}</label><input id="search" type="search" autocomplete="off" spellcheck="false"><p role="status" hidden>${said(WORDS.found)}: <span id="found"></span></p></div>
`;
  yield* variables(release, said);
  yield `</main>\n<script>${CODEBOOK_SCRIPT}</script></body></html>\n`;
}

type Said = (words: Texts) => string;

/** Languages by their own names where the page knows them. */
const NAMES: Readonly<Record<string, string>> = { en: 'English', ru: 'Русский' };

function languages(locales: readonly string[]): string {
  const choices = locales
    .slice(0, MOST_LANGUAGES)
    .map(
      (locale, index) =>
        `<label class="lang"><input type="radio" name="lang" id="lang${index}"${index === 0 ? ' checked' : ''}><span lang="${htmlText(locale)}">${htmlText(NAMES[locale] ?? locale)}</span></label>`,
    );
  return `<fieldset><legend>${switched(WORDS.language, locales)}</legend>${choices.join('')}</fieldset>`;
}

function about(release: ReleaseDescription, said: Said): string {
  const { study, version, madeAt, software, authors, formats, erased } = release;
  const facts: [Texts, string][] = [
    ...(study.population ? [[WORDS.population, said(study.population)] satisfies [Texts, string]] : []),
    [WORDS.countries, study.hostCountries.map(({ name }) => said(name)).join(', ')],
    [WORDS.authors, htmlText(authors.map(({ name }) => name).join('; '))],
    [WORDS.version, htmlText(version)],
    [WORDS.made, dayOf(madeAt)],
    [WORDS.formats, htmlText(formats.join(', '))],
    [WORDS.software, htmlText(software)],
    [WORDS.erased, String(erased)],
  ];
  const shown = facts.filter(([, fact]) => fact !== '');
  return `<dl>${shown.map(([term, fact]) => `<dt>${said(term)}</dt><dd>${fact}</dd>`).join('')}</dl>\n`;
}

/** Links to the parts that there are. */
function contents({ waves, files, rules, leftOut, notPooled }: ReleaseDescription, said: Said): string {
  const parts: [string, Texts, boolean][] = [
    ['variables', WORDS.variables, true],
    ['waves', WORDS.waves, waves.length > 0],
    ['files', WORDS.files, files.length > 0],
    ['missing', WORDS.missing, true],
    ['rules', WORDS.rules, rules.length > 0],
    ['left-out', WORDS.leftOut, leftOut.length > 0],
    ['not-pooled', WORDS.notPooled, notPooled.length > 0],
  ];
  const links = parts.flatMap(([id, words, isThere]) =>
    isThere ? [`<li><a href="#${id}">${said(words)}</a></li>`] : [],
  );
  return `<nav aria-labelledby="contents"><span class="h" id="contents">${said(WORDS.contents)}</span><ul>${links.join('')}</ul></nav>\n`;
}

/** A table under its heading; wide ones are moved sideways, with the keyboard too. */
function section(
  id: string,
  heading: Texts,
  heads: readonly Texts[],
  rows: readonly string[],
  said: Said,
): string {
  if (rows.length === 0) return '';
  return `<h2 id="${id}">${said(heading)}</h2><div class="s" tabindex="0" role="region" aria-labelledby="${id}"><table><thead>${row(heads.map(said), 'th')}</thead><tbody>${rows.join('')}</tbody></table></div>\n`;
}

const wavesTable = ({ waves }: ReleaseDescription, said: Said): string =>
  section(
    'waves',
    WORDS.waves,
    [WORDS.wave, WORDS.title, WORDS.opened, WORDS.closed, WORDS.questionnaire],
    waves.map(({ letter, title, openedOn, closedOn, questionnaire: { id, sha256 } }) =>
      row([
        htmlText(letter),
        said(title),
        htmlText(openedOn),
        htmlText(closedOn ?? '–'),
        `<code>${htmlText(id)}</code> <code class="m">${htmlText(sha256.slice(0, 12))}</code>`,
      ]),
    ),
    said,
  );

const filesTable = ({ files }: ReleaseDescription, said: Said): string =>
  section(
    'files',
    WORDS.files,
    [WORDS.file, WORDS.content, WORDS.key, WORDS.rows, WORDS.columns],
    files.map(({ table: { name, label, key, rows, columns } }) =>
      row([
        `<code>${htmlText(name)}</code>`,
        said(label),
        `<code>${htmlText(key.join(' × '))}</code>`,
        String(rows),
        String(columns.length),
      ]),
    ),
    said,
  );

const missingTable = (said: Said): string =>
  section(
    'missing',
    WORDS.missing,
    [WORDS.code, WORDS.letter, WORDS.meaning],
    MISSING_REASONS.map(({ code, stata, words }) => row([String(code), htmlText(stata), said({ ...words })])),
    said,
  );

function others({ rules, leftOut, notPooled }: ReleaseDescription, said: Said): string {
  const listed = rules.map((rule) => `<li>${said(rule)}</li>`).join('');
  return [
    listed === '' ? '' : `<h2 id="rules">${said(WORDS.rules)}</h2><ul>${listed}</ul>\n`,
    section(
      'left-out',
      WORDS.leftOut,
      [WORDS.file, WORDS.why],
      leftOut.map(({ file, why }) => row([`<code>${htmlText(file)}</code>`, said(why)])),
      said,
    ),
    section(
      'not-pooled',
      WORDS.notPooled,
      [WORDS.variable, WORDS.why],
      notPooled.map(({ variable, why }) =>
        row([`<code>${htmlText(variable)}</code>`, `<span lang="en">${htmlText(why.join('; '))}</span>`]),
      ),
      said,
    ),
  ].join('');
}

/** Variables by concept, in the order of its first one; those without a concept by the kind of their file. */
function* variables(release: ReleaseDescription, said: Said): Generator<string> {
  const wording = new Map(byVariable(release.wording).map((rows) => [rows[0]?.variable ?? '', rows]));
  const groups = new Map<string, { heading: string; roots: Root[] }>();
  for (const root of rootsOf(release)) {
    const key = root.concept === undefined ? `file ${root.family}` : `concept ${root.concept}`;
    const group = groups.get(key) ?? { heading: headingOf(root, release, said), roots: [] };
    group.roots.push(root);
    groups.set(key, group);
  }
  const inOrder = [...groups].sort(
    ([a], [b]) => Number(b.startsWith('concept')) - Number(a.startsWith('concept')),
  );
  for (const [, { heading, roots }] of inOrder) {
    yield `<section class="g"><h3>${heading}</h3>\n`;
    for (const root of roots)
      yield variableDetails(root, idOf(root), {
        locales: release.locales,
        waves: release.waves,
        wording: root.family === 'indresp' ? (wording.get(root.name) ?? []) : [],
      });
    yield '</section>\n';
  }
}

const idOf = ({ family, name }: Root): string => htmlText(`v-${family === '' ? '' : `${family}-`}${name}`);

function headingOf({ concept, family }: Root, { files, waves }: ReleaseDescription, said: Said): string {
  if (concept !== undefined) return htmlText(concept);
  const own = files.filter(({ table }) => rootOf(table, waves) === family);
  const [only] = own;
  if (only && own.length === 1) return said(only.table.label);
  return family === '' ? said(WORDS.key) : `${said(WORDS.file)} <code>${htmlText(family)}</code>`;
}
