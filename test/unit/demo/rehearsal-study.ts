import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RehearsalPlan, type RehearsedWave } from '../../../src/demo/rehearsal.js';
import { compileQuestionnaire } from '../../../src/questionnaire/check/check.js';
import { feedsOf } from '../../../src/questionnaire/feed/feed.js';
import { deriveVariables } from '../../../src/questionnaire/variable/variables.js';
import { parseStudyFile, type StudyFile, type WaveFile } from '../../../src/study/study.js';

const folder = join(import.meta.dirname, '../../../surveys/new-russian-diasporas');
const readJson = (name: string): object => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object;

export const STUDY: StudyFile = parseStudyFile(readJson('study.json'));
export const OPENS = new Date('2026-11-22T08:00:00Z');

const readied = (json: object): Omit<RehearsedWave, 'file'> => ({
  json,
  check: compileQuestionnaire(json),
  variables: deriveVariables(json),
  feeds: feedsOf(json),
});

const compiled = new Map<string, Omit<RehearsedWave, 'file'>>();

/** The study's waves up to one of them, as their files stand. */
export function studyPlan(letter: string, people: number, seed = 1): RehearsalPlan {
  const waves = STUDY.waves.slice(0, STUDY.waves.findIndex(({ id }) => id === letter) + 1);
  return {
    study: STUDY,
    waves: waves.map((file) => {
      const ready = compiled.get(file.questionnaire) ?? readied(readJson(file.questionnaire));
      compiled.set(file.questionnaire, ready);
      return { file, ...ready };
    }),
    opensAt: OPENS,
    paused: false,
    people,
    seed,
  };
}

const words = (en: string) => ({ ru: `по-русски: ${en}`, en });
export const choices = (...values: string[]) => values.map((value) => ({ value, text: words(value) }));

/** A question with its title in both languages. */
export const ask = (name: string, more: object = {}) => ({
  type: 'radiogroup',
  name,
  title: words(`About ${name}`),
  choices: choices('red', 'green'),
  ...more,
});

/** A page for each question; the first asks for consent. */
const pagesFor = (questions: object[]) =>
  [ask('consent_take_part', { isRequired: true, choices: choices('yes', 'no') }), ...questions].map(
    (question, index) => ({
      name: `p${index}`,
      elements: [question],
      ...(index === 0 ? {} : { visibleIf: `{consent_take_part} = 'yes'` }),
    }),
  );

/** Waves a, b, … whose questionnaires ask these questions on pages of their own, after the consent. */
export function smallPlan(waves: object[][], more: Partial<RehearsalPlan> = {}): RehearsalPlan {
  const [first, next] = [STUDY.waves[0] as WaveFile, STUDY.waves.find(({ id }) => id === 'b') as WaveFile];
  const file: WaveFile = { ...next };
  for (const rule of ['eligibility', 'window', 'experiments'] as const) delete file[rule];
  const files = waves.map((_, index) =>
    index === 0 ? first : { ...file, id: String.fromCharCode('a'.charCodeAt(0) + index) },
  );
  return {
    study: {
      ...STUDY,
      consents: STUDY.consents.filter(({ kind }) => kind === 'participation'),
      waves: files,
    },
    waves: waves.map((questions, index) => ({
      file: files[index] as WaveFile,
      ...readied({ locale: 'ru', pages: pagesFor(questions) }),
    })),
    opensAt: OPENS,
    paused: false,
    people: 220,
    seed: 1,
    ...more,
  };
}
