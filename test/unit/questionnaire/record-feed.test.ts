import * as fc from 'fast-check';
import type { FeedMode, FeedOutcome } from '../../../src/questionnaire/feed/feed.js';
import { feedsOf } from '../../../src/questionnaire/feed/feed.js';
import { missingCode } from '../../../src/questionnaire/missing.js';
import { type FedCell, makeRecorder, type RecordContext } from '../../../src/questionnaire/record.js';
import { deriveVariables, type Variable } from '../../../src/questionnaire/variable/variables.js';
import { readJson } from '../surveys/follow-up.js';

const check = (name: string) => ({ type: 'radiogroup', name, choices: ['same', 'changed', 'wrong'] });
const fed = (type: string, name: string, more: object = {}) => [
  { ...check(`${name}_by`), visibleIf: `{prev.${name}} notempty` },
  { type, name, feedMode: 'proactive', feedBy: `${name}_by`, ...more },
];
const variables = deriveVariables({
  elements: [
    ...fed('radiogroup', 'work', {
      choices: [{ value: 'local', code: 5 }, { value: 'remote', code: 7 }, 'refused'],
      showOtherItem: true,
    }),
    ...fed('text', 'city'),
    ...fed('text', 'winter', { inputType: 'number', min: -60 }),
    { type: 'radiogroup', name: 'res_same', choices: ['same', 'moved', 'wrong'] },
    {
      type: 'paneldynamic',
      name: 'spells',
      templateElements: [
        { type: 'dropdown', name: 'sp_country', choices: [{ value: 'SRB', code: 688 }, 'DEU'] },
      ],
    },
  ],
});
const record = makeRecorder(variables);
const answer = (
  value: unknown,
  outcome: FeedOutcome = 'confirmed',
  more: Partial<FedCell> = {},
): FedCell => ({
  ...{ value, wave: 1, age: 6, text: 'слова', outcome, mode: 'proactive' as FeedMode },
  ...more,
});
const main = (cells: Record<string, FedCell> | undefined, answers: object = {}, more = {}) =>
  record(answers as Record<string, unknown>, {
    inapplicable: (path) => ['work', 'city', 'winter'].includes(path),
    reachedPage: 'submitted',
    ...(cells ? { fed: cells } : {}),
    ...more,
  }).main;

describe('an earlier answer in the record', () => {
  test('its value, wave, age, words, outcome and mode', () => {
    expect(main({ work: answer('remote') })).toMatchObject({
      ff_work: 7,
      ff_work_wave: 1,
      ff_work_age: 6,
      ff_work_txt: 'слова',
      ff_work_txt_mis: null,
      ff_work_out: 1,
      ff_work_mode: 2,
    });
    expect(main({ city: answer('Белград', 'changed') })).toMatchObject({
      ff_city: 'Белград',
      ff_city_mis: null,
      ff_city_out: 2,
    });
    expect(main({ winter: answer(-30, 'disputed', { mode: 'reactive' }) })).toMatchObject({
      ff_winter: -30,
      ff_winter_out: 3,
      ff_winter_mode: 3,
    });
  });

  test('confirmed, it is the answer of the item that routing hides', () => {
    const cells = { work: answer('local'), city: answer('Белград'), winter: answer(0) };
    expect(main(cells)).toMatchObject({ work: 5, work_by: -3, city: 'Белград', city_mis: null, winter: 0 });
    expect(main({ work: answer('other') })).toMatchObject({ work: 97, work_other_mis: -8 });
    expect(main(cells, {}, { reachedPage: -1, inapplicable: () => false })).toMatchObject({ work: 5 });
  });

  test('not confirmed, the new answer stands, or the reason for which there is none', () => {
    for (const outcome of ['changed', 'disputed', 'not_shown'] as const) {
      const cells = { work: answer('local', outcome), city: answer('Белград', outcome) };
      expect(main(cells)).toMatchObject({ work: -8, city: null, city_mis: -8 });
      expect(main(cells, { work: 'remote' }, { inapplicable: () => false })).toMatchObject({
        ff_work: 5,
        work: 7,
        city_mis: -3,
      });
    }
  });

  test('where nothing was fed, only the mode may be known', () => {
    const nothing = {
      ...{ ff_work: -8, ff_work_wave: -8, ff_work_age: -8, ff_work_txt: null, ff_work_txt_mis: -8 },
      ...{ ff_work_out: 4, ff_city: null, ff_city_mis: -8, ff_winter: missingCode('inapplicable', true) },
    };
    expect(main(undefined)).toMatchObject({ ...nothing, ff_work_mode: -8 });
    expect(main({ work: { outcome: 'not_shown', mode: 'independent' } })).toMatchObject({
      ...nothing,
      ff_work_mode: 1,
    });
    expect(main({ work: answer('local', 'changed', { text: '' }) })).toMatchObject({ ff_work_txt_mis: -8 });
  });

  test('what this version does not know is an error and confirms nothing', () => {
    for (const value of [['local'], 'refused', { $ne: 1 }, 'gone since'])
      expect(main({ work: answer(value) })).toMatchObject({
        work: -8,
        ff_work: -9,
        ff_work_out: 4,
        ff_work_age: 6,
      });
    expect(main({ winter: answer('cold', 'changed') })).toMatchObject({
      ff_winter: missingCode('error', true),
      ff_winter_out: 2,
    });
    expect(main({ city: answer({}) })).toMatchObject({
      city: null,
      city_mis: -8,
      ff_city: null,
      ff_city_mis: -9,
    });
  });

  test('an own answer that is stored in the value is one still', () => {
    const select = { type: 'radiogroup', choices: ['a'], showOtherItem: true };
    const [, ask] = fed('radiogroup', 'x', { ...select, storeOthersAsComment: false });
    const own = makeRecorder(deriveVariables({ elements: [check('x_by'), ask as object] }));
    const cells = { x: answer('an own one') };
    expect(own({}, { inapplicable: () => true, reachedPage: 'submitted', fed: cells }).main).toMatchObject({
      x: 97,
      ff_x: 97,
      ff_x_out: 1,
    });
  });

  test('the known place is coded like the places that are told', () => {
    expect(main({ place: answer('SRB', 'changed', { wave: 0 }) }, { res_same: 'moved' })).toMatchObject({
      res_same: 2,
      ff_place: 688,
      ff_place_wave: 0,
      ff_place_out: 2,
    });
    expect(main({ place: answer('FRA') })).toMatchObject({ ff_place: -9, ff_place_out: 4 });
  });
});

