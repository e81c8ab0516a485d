import { type StudyFile, type WaveFile } from '../../../src/study/study.js';
import { closeOf, ruleFaults, rulesOf, wavesBefore } from '../../../src/wave/wave-rules.js';

const wave = (id: string, differs: Partial<WaveFile> = {}): WaveFile => ({
  id,
  questionnaire: `${id}.json`,
  title: { ru: id },
  minutes: [6, 9],
  recruitment: 'panel',
  windowDays: 40,
  contactPlan: [
    { step: 'invitation', afterDays: 0, letter: 'invitation' },
    { step: 'reminder', afterDays: 12, letter: 'reminder' },
  ],
  contactHours: { from: '09:00', to: '20:00' },
  ...differs,
});
const study = (...waves: WaveFile[]): Pick<StudyFile, 'waves' | 'consents'> => ({ waves, consents: [] });
const rolling = (days: number) => ({ rolling: { anchor: 'joined', afterMonths: 1, days } });

test('a wave may look back at the waves before it, and at no other', () => {
  const known = (fact: string) => ({ eligibility: { fact, known: true } });
  expect(ruleFaults(study(wave('a'), wave('b', known('status.a'))))).toEqual([]);
  for (const fact of ['status.b', 'status.c', 'consent.recontact'])
    expect(ruleFaults(study(wave('a'), wave('b', known(fact)), wave('c')))).toEqual([
      { path: 'waves[1]', sentence: expect.stringContaining(`“${fact}”`) as string },
    ]);
  expect(wavesBefore(study(wave('a'), wave('k'), wave('b')), 'b')).toEqual(['a', 'k']);
});

test('every wave with a fault is named', () => {
  const faults = ruleFaults(study(wave('a', { eligibility: 1 }), wave('b', { window: 1 })));
  expect(faults.map(({ path }) => path)).toEqual(['waves[0]', 'waves[1]']);
});

test.each([
  [rolling(13), undefined],
  [rolling(12), /The step reminder comes after the window/],
  [rolling(41), /longer than the wave is open/],
  [{ fixed: { opens: '2026-11-01', closes: '2026-11-14' } }, undefined],
  [{ fixed: { opens: '2026-11-01', closes: '2026-11-13' } }, /The step reminder comes after the window/],
])('the messages fit into the window %j, or that is a fault', (window, sentence) => {
  const faults = ruleFaults(study(wave('a', { window })));
  expect(faults.map((each) => each.sentence)).toEqual(
    sentence ? [expect.stringMatching(sentence) as string] : [],
  );
});

test('a wave closes with its fixed window, or so many days after it opened', () => {
  const opened = new Date('2026-11-01T10:00:00Z');
  const closes = (file: WaveFile) => closeOf(file, rulesOf(study(file), file), opened).toISOString();
  expect(closes(wave('a'))).toBe('2026-12-11T10:00:00.000Z');
  expect(closes(wave('a', { window: rolling(20) }))).toBe('2026-12-11T10:00:00.000Z');
  expect(closes(wave('a', { window: { fixed: { opens: '2026-11-01', closes: '2026-11-20' } } }))).toBe(
    '2026-11-20T00:00:00.000Z',
  );
});
