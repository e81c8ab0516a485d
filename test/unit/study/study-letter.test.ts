import { type ContactStep } from '../../../src/study/contact-plan.js';
import { letterProblems, lettersOf, parseLetter } from '../../../src/study/study-letter.js';
import { type WaveFile } from '../../../src/study/study.js';

const text = '# Subject\n\nHello {link} and {unsubscribeLink}, {minutes} until {closesOn}\n';

const aStudy = (...contactPlan: ContactStep[]) => ({
  locales: ['ru', 'en'],
  waves: [{ contactPlan } as WaveFile],
});
const invitation: ContactStep = { step: 'invitation', afterDays: 0, letter: 'invitation' };
const thanks: ContactStep = { step: 'thanks', kind: 'thanks', afterDays: 0, letter: 'thanks' };

/** Good letters of every study, with others in their place. */
const files = (changes: Record<string, string | undefined>): Map<string, string> =>
  new Map(
    Object.entries({
      ...both('invitation', text),
      ...both('remind-me', text),
      ...both('new-link', '# Subject\n\nHello {link}\n'),
      ...both('nothing-open', '# Subject\n\nHello\n'),
      ...changes,
    }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
const both = (letter: string, content: string) => ({
  [`${letter}.ru.md`]: content,
  [`${letter}.en.md`]: content,
});

const faultsWith = (changes: Record<string, string | undefined>, ...plan: ContactStep[]): string[] =>
  letterProblems(aStudy(invitation, ...plan), files(changes)).map(
    ({ path, sentence }) => `${path}: ${sentence}`,
  );

it('a letter has a subject and a body', () => {
  expect(parseLetter('#  Тема \r\n\r\nТекст\n\n')).toEqual({ subject: 'Тема', body: 'Текст\n' });
  expect(parseLetter('Тема\n\nТекст')).toBeUndefined();
  expect(parseLetter('# Тема\n\n')).toBeUndefined();
});

it('the letters of a study are those of its plans, each once, and those that every study has', () => {
  const names = lettersOf(aStudy(invitation, { ...invitation, step: 'again', afterDays: 1 }, thanks));
  expect(names.toSorted()).toEqual(['invitation', 'new-link', 'nothing-open', 'remind-me', 'thanks']);
});

it('letters are complete when each locale has its text with what it needs', () => {
  expect(faultsWith({})).toEqual([]);
});

it.each([
  ['missing in a locale', undefined, 'There is no such file; write the letter in this locale.'],
  [
    'without a subject',
    'Hello {link} {unsubscribeLink}',
    'Begin with a line "# " and the subject, then write the letter.',
  ],
  ['without the link', text.replace('{link}', ''), 'The letter lacks {link}; put it in.'],
  [
    'without a way to stop',
    text.replace('{unsubscribeLink}', ''),
    'The letter lacks {unsubscribeLink}; put it in.',
  ],
  [
    'with a name in it',
    text.replace('Hello', 'Hello {name}'),
    'No letter is given {name}; use only {link}, {minutes}, {closesOn}, {unsubscribeLink}.',
  ],
  ['with the link in the subject', text.replace('Subject', '{link}'), 'Take {link} out of the subject.'],
])('a letter of a plan, and a reminder that was asked for, are refused when %s', (_, content, sentence) => {
  for (const letter of ['invitation', 'remind-me'])
    expect(faultsWith({ [`${letter}.ru.md`]: content })).toEqual([`letters/${letter}.ru.md: ${sentence}`]);
});

it('a new link needs the link and is given nothing else: who asked for it is not written to by a plan', () => {
  expect(faultsWith({ 'new-link.en.md': '# Subject\n\nHello {unsubscribeLink}\n' })).toEqual([
    'letters/new-link.en.md: The letter lacks {link}; put it in.',
    'letters/new-link.en.md: This letter is not given {unsubscribeLink}; use only {link}.',
  ]);
});

it('who has no open survey is given no link at all', () => {
  expect(faultsWith({ 'nothing-open.ru.md': '# Subject\n\nHello {link}\n' })).toEqual([
    'letters/nothing-open.ru.md: This letter is not given {link}; take it out.',
  ]);
  expect(faultsWith({ 'nothing-open.en.md': undefined })).toEqual([
    'letters/nothing-open.en.md: There is no such file; write the letter in this locale.',
  ]);
});

it('thanks need a way to stop alone, and are given no link: it is revoked by then', () => {
  const stopOnly = '# Subject\n\nThanks {unsubscribeLink}\n';
  expect(faultsWith(both('thanks', stopOnly), thanks)).toEqual([]);
  expect(
    faultsWith({ ...both('thanks', stopOnly), 'thanks.ru.md': '# Subject\n\nThanks {link}\n' }, thanks),
  ).toEqual([
    'letters/thanks.ru.md: The letter lacks {unsubscribeLink}; put it in.',
    'letters/thanks.ru.md: This letter is not given {link}; use only {unsubscribeLink}.',
  ]);
});

it('a letter that two kinds of steps share needs what both need', () => {
  const shared = { ...thanks, letter: 'invitation' };
  expect(faultsWith({}, shared)).toContain(
    'letters/invitation.ru.md: This letter is not given {link}; use only {unsubscribeLink}.',
  );
});