test('in every wave a fed column holds a value, a category or a declared reason, and only a confirmation fills an item', () => {
  for (const wave of ['b', 'c', 'd']) {
    const json = readJson(`${wave}.json`);
    const derived = deriveVariables(json, ['en']);
    const code = makeRecorder(derived);
    const items = [...feedsOf(json).map(({ item }) => item), 'place'];
    const own = new Map(derived.flatMap((v) => (v.confirms && !v.source.reason ? [[v.confirms, v]] : [])));
    expect([...own.keys()]).toEqual(items.slice(0, -1));
    const valuesOf = (item: string): unknown[] =>
      (derived.find((v) => v.name === `ff_${item}`)?.values ?? []).map(({ value }) => value);
    const cell = (item: string) =>
      fc.record(
        {
          value: fc.oneof(fc.constantFrom(...valuesOf(item)), fc.anything()),
          wave: fc.integer({ min: 0, max: 3 }),
          age: fc.nat(60),
          text: fc.string(),
          outcome: fc.constantFrom<FeedOutcome>('confirmed', 'changed', 'disputed', 'not_shown'),
          mode: fc.constantFrom<FeedMode>('independent', 'proactive', 'reactive'),
        },
        { requiredKeys: ['outcome', 'mode'] },
      );
    const context = (cells?: Record<string, FedCell>): RecordContext => ({
      inapplicable: () => true,
      reachedPage: 'submitted',
      fed: cells,
    });
    fc.assert(
      fc.property(fc.record(Object.fromEntries(items.map((item) => [item, cell(item)]))), (cells) => {
        const { main: row } = code({}, context(cells));
        for (const variable of derived.filter((v) => v.source.read.as === 'fed')) {
          const content = row[variable.name] ?? null;
          expect([variable.name, content, isDeclared(variable, content)]).toEqual([
            variable.name,
            content,
            true,
          ]);
        }
        for (const [item, { name }] of own) {
          const confirmed = row[`ff_${item}_out`] === 1;
          expect(row[name]).toBe(confirmed ? row[`ff_${item}`] : -8);
          if (confirmed) expect(valuesOf(item).map(String)).toContain(String(cells[item]?.value));
        }
      }),
      { numRuns: 100, seed: 5 },
    );
  }
});

const isDeclared = (
  { type, values, missing, source }: Variable,
  content: string | number | null,
): boolean => {
  if (content === null || (type !== 'numeric' && typeof content === 'string'))
    return type !== 'numeric' || source.reason;
  if (missing.some((key) => missingCode(key, false) === content)) return true;
  return values ? values.some(({ code }) => code === content) : !source.reason && Number(content) >= 0;
};
