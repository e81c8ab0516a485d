import { localeIn, type VisitedWorld } from '../../../src/demo/visits.node.js';

const waves = new Map(
  ['a', 'k', 'b', 'l', 'c'].map((letter, nr) => [letter, { letter, nr }]),
) as unknown as VisitedWorld['waves'];
const person = { locale: 'ru', switches: { wave: 'b', locale: 'en' } } as Parameters<typeof localeIn>[0];

test('whoever changes their language answers in the new one from that wave on', () => {
  expect(['a', 'k', 'b', 'c'].map((wave) => localeIn(person, wave, waves))).toEqual(['ru', 'ru', 'en', 'en']);
  expect(localeIn({ ...person, switches: undefined } as never, 'c', waves)).toBe('ru');
});
