import { inEach } from './ddi-text.js';
import { ddiVariable } from './ddi-variable.js';
import { dayOf, inLocales, mainWords } from './description-text.js';
import { type Frequencies } from './frequencies.js';
import { type DescribedFile, type ReleaseDescription } from './release-description.js';
import { element, xmlAttribute, xmlText } from './xml.js';

/**
 * The codebook of a release as DDI-Codebook, in pieces. Both versions are one document but for its namespace.
 * @see https://ddialliance.org/Specification/DDI-Codebook/2.5/
 */
export function* ddiCodebook(release: ReleaseDescription, version: '2.5' | '2.6' = '2.5'): Generator<string> {
  const namespace = `ddi:codebook:${version.replace('.', '_')}`;
  const language = xmlAttribute(release.locales[0] ?? 'en');
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<codeBook xmlns="${namespace}" version="${version}" xml:lang="${language}">\n`;
  yield `${element('docDscr', {}, documentCitation(release))}\n${study(release)}\n`;
  for (const [index, file] of release.files.entries()) yield `${fileDescription(file, index, release)}\n`;
  for (const [index, { table, frequencies }] of release.files.entries()) {
    yield '<dataDscr>\n';
    for (const [position, column] of table.columns.entries())
      yield `${ddiVariable(column, frequencies[position] as Frequencies, {
        file: fileId(index),
        id: `${fileId(index)}_V${position + 1}`,
        locales: release.locales,
      })}\n`;
    yield '</dataDscr>\n';
  }
  yield '</codeBook>\n';
}

const fileId = (index: number): string => `F${index + 1}`;

function documentCitation(release: ReleaseDescription): string {
  return element('citation', {}, `${titles(release)}${production(release)}`);
}

function titles({ study, locales, name }: ReleaseDescription): string {
  const [main, ...others] = Object.entries(inLocales(study.title, locales)).filter(
    ([, words]) => words !== '',
  );
  return element(
    'titlStmt',
    {},
    [
      element('titl', main ? { 'xml:lang': main[0] } : {}, xmlText(main?.[1] ?? study.id)),
      ...others.map(([locale, words]) => element('parTitl', { 'xml:lang': locale }, xmlText(words))),
      element('IDNo', {}, xmlText(name)),
    ].join(''),
  );
}

function production({ madeAt, software }: ReleaseDescription): string {
  const day = dayOf(madeAt);
  return element(
    'prodStmt',
    {},
    element('prodDate', { date: day }, day) + element('software', {}, xmlText(software)),
  );
}

function study(release: ReleaseDescription): string {
  const { authors, version, kind, madeAt, locales, rules, erased } = release;
  const citation = [
    titles(release),
    ...(authors.length > 0
      ? [element('rspStmt', {}, authors.map(({ name }) => element('AuthEnty', {}, xmlText(name))).join(''))]
      : []),
    production(release),
    element('verStmt', {}, element('version', { date: dayOf(madeAt), type: kind }, xmlText(version))),
  ];
  const method = [
    element('timeMeth', { 'xml:lang': 'en' }, 'Longitudinal: panel'),
    element('collMode', { 'xml:lang': 'en' }, 'Self-administered questionnaire: web-based'),
  ];
  const notes = [
    ...rules.map((rule) => inEach('notes', rule, locales, { type: 'disclosure control' })),
    element('notes', { type: 'people erased since the release was made' }, String(erased)),
  ];
  return element(
    'stdyDscr',
    {},
    [
      element('citation', {}, citation.join('')),
      element('stdyInfo', {}, element('sumDscr', {}, summary(release))),
      element('method', {}, element('dataColl', {}, method.join(''))),
      ...notes,
    ].join('\n'),
  );
}

function summary({ waves, study: { hostCountries, population }, locales }: ReleaseDescription): string {
  const dates = waves.flatMap(({ letter, openedOn, closedOn }) =>
    [
      { event: 'start', day: openedOn },
      { event: 'end', day: closedOn },
    ].flatMap(({ event, day }) =>
      day === null ? [] : [element('collDate', { event, cycle: letter, date: day }, day)],
    ),
  );
  const nations = hostCountries.map(({ code, name }) => inEach('nation', name, locales, { abbr: code }));
  return [
    ...dates,
    ...nations,
    element('anlyUnit', { 'xml:lang': 'en' }, 'Individual'),
    population ? inEach('universe', population, locales) : '',
    element('dataKind', { 'xml:lang': 'en' }, 'Survey data'),
  ].join('');
}

function fileDescription({ table }: DescribedFile, index: number, release: ReleaseDescription): string {
  const dimensions =
    element('caseQnty', {}, String(table.rows)) + element('varQnty', {}, String(table.columns.length));
  const main = release.locales[0] ?? 'en';
  const content = [
    element('fileName', {}, xmlText(table.name)),
    element('fileCont', { 'xml:lang': main }, xmlText(mainWords(table.label, release))),
    element('dimensns', {}, dimensions),
    element('fileType', {}, xmlText(release.formats.join(', '))),
  ];
  const others = Object.fromEntries(Object.entries(table.label).filter(([locale]) => locale !== main));
  return element(
    'fileDscr',
    { ID: fileId(index) },
    [
      element('fileTxt', {}, content.join('')),
      element('notes', { type: 'unique key' }, xmlText(table.key.join(' '))),
      inEach('notes', others, release.locales, { type: 'content' }),
    ].join(''),
  );
}
