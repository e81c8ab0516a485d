import { makeRecorder, type RecordContext } from '../../../src/questionnaire/record.js';
import { deriveVariables } from '../../../src/questionnaire/variable/variables.js';
import { everyQuestionTypeWithFiles } from '../../make/every-question-type.js';

const record = makeRecorder(deriveVariables(everyQuestionTypeWithFiles()));
const submitted = (...hidden: string[]): RecordContext => ({
  inapplicable: (path) => hidden.includes(path),
  reachedPage: 'submitted',
});
const main = (answers: object, context = submitted()) =>
  record(answers as Record<string, unknown>, context).main;
const coded = (question: object, answers: object, context = submitted()) =>
  makeRecorder(deriveVariables({ elements: [question] }))(answers as Record<string, unknown>, context).main;

describe('values', () => {
  test('numbers, texts, dates and booleans', () => {
    expect(
      main({
        age: 34,
        city: 'Белград',
        left_on: '2022-03-05',
        plans_move: true,
        has_permit: 'lacks',
        income: 1200.5,
      }),
    ).toMatchObject({
      age: 34,
      city: 'Белград',
      city_mis: null,
      left_on: '2022-03-05',
      left_on_mis: null,
      plans_move: 1,
      has_permit: 0,
      income: 1200.5,
    });
  });

  test('single choices, with codes of their own, as objects, with own answers', () => {
    expect(main({ host_country: 'srb' })).toMatchObject({
      host_country: 688,
      host_country_other: null,
      host_country_other_mis: -8,
    });
    expect(main({ host_country: 'other', 'host_country-Comment': 'Грузия' })).toMatchObject({
      host_country: 997,
      host_country_other: 'Грузия',
      host_country_other_mis: null,
    });
    expect(main({ work: { value: 'own', comment: 'пекарня' } })).toMatchObject({
      work: 2,
      work_own_txt: 'пекарня',
    });
    expect(main({ inline_other: 'Идиш' })).toMatchObject({ inline_other: 97, inline_other_other: 'Идиш' });
    expect(
      main({ children: 2, rooms: 4, trust: 0, agree: 'partly', mood: 'bad', house: 'room', place: 'west' }),
    ).toMatchObject({ children: 2, rooms: 4, trust: 0, agree: 2, mood: 2, house: 2, place: 2 });
  });

  test('multiple choices are 0/1, whatever their entries look like', () => {
    expect(main({ wish: ['deu', 'other'], 'wish-Comment': 'Чили' })).toMatchObject({
      wish_deu: 1,
      wish_usa: 0,
      wish_none: 0,
      wish_oth: 1,
      wish_other: 'Чили',
    });
    expect(main({ wish: ['none'] })).toMatchObject({
      wish_deu: 0,
      wish_usa: 0,
      wish_none: 1,
      wish_other_mis: -8,
    });
    expect(
      main({ help: [{ value: 'friends' }, { value: 'group', comment: 'чат' }], fruit: [{ fruit: 2 }] }),
    ).toMatchObject({
      help_friends: 1,
      help_nobody: 0,
      help_group_txt: 'чат',
      fruit_1: 0,
      fruit_2: 1,
    });
    expect(main({ houses: ['new'], places: ['north'], languages: ['tr'] })).toMatchObject({
      houses_old: 0,
      houses_new: 1,
      places_north: 1,
      languages_hy: 0,
    });
  });

  test('ranks, ranges, lists of texts, matrices, totals, computed values, files', () => {
    expect(
      main({
        priorities: ['safety', 'work', 'family'],
        top_values: ['order'],
        rent_range: [5, 40],
        spending: { food: 120 },
        closeness: { locals: 3 },
        media: { tv: ['evening'] },
        jobs: {
          main: {
            paid: 'no',
            hours: 8,
            tasks: ['code'],
            remote: false,
            liking: 3,
            twice: 16,
            employer: 'ООО',
          },
        },
        'jobs-total': { hours: 8 },
        double_age: 60,
        adult: 1,
        papers: [{ name: 'a.pdf' }, { name: 'b.pdf' }],
        signed: 'data:image/png;base64,AA',
      }),
    ).toMatchObject({
      priorities_work: 2,
      priorities_safety: 1,
      top_values_order: 1,
      top_values_freedom: -3,
      rent_range_lo: 5,
      rent_range_hi: 40,
      spending_food: 120,
      spending_notes_mis: -3,
      closeness_locals: 3,
      closeness_stayed: -3,
      media_tv_morning: 0,
      media_tv_evening: 1,
      media_net_morning: -3,
      jobs_main_paid: 2,
      jobs_main_hours: 8,
      jobs_main_tasks_write: 0,
      jobs_main_tasks_code: 1,
      jobs_main_remote: 0,
      jobs_main_liking: 3,
      jobs_main_employer: 'ООО',
      jobs_side_paid: -3,
      jobs_total_hours: 8,
      double_age: 60,
      adult: 1,
      papers_n: 2,
      papers_names: 'a.pdf; b.pdf',
      signed_signed: 1,
    });
  });

  test('entries of dynamic items are rows of child tables, numbered within their parents', () => {
    const { main: row, children } = record(
      {
        trips: [{ destination: 'kaz', nights: 3, purpose: ['visa'] }],
        household: [
          { relation: 'other', 'relation-Comment': 'друг', person_age: 30 },
          { relation: 'child', person_age: 9, schools: [{ school: '№ 5' }, {}] },
        ],
      },
      submitted('household[0].schools', 'trips[0].purpose{rest}'),
    );
    expect(row).toMatchObject({ trips_n: 1, household_n: 2 });
    expect(children.trips).toEqual([
      { trips_i: 1, destination: 2, nights: 3, purpose_visa: 1, purpose_rest: -8 },
    ]);
    expect(children.household).toMatchObject([
      { household_i: 1, relation: 97, relation_other: 'друг', person_age: 30, does_study: -3, schools_n: -8 },
      { household_i: 2, relation: 2, relation_other_mis: -8, schools_n: 2 },
    ]);
    expect(children.household_schools).toEqual([
      { household_i: 2, household_schools_i: 1, school: '№ 5', school_mis: null },
      { household_i: 2, household_schools_i: 2, school: null, school_mis: -3 },
    ]);
  });

  test('a value below zero is an error where none is legitimate, and a value where one is', () => {
    expect(main({ age: -2 })).toMatchObject({ age: -9 });
    const winter = { type: 'text', name: 'winter', inputType: 'number', min: -60, max: 60 };
    expect(coded(winter, { winter: -2 })).toEqual({ winter: -2 });
    expect(coded(winter, {})).toEqual({ winter: -9_999_903 });
  });

  test('what is no answer of the item is an error, never a value', () => {
    expect(
      main({
        age: 'many',
        mood: 'great',
        wish: 'deu',
        plans_move: 'HACK',
        rent_range: 4,
        city: { $ne: 1 },
        trust: [1],
      }),
    ).toMatchObject({
      age: -9,
      mood: -9,
      wish_deu: -9,
      plans_move: -9,
      rent_range_lo: -9,
      city: null,
      city_mis: -9,
      trust: -9,
    });
    expect(main(JSON.parse('{"closeness":{"__proto__":{"locals":1}}}') as object)).toMatchObject({
      closeness_locals: -3,
    });
  });

  test('what every object has is no answer', () => {
    const rows = { type: 'matrix', name: 'q', rows: ['toString'], columns: [1, 2] };
    expect(coded(rows, { q: {} })).toEqual({ q_to_string: -3 });
  });

  test('a hidden dynamic item has no entries, whatever was sent', () => {
    const { main: row, children } = record({ household: [{ relation: 'child' }] }, submitted('household'));
    expect([row.household_n, children.household]).toEqual([-8, []]);
  });
});

