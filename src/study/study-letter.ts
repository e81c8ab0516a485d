import { stepsOf } from './contact-plan.js';
import { type StudyFault } from './study.problems.js';
import { type StudyFile } from './study.js';

/** A letter as it stands in `letters/<letter>.<locale>.md`: first line `# subject`, then Markdown. */
export interface StudyLetter {
  subject: string;
  body: string;
}

type Placeholder = 'link' | 'minutes' | 'closesOn' | 'unsubscribeLink';

/** What a letter is given to be filled with, and what of it must stand in it. */
interface LetterRule {
  given: readonly Placeholder[];
  needed: readonly Placeholder[];
}

const EVERYTHING: readonly Placeholder[] = ['link', 'minutes', 'closesOn', 'unsubscribeLink'];
const LINKS: readonly Placeholder[] = ['link', 'unsubscribeLink'];

/** Letters that every study has, whatever its plans: the answers to what people ask for. */
const FIXED_LETTERS: Readonly<Record<string, LetterRule>> = {
  /** The reminder that a person asked for. */
  'remind-me': { given: EVERYTHING, needed: LINKS },
  /** The new link that a person asked for. */
  'new-link': { given: ['link'], needed: ['link'] },
  /** What a person gets who asked for a new link while no survey of theirs is open. */
  'nothing-open': { given: [], needed: [] },
};

/** File name, in the study's `letters/`, of a letter in a locale. */
export const letterFile = (letter: string, locale: string): string => `${letter}.${locale}.md`;

/** Splits a letter's text into subject and body; undefined where the first line is no `# subject` or nothing follows. */
export function parseLetter(text: string): StudyLetter | undefined {
  const [, subject, body] = /^# +(\S.*?)\s*\r?\n([\s\S]*)$/.exec(text) ?? [];
  return subject && body?.trim() ? { subject, body: body.trim() + '\n' } : undefined;
}

/** The names of all letters of a study: those of its contact plans, and those that every study has. */
export const lettersOf = (study: Pick<StudyFile, 'waves'>): string[] => [...rulesOf(study).keys()];

/**
 * What is wrong with a study's letters: each must exist in every locale, begin with its subject, contain the links that it needs, and ask
 * for nothing that it is not given.
 * @param texts  contents by file name, such as `invitation.ru.md`
 */
export function letterProblems(
  study: Pick<StudyFile, 'locales' | 'waves'>,
  texts: ReadonlyMap<string, string>,
): StudyFault[] {
  return [...rulesOf(study)].flatMap(([letter, rule]) =>
    study.locales.flatMap((locale) => {
      const path = `letters/${letterFile(letter, locale)}`;
      return faultsOf(texts.get(letterFile(letter, locale)), rule).map((sentence) => ({ path, sentence }));
    }),
  );
}

/** What each letter of a study is given and needs. Thanks lead nowhere: the questionnaire was sent, and its links are revoked. */
function rulesOf({ waves }: Pick<StudyFile, 'waves'>): Map<string, LetterRule> {
  const rules = new Map(Object.entries(FIXED_LETTERS));
  for (const { letter, kind } of waves.flatMap(({ contactPlan }) => stepsOf(contactPlan))) {
    const ofKind: LetterRule =
      kind === 'thanks'
        ? { given: ['unsubscribeLink'], needed: ['unsubscribeLink'] }
        : { given: EVERYTHING, needed: LINKS };
    const before = rules.get(letter) ?? ofKind;
    rules.set(letter, {
      given: ofKind.given.filter((name) => before.given.includes(name)),
      needed: [...new Set([...before.needed, ...ofKind.needed])],
    });
  }
  return rules;
}

function faultsOf(text: string | undefined, { given, needed }: LetterRule): string[] {
  if (text === undefined) return ['There is no such file; write the letter in this locale.'];
  const letter = parseLetter(text);
  if (!letter) return ['Begin with a line "# " and the subject, then write the letter.'];
  const inSubject = placeholdersOf(letter.subject);
  const inBody = placeholdersOf(letter.body);
  const isGiven = (name: string) => given.some((one) => one === name);
  return [
    ...needed
      .filter((name) => !inBody.includes(name))
      .map((name) => `The letter lacks {${name}}; put it in.`),
    ...[...inSubject, ...inBody].filter((name) => !isGiven(name)).map((name) => notGiven(name, given)),
    ...LINKS.filter((name) => isGiven(name) && inSubject.includes(name)).map(
      (name) => `Take {${name}} out of the subject.`,
    ),
  ];
}

const notGiven = (name: string, given: readonly Placeholder[]): string => {
  const use = given.length === 0 ? 'take it out' : `use only {${given.join('}, {')}}`;
  return given.length === EVERYTHING.length
    ? `No letter is given {${name}}; ${use}.`
    : `This letter is not given {${name}}; ${use}.`;
};

const placeholdersOf = (text: string): string[] =>
  [...text.matchAll(/\{(\w*)\}/g)].map((match) => match[1] ?? '');
