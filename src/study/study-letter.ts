import { type StudyFault } from './study.problems.js';
import { type StudyFile } from './study.js';

/** A letter as it stands in `letters/<letter>.<locale>.md`: first line `# subject`, then Markdown. */
export interface StudyLetter {
  subject: string;
  body: string;
}

const PLACEHOLDERS = ['link', 'minutes', 'closesOn', 'unsubscribeLink'];
const NEEDED = ['link', 'unsubscribeLink'];

/** File name, in the study's `letters/`, of a letter in a locale. */
export const letterFile = (letter: string, locale: string): string => `${letter}.${locale}.md`;

/** Splits a letter's text into subject and body; undefined where the first line is no `# subject` or nothing follows. */
export function parseLetter(text: string): StudyLetter | undefined {
  const [, subject, body] = /^# +(\S.*?)\s*\r?\n([\s\S]*)$/.exec(text) ?? [];
  return subject && body?.trim() ? { subject, body: body.trim() + '\n' } : undefined;
}

/**
 * What is wrong with a study's letters: each letter of each contact plan must exist in every locale, begin with its
 * subject, contain the links, and ask for nothing that no letter is given.
 * @param texts  contents by file name, such as `invitation.ru.md`
 */
export function letterProblems(
  study: Pick<StudyFile, 'locales' | 'waves'>,
  texts: ReadonlyMap<string, string>,
): StudyFault[] {
  const letters = new Set(study.waves.flatMap((wave) => wave.contactPlan.map((step) => step.letter)));
  return [...letters].flatMap((letter) =>
    study.locales.flatMap((locale) => {
      const path = `letters/${letterFile(letter, locale)}`;
      return faultsOf(texts.get(letterFile(letter, locale))).map((sentence) => ({ path, sentence }));
    }),
  );
}

function faultsOf(text: string | undefined): string[] {
  if (text === undefined) return ['There is no such file; write the letter in this locale.'];
  const letter = parseLetter(text);
  if (!letter) return ['Begin with a line "# " and the subject, then write the letter.'];
  const inSubject = placeholdersOf(letter.subject);
  const inBody = placeholdersOf(letter.body);
  return [
    ...NEEDED.filter((name) => !inBody.includes(name)).map(
      (name) => `The letter lacks {${name}}; put it in.`,
    ),
    ...[...inSubject, ...inBody]
      .filter((name) => !PLACEHOLDERS.includes(name))
      .map((name) => `No letter is given {${name}}; use only {${PLACEHOLDERS.join('}, {')}}.`),
    ...NEEDED.filter((name) => inSubject.includes(name)).map((name) => `Take {${name}} out of the subject.`),
  ];
}

const placeholdersOf = (text: string): string[] =>
  [...text.matchAll(/\{(\w*)\}/g)].map((match) => match[1] ?? '');
