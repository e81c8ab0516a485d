import { MISSING_REASONS } from '../../codebook/missing-reason.js';
import { type ConcordanceRow } from '../../codebook/concordance.js';
import { type Texts } from '../../questionnaire/variable/variable.js';
import { AAPOR_EDITION } from '../../wave/disposition.js';
import { type FileColumn } from '../format/file-table.js';
import { dayOf, inLocales } from './description-text.js';
import { type Frequencies } from './frequencies.js';
import { type DescribedFile, type ReleaseDescription } from './release-description.js';

/**
 * The codebook of a release as JSON in pieces: what the release is, then every file with its key and every column with its words
 * in each language, its codes, missing reasons and counts. Properties stand in a fixed order; the text ends with a line break.
 */
export function* codebookJson(release: ReleaseDescription): Generator<string> {
  const head = JSON.stringify(releasePart(release), null, 1);
  yield `${head.slice(0, -'\n}'.length)},\n "files": [`;
  for (const [index, file] of release.files.entries()) {
    const { variables, ...rest } = filePart(file, release);
    yield `${index === 0 ? '' : ','}\n${JSON.stringify(rest).slice(0, -1)},"variables":[`;
    for (const [position, variable] of variables.entries())
      yield `${position === 0 ? '' : ','}\n ${JSON.stringify(variable)}`;
    yield '\n]}';
  }
  yield '\n ]\n}\n';
}

/** The codebook of one file as JSON on one line, as it travels inside a data file. */
export const fileCodebookJson = (file: DescribedFile, release: ReleaseDescription): string =>
  JSON.stringify({ ...nameOf(release), ...filePart(file, release) });

const nameOf = ({ study, name, kind, version, madeAt, software, locales }: ReleaseDescription) => ({
  study: study.id,
  title: inLocales(study.title, locales),
  release: name,
  kind,
  version,
  madeOn: dayOf(madeAt),
  software,
  locales,
});

function releasePart(release: ReleaseDescription) {
  const { study, locales } = release;
  const words = (texts: Texts) => inLocales(texts, locales);
  return {
    ...nameOf(release),
    directory: release.directory,
    studyCode: study.code,
    ...(study.population ? { population: words(study.population) } : {}),
    hostCountries: study.hostCountries.map(({ code, name }) => ({ code, name: words(name) })),
    authors: release.authors.map(({ name }) => ({ name })),
    formats: release.formats,
    dispositionEdition: AAPOR_EDITION,
    erasedSince: release.erased,
    rules: release.rules.map(words),
    missingReasons: MISSING_REASONS.map(({ code, stata, words: label }) => ({
      code,
      stata,
      label: inLocales({ ...label }, locales),
    })),
    waves: release.waves.map(({ letter, title, openedOn, closedOn, questionnaire: { id, sha256 } }) => ({
      letter,
      title: words(title),
      openedOn,
      closedOn,
      questionnaire: { id, sha256 },
    })),
    leftOut: release.leftOut.map(({ file, why }) => ({ file, why: words(why) })),
    notPooled: release.notPooled.map(({ variable, why }) => ({ variable, why })),
    wording: release.wording.map((row) => wordingPart(row, words)),
  };
}

function wordingPart(row: ConcordanceRow, words: (texts: Texts) => Texts) {
  const { variable, wave, asked, version, type, measure, question, codes, comparable, recode, why } = row;
  return {
    ...{ variable, wave, asked, version, type, measure, question: words(question) },
    ...(codes ? { values: codes.map(({ code, label }) => ({ code, label: words(label) })) } : {}),
    comparable,
    ...(recode ? { recode } : {}),
    ...(why === undefined ? {} : { why }),
  };
}

const filePart = ({ table, frequencies }: DescribedFile, { locales }: ReleaseDescription) => ({
  file: table.name,
  label: inLocales(table.label, locales),
  key: table.key,
  rows: table.rows,
  variables: table.columns.map((column, index) =>
    variablePart(column, frequencies[index] as Frequencies, locales),
  ),
});

function variablePart(column: FileColumn, counted: Frequencies, locales: readonly string[]) {
  const { name, type, measure, label, question, universe, concept, wave, item, values, missing } = column;
  const words = (texts: Texts) => inLocales(texts, locales);
  return {
    name,
    type,
    measure,
    label: words(label),
    ...(question ? { question: words(question) } : {}),
    ...(concept === undefined ? {} : { concept }),
    ...(wave === undefined ? {} : { wave }),
    ...(item === undefined ? {} : { item }),
    ...(universe
      ? {
          universe: {
            expression: universe.expression,
            ...(universe.text ? { text: words(universe.text) } : {}),
          },
        }
      : {}),
    filled: counted.filled,
    empty: counted.empty,
    valid: counted.valid,
    ...(values.length > 0
      ? {
          values: values.map(({ code, label: of }, index) => ({
            code,
            label: words(of),
            count: counted.values[index]?.count ?? 0,
          })),
        }
      : {}),
    ...(counted.undeclared.length > 0 ? { undeclared: counted.undeclared } : {}),
    ...(counted.more > 0 ? { more: counted.more } : {}),
    missing: missing.map(({ code, stata, label: of }, index) => ({
      code,
      stata: `.${stata}`,
      label: words(of),
      count: counted.missing[index]?.count ?? 0,
    })),
    ...(counted.statistics ? { statistics: counted.statistics } : {}),
    ...(counted.words ? { words: counted.words } : {}),
  };
}
