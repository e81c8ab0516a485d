import {
  newStartCode,
  startCodeHash,
  telegramWords,
} from '../../../../src/contact/telegram/start-code.node.js';
import { parseStudyFile } from '../../../../src/study/study.js';
import { textOf } from '../../../make/repository.js';

const study = parseStudyFile(JSON.parse(textOf('surveys/new-russian-diasporas/study.json')));

it('makes codes that Telegram passes on, each another', () => {
  const codes = Array.from({ length: 100 }, newStartCode);
  for (const code of codes) expect(code).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(new Set(codes).size).toBe(100);
});

it('keeps a code together with the version of the words that were shown', () => {
  const code = newStartCode();
  const kept = startCodeHash(code, '2026-11');
  expect(kept).toHaveLength(32);
  expect(startCodeHash(code, '2026-11')).toEqual(kept);
  for (const version of ['2026-12', undefined]) expect(startCodeHash(code, version)).not.toEqual(kept);
  expect(startCodeHash(newStartCode(), '2026-11')).not.toEqual(kept);
});

it('knows all words by which a study asks for the consent', () => {
  const [words, ...none] = telegramWords(study);
  expect(none).toEqual([]);
  expect(words).toMatchObject({ id: 'telegram', residence: undefined, text: { ru: expect.any(String) } });
  const eu = { residence: 'eu' as const, version: 'eu-1', text: { ru: 'Да', en: 'Yes' } };
  const varied = study.consents.map((each) => (each.id === 'telegram' ? { ...each, variants: [eu] } : each));
  expect(telegramWords({ ...study, consents: varied })).toEqual([words, { id: 'telegram', ...eu }]);
  expect(telegramWords({ ...study, consents: varied.filter(({ id }) => id !== 'telegram') })).toEqual([]);
});
