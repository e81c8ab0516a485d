import { sayInApp } from '../../../src/web/shared/app-texts.js';
import {
  clockTime,
  dateInWords,
  directionOf,
  interfaceLocale,
  languageName,
} from '../../../src/web/shared/locale.js';
import { type Sentence, speaker } from '../../../src/web/shared/say.js';
import { say } from '../../../src/web/shared/texts.js';

const count: Sentence = {
  one: '{count} дом',
  few: '{count} дома',
  many: '{count} домов',
  other: '{count} дома',
};

describe('speaker', () => {
  const tell = speaker({
    ru: { count, plain: 'От {a}' },
    en: { count: { one: '{count} house', other: '{count} houses' }, plain: 'By {a}' },
  });

  it.each([
    [1, '1 дом'],
    [3, '3 дома'],
    [11, '11 домов'],
    [21, '21 дом'],
    [0.5, '0.5 дома'],
  ])('gives the Russian plural form of %d', (given, sentence) => {
    expect(tell('ru', 'count', { count: given })).toBe(sentence);
  });

  it('falls back to “other” for a form that the language does not have', () => {
    expect(tell('en', 'count', { count: 3 })).toBe('3 houses');
  });

  it('fills in parameters and leaves an unknown one visible', () => {
    expect(tell('en', 'plain', { a: 'x' })).toBe('By x');
    expect(tell('en', 'plain')).toBe('By {a}');
  });

  it('speaks English to a locale without an interface of its own', () => {
    expect(tell('sr', 'plain', { a: 'x' })).toBe('By x');
    expect(tell('ru-KZ', 'plain', { a: 'x' })).toBe('От x');
  });
});

describe('the respondents’ texts', () => {
  it('count minutes in whole sentences of each language', () => {
    expect(sayInApp('ru', 'app.minutesLeft', { count: 1 })).toBe('Осталась примерно 1 минута');
    expect(sayInApp('ru', 'app.minutesLeft', { count: 7 })).toBe('Осталось примерно 7 минут');
    expect(sayInApp('en', 'app.minutesLeft', { count: 1 })).toBe('About 1 minute left');
    expect(say('ru', 'start.minutes', { from: 18, count: 21 })).toBe('От 18 до 21 минуты.');
  });

  it('name a season of a year in a whole phrase', () => {
    expect(say('ru', 'moved.inAutumn', { year: 2026 })).toBe('Осенью 2026 года');
    expect(say('en', 'moved.inAutumn', { year: 2026 })).toBe('In autumn 2026');
    expect(say('ru', 'moved.faultRegion', { count: 121 })).toBe('Сократите название: не больше 121 знака.');
  });
});

describe('locale', () => {
  it('names languages as they call themselves', () => {
    expect([languageName('ru'), languageName('en')]).toEqual(['Русский', 'English']);
  });

  it('knows the direction of writing', () => {
    expect([directionOf('he'), directionOf('ru'), directionOf('ar-EG')]).toEqual(['rtl', 'ltr', 'rtl']);
  });

  it('chooses an interface language', () => {
    expect([interfaceLocale('ru'), interfaceLocale('RU-ru'), interfaceLocale('kk')]).toEqual([
      'ru',
      'ru',
      'en',
    ]);
  });

  it('writes dates and times as people of the locale do', () => {
    expect(dateInWords('2026-03-05', 'en')).toBe('5 March 2026');
    expect(clockTime(new Date(2026, 2, 5, 14, 2), 'en')).toBe('14:02');
    expect(clockTime(new Date(2026, 2, 5, 14, 2), 'ru')).toBe('14:02');
  });
});
