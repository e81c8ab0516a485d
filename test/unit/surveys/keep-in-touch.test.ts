import { lintQuestionnaire } from '../../../src/questionnaire/lint/lint.js';
import { parseLetter } from '../../../src/study/study-letter.js';
import { modelFor, questionsOf, readJson, readText, shownIn, textsOf } from './follow-up.js';
import { PEOPLE, type Person } from './follow-up-people.js';
import { minutesOf } from './wave-reading.js';

const json = readJson('keep-in-touch.json');
const shownTo = ({ prev, answers }: Person) =>
  shownIn(Object.assign(modelFor(json, prev), { data: answers }));

describe('the check-in between waves', () => {
  it('lints clean and speaks both languages', async () => {
    expect(await lintQuestionnaire(json, { locales: ['ru', 'en'] })).toEqual([]);
    for (const text of textsOf(json)) expect(Object.keys(text).sort()).toEqual(['en', 'ru']);
  });

  it('asks whether people live there still, can be reached and had changes', () => {
    expect(shownTo(PEOPLE.stayer)).toEqual(['res_same', 'contact_ok', 'any_change']);
    expect(shownTo(PEOPLE.mover)).toEqual(['res_same', 'spells', 'contact_ok', 'any_change']);
    expect(shownTo(PEOPLE.unknown)).toEqual(['spells', 'contact_ok', 'any_change']);
  });

  it('codes its items as the waves do', () => {
    const coded = (wave: string, name: string) =>
      questionsOf(wave)
        .find((q) => q.name === name)
        ?.choices?.map(({ value, code }) => [value, code]);
    for (const name of ['res_same', 'contact_ok', 'sp_country', 'sp_year', 'sp_month'])
      expect(coded('keep-in-touch', name)).toEqual(coded('b', name));
  });

  it('takes under a minute, a move included', () => {
    for (const { prev, answers } of [PEOPLE.stayer, PEOPLE.mover, PEOPLE.returner, PEOPLE.unknown])
      for (const locale of ['ru', 'en'] as const)
        expect(minutesOf(modelFor(json, prev, locale), answers, locale)).toBeLessThan(1);
  });
});

describe('the letter that invites to a follow-up wave', () => {
  it.each(['ru', 'en'])('stands in %s with its links, and promises what the reminders keep', (locale) => {
    const letter = parseLetter(readText(`letters/invitation-follow-up.${locale}.md`));
    const placeholders = [...(letter?.body.matchAll(/\{(\w+)\}/g) ?? [])].map((match) => match[1]);
    expect(placeholders.sort()).toEqual(['closesOn', 'link', 'minutes', 'unsubscribeLink']);
    expect(letter?.subject).not.toMatch(/[{}]/);
  });
});
