import { codebook } from '../../src/codebook/codebook.js';
import { lintQuestionnaire } from '../../src/questionnaire/lint/lint.js';
import { letterProblems } from '../../src/study/study-letter.js';
import { parseStudyFile } from '../../src/study/study.js';
import { filesIn, textOf } from '../make/repository.js';

const nameOf = (path: string): string => path.split('/').at(-1) ?? '';
const studies = filesIn('surveys').filter((path) => nameOf(path) === 'study.json');
const questionnairesOf = (study: string): string[] => {
  const folder = study.replace(/study\.json$/, '');
  return filesIn('surveys').filter(
    (path) =>
      path.startsWith(folder) &&
      path.endsWith('.json') &&
      path !== study &&
      !path.slice(folder.length).includes('/'),
  );
};

test('there is a study, and no questionnaire without one', () => {
  expect(studies.length).toBeGreaterThan(0);
  const known = studies.flatMap((study) => [study, ...questionnairesOf(study)]);
  expect(filesIn('surveys').filter((path) => path.endsWith('.json') && !known.includes(path))).toEqual([]);
});

describe.each(studies)('%s', (path) => {
  const study = parseStudyFile(JSON.parse(textOf(path)));

  test('its questionnaires and letters are there', () => {
    const folder = path.replace(/study\.json$/, '');
    const names = questionnairesOf(path).map((file) => file.slice(folder.length));
    expect(study.waves.filter(({ questionnaire }) => !names.includes(questionnaire))).toEqual([]);
    const letters = filesIn(`${folder}letters`).map((file) => [nameOf(file), textOf(file)] as const);
    expect(letterProblems(study, new Map(letters))).toEqual([]);
  });

  test.each(questionnairesOf(path))('%s lints clean and yields a codebook', async (file) => {
    const json = JSON.parse(textOf(file)) as object;
    expect(await lintQuestionnaire(json, { locales: study.locales })).toEqual([]);
    const made = codebook(json, { locales: study.locales });
    expect(made.tables[0]?.variables.length).toBeGreaterThan(0);
    for (const variable of made.tables.flatMap(({ variables }) => variables))
      for (const locale of study.locales) expect(variable.label[locale]).toBeTruthy();
  });
});
