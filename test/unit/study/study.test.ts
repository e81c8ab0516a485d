import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../../src/kit/problem.js';
import { type StudyFault } from '../../../src/study/study.problems.js';
import { parseStudyFile, type StudyFile } from '../../../src/study/study.js';

const file = join(import.meta.dirname, '../../../surveys/new-russian-diasporas/study.json');
const valid = (): StudyFile => JSON.parse(readFileSync(file, 'utf8')) as StudyFile;

/** The faults of a valid study file after a change, as `path: sentence`. */
function faultsAfter(change: (study: StudyFile) => void): string[] {
  const study = valid();
  change(study);
  return faultsOf(study);
}

function faultsOf(json: unknown): string[] {
  try {
    parseStudyFile(json);
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.code).toBe('study.invalid_file');
    const { faults } = error.details as { faults: StudyFault[] };
    for (const { path, sentence } of faults) expect(error.message).toContain(`${path}: ${sentence}`);
    return faults.map(({ path, sentence }) => `${path}: ${sentence}`);
  }
}

const wave = (study: StudyFile) => study.waves[0]!;

describe('a study file', () => {
  it('is read as it stands', () => {
    expect(parseStudyFile(valid())).toEqual(valid());
  });

  it('takes one more wave that goes to the panel', () => {
    const z = { ...wave(valid()), id: 'z', questionnaire: 'b.json', recruitment: 'panel' as const };
    expect(faultsAfter((study) => study.waves.push(z))).toEqual([]);
  });

  it('leaves eligibility, windows and recodes to those who read them', () => {
    const faults = faultsAfter((study) => {
      Object.assign(study, { recodes: [1] });
      Object.assign(wave(study), { window: 1, eligibility: 1 });
    });
    expect(faults).toEqual([]);
  });

  const cases: [string, (study: StudyFile) => void, string][] = [
    ['an unknown key', (s) => Object.assign(s, { vaweb: 1 }), 'study.json: Unrecognized key: "vaweb".'],
    ['a text lacking a locale', (s) => delete s.title.en, 'title.en: Add the text in en.'],
    ['an empty text', (s) => (s.asks.ru = ' '), 'asks.ru: The text in ru is empty; write it.'],
    ['a text in a locale not offered', (s) => (s.title.tr = 'x'), 'title: Unrecognized key: "tr".'],
    [
      'a locale named twice',
      (s) => s.locales.push('en'),
      'locales: A locale stands twice in the list; name each once.',
    ],
    [
      'a lower-case country',
      (s) => (s.hostCountries[0]!.code = 'arm'),
      'hostCountries[0].code: Give a country as three capital letters (ISO 3166-1 alpha-3), such as SRB.',
    ],
    [
      'an invented zone',
      (s) => (s.hostCountries[0]!.zones = ['Asia/Nowhere']),
      'hostCountries[0].zones[0]: This is not an IANA time zone; write it like Europe/Belgrade.',
    ],
    [
      'a country named twice',
      (s) => s.hostCountries.push(s.hostCountries[1]!),
      'hostCountries[5].code: ISR is taken; choose another.',
    ],
    ['two promises', (s) => s.promises.pop(), 'promises: Give all three promises: who, where and erase.'],
    [
      'a partial rule upside down',
      (s) => (s.partialRule = { breakOffBelow: 0.9, completeAbove: 0.8 }),
      'partialRule: breakOffBelow must not exceed completeAbove.',
    ],
    [
      'a channel without its kind',
      (s) => (s.consents[0]!.channel = 'email'),
      'consents[0].channel: A consent of the kind channel, and no other, names its channel.',
    ],
    [
      'one item for two consents',
      (s) => (s.consents[1]!.item = 'consent_take_part'),
      'consents[1].item: consent_take_part already gives another consent; ask for each by its own item.',
    ],
    [
      'two texts for those who live in one region',
      (s) => s.consents[0]!.variants!.push(s.consents[0]!.variants![0]!),
      'consents[0].variants[1].residence: eu is taken; choose another.',
    ],
    [
      'a consent for people who live nowhere',
      (s) => Object.assign(s.consents[0]!.variants![0]!, { residence: 'mars' }),
      'consents[0].variants[0].residence: Invalid option: expected one of "host"|"eu"|"us"|"russia"|"other".',
    ],
    [
      'a wave of no kind',
      (s) => Object.assign(wave(s), { kind: 'visit' }),
      'waves[0].kind: Invalid option: expected one of "survey"|"check-in".',
    ],
    [
      'an experiment with one arm',
      (s) => (wave(s).experiments = [{ id: 'x', items: ['country'], arms: ['declared', 'declared'] }]),
      'waves[0].experiments[0].arms: Name two different arms.',
    ],
    [
      'an experiment that changes its arms',
      (s) => (s.waves[4]!.experiments![0]!.arms = ['independent', 'declared']),
      'waves[4].experiments: init_mode has other arms in an earlier wave; members keep their arm, so keep the arms or choose another id.',
    ],
    [
      'minutes reversed',
      (s) => (wave(s).minutes = [15, 12]),
      'waves[0].minutes: Give the shorter time first.',
    ],
    [
      'a questionnaire outside the folder',
      (s) => (wave(s).questionnaire = '../a.json'),
      'waves[0].questionnaire: Name a .json file in the folder of the study.',
    ],
    [
      'two steps on one day',
      (s) => (wave(s).contactPlan[1]!.afterDays = 0),
      'waves[0].contactPlan: Each step must come at least a day after the one before.',
    ],
    [
      'a step after the close',
      (s) => (wave(s).contactPlan[2]!.afterDays = 30),
      'waves[0].contactPlan: A step comes after the wave has closed, or before it opens; move it or lengthen windowDays.',
    ],
    [
      'messages at night',
      (s) => (wave(s).contactHours = { from: '09:00', to: '22:00' }),
      'waves[0].contactHours: Messages go out between 09:00 and 20:00; choose hours within.',
    ],
  ];
  it.each(cases)('is refused with %s', (_, change, fault) => {
    expect(faultsAfter(change)).toEqual([fault]);
  });

  it('is refused when it is no object, and with all its faults at once', () => {
    expect(faultsOf('x')).toHaveLength(1);
    expect(faultsOf({ locales: [] })).toEqual(['locales: Name at least one locale.']);
    expect(faultsAfter((s) => ((s.id = 'A'), (s.code = 'A')))).toHaveLength(2);
  });
});