describe('missing reasons', () => {
  test('refused and do not know, as choices and beside the item', () => {
    expect(main({ host_country: 'refused', wish: ['dontknow'] })).toMatchObject({
      host_country: -2,
      host_country_other_mis: -2,
      wish_deu: -1,
      wish_none: -1,
      wish_other_mis: -1,
    });
    expect(
      main({
        'city-refused': true,
        'closeness-refused': true,
        'spending-refused': true,
        'household-refused': true,
      }),
    ).toMatchObject({ city: null, city_mis: -2, closeness_locals: -2, spending_food: -2, household_n: -2 });
    expect(main({ 'age-refused': false })).toMatchObject({ age: -3 });
  });

  test('left blank: shown and nothing said; nothing chosen is not zero', () => {
    expect(main({ wish: [] })).toMatchObject({
      age: -3,
      wish_deu: -3,
      wish_none: -3,
      city_mis: -3,
      trips_n: -3,
    });
    expect(main({})).toMatchObject({ double_age: null, adult: null });
  });

  test('hidden by routing: an item, a row, a cell, a choice', () => {
    const row = main(
      { wish: ['deu'], closeness: { locals: 1 }, age: 40 },
      submitted('age', 'wish{usa}', 'closeness[stayed]', 'jobs[main].hours', 'double_age', 'left_on'),
    );
    expect(row).toMatchObject({
      age: -8,
      wish_deu: 1,
      wish_usa: -8,
      wish_fra: 0,
      closeness_locals: 1,
      closeness_stayed: -8,
      jobs_main_hours: -8,
      jobs_main_paid: -3,
      double_age: -8,
      left_on: null,
      left_on_mis: -8,
    });
  });

  test('a part of something hidden is hidden', () => {
    expect(main({}, submitted('jobs', 'wish'))).toMatchObject({
      jobs_main_hours: -8,
      jobs_side_tasks_code: -8,
      wish_deu: -8,
      wish_other_mis: -8,
    });
  });

  test('broke off: on a page after the furthest one reached', () => {
    const partial = main({ age: 30 }, { inapplicable: () => false, reachedPage: 1 });
    expect(partial).toMatchObject({
      age: 30,
      city_mis: -3,
      trust: -3,
      wish_deu: -4,
      effort: -4,
      jobs_main_paid: -4,
    });
    expect(main({}, { inapplicable: () => false, reachedPage: -1 })).toMatchObject({ age: -4, adult: null });
  });

  test('not reached, but already known not to apply: inapplicable; not yet known: broke off', () => {
    const hidden = new Set(['effort', 'months_left', 'steps']);
    const context = { inapplicable: (path: string) => hidden.has(path), reachedPage: 1 };
    // effort depends on page 0, months_left on page 1; steps on an item of its own page, never reached
    expect(main({ age: 17, plans_move: false }, context)).toMatchObject({
      effort: -8,
      months_left: -8,
      steps: -4,
    });
  });
});
