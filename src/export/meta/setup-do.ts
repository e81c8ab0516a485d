import { type Texts } from '../../questionnaire/variable/variable.js';
import { type FileColumn, wordsIn } from '../format/file-table.js';
import { CodeSets, type CodeSet, partsOf } from './code-sets.js';
import { charactersOf, cutAt, mainWords, onOneLine } from './description-text.js';
import {
  type DescribedFile,
  inAllFormats,
  type IsThere,
  type ReleaseDescription,
} from './release-description.js';
import { checksOf } from './setup-checks.js';

const MOST_CHECKS = 8;
const LONGEST_LABEL = 80;

/**
 * A text between compound quotes. Stata expands macros in any quotes, so a dollar sign is escaped and a backtick becomes a
 * quotation mark of the same look; what would end the quotes or begin a comment is parted.
 */
export function stataText(text: string): string {
  const safe = onOneLine(text)
    .replaceAll('`', '‘')
    .replace(/(^|")'/g, '$1’')
    .replace(/\\(?=\$)/g, '\\ ')
    .replaceAll('$', '\\$')
    .replace(/\/(?=[*/])|\*(?=\/)/g, '$& ');
  return `\`"${safe}"'`;
}

/** A do-file that loads each file, labels what comes from CSV in every language, and checks what it read. */
export function* setupDo(
  release: ReleaseDescription,
  isThere: IsThere = inAllFormats(release),
): Generator<string> {
  yield `* ${onOneLine(release.name)}: loads, labels and checks the files of this folder. Run it there: cd to the folder, then: do setup.do
* To work with one file run its section alone. Missing reasons are .d, .r and so on; tabulate them with: tabulate x, missing
* The other languages of the labels: label language
version 14
set more off
`;
  for (const file of release.files) yield* section(file, release, isThere);
}

function* section(file: DescribedFile, release: ReleaseDescription, isThere: IsThere): Generator<string> {
  const { table } = file;
  const has = { dta: isThere(`${table.name}.dta`), csv: isThere(`${table.name}.csv`) };
  if ((!has.dta && !has.csv) || table.rows === 0) return;
  yield `\n* ---- ${table.name}: ${comment(mainWords(table.label, release))}\n`;
  yield `local dta = 0\nlocal csv = 0\n`;
  if (has.dta) yield `capture confirm file "${table.name}.dta"\nlocal dta = _rc == 0\n`;
  if (has.csv) yield `capture confirm file "${table.name}.csv"\nlocal csv = _rc == 0 & !\`dta'\n`;
  if (has.dta) yield `if \`dta' use "${table.name}.dta", clear\n`;
  if (has.csv) for (const command of fromCsv(file, release)) yield `if \`csv' ${command}\n`;
  yield `if \`dta' | \`csv' {\n`;
  for (const command of [...checks(file), ...timeSettings(file)]) yield `    ${command}\n`;
  yield '}\n';
}

const comment = (text: string): string => onOneLine(text).replace(/\/(?=[*/])/g, '/ ');

function* fromCsv({ table }: DescribedFile, release: ReleaseDescription): Generator<string> {
  const { columns } = table;
  yield `import delimited using "${table.name}.csv", clear varnames(1) case(preserve) encoding("utf-8") bindquote(strict) maxquotedrows(unlimited) stringcols(_all)`;
  const numeric = columns.filter(({ type }) => type === 'numeric').map(({ name }) => name);
  for (const names of partsOf(numeric, 10)) yield `quietly destring ${names.join(' ')}, replace`;
  for (const column of columns) yield* typed(column);
  const sets = new CodeSets([table]);
  for (const [index, locale] of release.locales.entries()) {
    yield index === 0
      ? `label language ${languageOf(locale)}, rename`
      : `label language ${languageOf(locale)}, new`;
    yield `label data ${label(table.label, locale, release)}`;
    for (const set of sets.all()) yield* defined(set, locale, release);
    for (const column of columns) {
      yield `label variable ${column.name} ${label(column.label, locale, release)}`;
      const set = sets.of(column);
      if (set) yield `label values ${column.name} ${nameOf(set, locale)}`;
    }
  }
  yield `label language ${languageOf(release.locales[0] ?? 'en')}`;
  yield 'quietly compress';
}

const languageOf = (locale: string): string => locale.replace(/\W/g, '_');
const nameOf = ({ nr }: CodeSet, locale: string): string => `codes${nr}_${languageOf(locale)}`;
const label = (texts: Texts, locale: string, { locales }: ReleaseDescription): string =>
  stataText(cutAt(onOneLine(wordsIn(texts, locale, locales)), LONGEST_LABEL, charactersOf));

/** Reasons as Stata's letters, days and months as its dates. A capital name is nobody's. */
function* typed({ name, type, missing }: FileColumn): Generator<string> {
  if (missing.length > 0)
    yield `quietly mvdecode ${name}, mv(${missing.map(({ code, stata }) => `${code}=.${stata}`).join(' \\ ')})`;
  if (type === 'numeric' || type === 'string') return;
  const [from, format] = {
    date: [`daily(${name}, "YMD")`, '%td'],
    month: [`monthly(${name}, "YM")`, '%tm'],
    datetime: [`clock(subinstr(${name}, "T", " ", 1), cond(strlen(${name}) > 16, "YMDhms", "YMDhm"))`, '%tc'],
  }[type] as [string, string];
  yield `quietly generate double X = ${from}`;
  yield `order X, after(${name})`;
  yield `drop ${name}`;
  yield `rename X ${name}`;
  yield `format ${name} ${format}`;
}

function* defined(set: CodeSet, locale: string, { locales }: ReleaseDescription): Generator<string> {
  const name = nameOf(set, locale);
  const codes = [
    ...set.values.filter(({ code }) => Number.isInteger(code)),
    ...set.missing.map(({ stata, label: of }) => ({ code: `.${stata}`, label: of })),
  ];
  for (const [index, { code, label: of }] of codes.entries())
    yield `label define ${name} ${code} ${stataText(wordsIn(of, locale, locales))}${index === 0 ? '' : ', add'}`;
}

function checks(file: DescribedFile): string[] {
  const { table } = file;
  return [
    `assert _N == ${table.rows}`,
    `isid ${table.key.join(' ')}`,
    ...checksOf(file, MOST_CHECKS).flatMap(({ variable, valid, mean }) => [
      `quietly summarize ${variable}`,
      `assert r(N) == ${valid}`,
      `assert reldif(r(mean), ${mean}) < 1e-6`,
    ]),
    `display as text "${table.name}: as it should be"`,
  ];
}

/** What a panel and its spells are to Stata: days at risk are counted from 24 February 2022. */
function timeSettings({ table: { name, columns } }: DescribedFile): string[] {
  const typeOf = (column: string) => columns.find((each) => each.name === column)?.type;
  const has = (...names: string[]) => names.every((each) => typeOf(each) !== undefined);
  const dayOf = (column: string) =>
    typeOf(column) === 'string' ? `dofm(monthly(${column}, "YM"))` : `dofm(${column})`;
  const days = (column: string, from: string) => [
    `generate double ${column} = ${from}`,
    `format ${column} %td`,
  ];
  if (name === 'panel_long' && has('pidp', 'wave')) return ['xtset pidp wave'];
  if (name === 'spell_residence' && has('movedin', 'movedout', 'open', 'confirmedon'))
    return [
      ...days('Entered', dayOf('movedin')),
      ...days('Left', `cond(open == 1, confirmedon, ${dayOf('movedout')})`),
      'stset Left, id(pidp) time0(Entered) failure(open == 0) origin(time td(24feb2022)) exit(time .)',
    ];
  if (name === 'moves' && has('month'))
    return [
      ...days('Moved', dayOf('month')),
      'generate byte Move = 1',
      'stset Moved, id(pidp) failure(Move) origin(time td(24feb2022)) exit(time .)',
    ];
  return [];
}
