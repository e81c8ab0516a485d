import { concordanceOf } from '../../../src/codebook/concordance.js';
import { panelLong } from '../../../src/export/long-wide.js';
import { studyDatasets } from '../../../src/export/study-datasets.js';
import { variablesOf, type WaveSource } from '../../../src/export/variable-column.js';
import { deriveTables } from '../../../src/questionnaire/variable/variables.js';
import { CHECK_IN_OUTCOMES, checkInOutcome } from '../../../src/wave/check-in.js';
import { exported, type Exported, type Row } from './exported.js';
import { CHECK_INS, PEOPLE, putPeopleIn } from './people.js';
import { ON, type Panel, twoWaves } from './two-waves.js';

let panel: Panel;
let out: Exported;

beforeAll(async () => {
  panel = await twoWaves();
  await putPeopleIn(panel);
  out = await exported(panel.services, panel.study.id);
});
afterAll(() => panel.close());

test('every file has the columns of the codebook, its key is unique, and its rows stand in the order of people', () => {
  expect(out.book.files.map(({ file }) => file)).toEqual(out.written.map(({ file }) => file));
  for (const { file, key, variables } of out.book.files) {
    const content = out.text(file);
    expect(content.split('\r\n')[0]?.split(',')).toEqual(variables.map(({ name }) => name));
    const rows = out.rows(file);
    for (const name of key) expect(variables.map((variable) => variable.name)).toContain(name);
    expect(new Set(rows.map((row) => key.map((name) => row[name]).join('/'))).size).toBe(rows.length);
    const numbers = rows.map((row) => Number(row['pidp'] ?? 0));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    for (const { name, label, values, missing } of variables) {
      expect([name, Object.keys(label).sort()]).toEqual([name, ['en', 'ru']]);
      if (!values) continue;
      const known = [...values, ...missing].map(({ code }) => String(code)).concat('');
      for (const row of rows)
        expect([file, name, known]).toEqual([file, name, expect.arrayContaining([row[name]])]);
    }
  }
});

test('nobody stands in a file who is not in xwave, and every member is', () => {
  const all = new Set(out.rows('xwave.csv').map((row) => row['pidp']));
  expect(all.size).toBe(PEOPLE);
  for (const { file } of out.book.files)
    for (const row of out.rows(file)) if ('pidp' in row) expect(all).toContain(row['pidp']);
});

test('wide and long say the same, cell by cell, either way', () => {
  const wide = new Map(out.rows('panel_wide.csv').map((row) => [row['pidp'], row]));
  const long = out.rows('panel_long.csv');
  const recoded = ['ident_main'];
  const columns = out
    .columns('panel_long.csv')
    .filter(({ name }) => !['pidp', 'wave', 'hostcountry'].includes(name));
  const sides = out.columns('panel_wide.csv').map(({ name }) => name);
  let compared = 0;
  for (const { pidp = '', ...row } of long) {
    const letter = row['wave'] === '1' ? 'a' : 'b';
    for (const { name, type } of columns.filter(({ name: each }) => !recoded.includes(each))) {
      const side = `${letter}_${name}`;
      const fielded = sides.includes(side);
      const expected = fielded ? wide.get(pidp)?.[side] : type === 'numeric' ? '-10' : '';
      expect([pidp, side, row[name]]).toEqual([pidp, side, expected]);
      compared += fielded ? 1 : 0;
    }
  }
  expect(compared).toBeGreaterThan(500);
  const spoken = new Set(long.map((row) => `${row['pidp'] ?? ''}/${row['wave'] ?? ''}`));
  for (const [pidp = '', row] of wide)
    for (const [index, letter] of ['a', 'b'].entries())
      expect([pidp, letter, row[`${letter}_disp`] !== '']).toEqual([
        pidp,
        letter,
        spoken.has(`${pidp}/${index + 1}`),
      ]);
  const people = [...wide.keys()];
  expect(new Set(long.map((row) => row['pidp']))).toEqual(new Set(people));
});

test('a wave without an interview, an item that a wave does not ask, and routing have their own reasons', () => {
  expect(out.row('panel_wide.csv', 'invited')).toMatchObject({
    ...{ a_disp: '1.1', a_occupation: 'инженер', a_occupation_mis: '', a_last_word: "'=1+1" },
    ...{ b_disp: '', b_syear: '-11', b_init_has: '-11', b_last_word: '', b_last_word_mis: '-11' },
    ...{ b_ident_main: '-11' },
  });
  expect(out.row('panel_long.csv', 'moved', { wave: '1' })).toMatchObject({
    ...{ syear: '2026', intdate: ON['a'], occupation: 'инженер', last_word: '', last_word_mis: '-3' },
    ...{ init_same: '-10', ff_init_has: '-10', ff_init_has_txt: '', ff_init_has_txt_mis: '-10' },
  });
  expect(out.row('panel_long.csv', 'late', { wave: '2' })).toMatchObject({
    ...{
      syear: '2026',
      intdate: '',
      occupation: '',
      occupation_mis: '-10',
      init_same: '-8',
      ff_init_has: '-8',
    },
  });
});

test('a confirmed answer is the fed one, with where it comes from', () => {
  expect(out.row('panel_long.csv', 'moved', { wave: '2' })).toMatchObject({
    ...{ init_has: '1', init_same: '1', ff_init_has: '1', ff_init_has_wave: '1', ff_init_has_out: '1' },
    ...{ ff_place: '688', ff_place_out: '2', ff_place_age: '5' },
  });
});

test('codes that differ are recoded where that is declared, and left out and named where it is not', () => {
  expect(out.row('b_indresp.csv', 'moved')).toMatchObject({ b_ident_main: '53' });
  expect(out.row('panel_long.csv', 'moved', { wave: '2' })).toMatchObject({ ident_main: '3' });
  expect(out.row('panel_long.csv', 'moved', { wave: '1' })).toMatchObject({ ident_main: '3' });
  const column = out.columns('panel_long.csv').find(({ name }) => name === 'ident_main');
  expect(column?.values?.map(({ code }) => code)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(column?.missing.map(({ code }) => code)).toContain(-8);
  expect(out.book.notPooled.map(({ variable }) => variable)).toEqual(['lang_local']);
  expect(out.columns('panel_long.csv').map(({ name }) => name)).not.toContain('lang_local');
  expect(out.columns('panel_wide.csv').map(({ name }) => name)).toEqual(
    expect.arrayContaining(['a_lang_local', 'b_lang_local']),
  );
});

test('staff’s last decision wins, in every file', () => {
  expect(out.row('a_indsamp.csv', 'refuted')).toMatchObject({
    a_state: 'complete',
    a_disp: '2.12',
    a_overridden: '1',
  });
  expect(out.row('a_indsamp.csv', 'restored')).toMatchObject({
    a_disp: '1.2',
    a_final: '1',
    a_overridden: '1',
  });
  expect(out.row('a_indsamp.csv', 'moved')).toMatchObject({ a_disp: '1.1', a_overridden: '0' });
  expect(out.row('b_indsamp.csv', 'underWay')).toMatchObject({
    b_disp: '1.2',
    b_final: '0',
    b_overridden: '0',
  });
  const spoke = { a: ['moved', 'invited', 'restored'], b: ['moved', 'late'] };
  const numbers = (names: string[]) => names.map((name) => out.pidp(name)).sort();
  for (const [letter, names] of Object.entries(spoke))
    expect(
      out
        .rows(`${letter}_indresp.csv`)
        .map((row) => row['pidp'])
        .sort(),
    ).toEqual(numbers(names));
  expect(
    out
      .rows('panel_wide.csv')
      .map((row) => row['pidp'])
      .sort(),
  ).toEqual(numbers([...new Set([...spoke.a, ...spoke.b])]));
  expect(out.text('a_indsamp.csv')).not.toContain('известно от родных');
});

test('xwave tells how people came, how they are tied, and what they took part in', () => {
  expect(out.row('xwave.csv', 'moved')).toMatchObject({
    ...{ hostcountry: 'SRB', cohort: 'moved', recruiter: '', coupon: '0', seed: '1', rds_wave: '0' },
    ...{ residence: 'DEU', interviews: '2', firstwave: '1', lastwave: '2', exp_init_mode: 'independent' },
  });
  expect(out.row('xwave.csv', 'invited')).toMatchObject({
    ...{
      recruiter: out.pidp('moved'),
      coupon: '1',
      seed: '0',
      rds_wave: '1',
      residence: 'RUS',
      exp_init_mode: '',
    },
    ...{
      a_state: 'complete',
      a_disp: '1.1',
      b_state: 'expired',
      b_disp: '3.19',
      interviews: '1',
      lastwave: '1',
    },
  });
  expect(out.row('xwave.csv', 'late')).toMatchObject({
    ...{ cohort: "'=late", rds_wave: '2', interviews: '1', firstwave: '2', lastwave: '2' },
  });
  expect(out.row('xwave.csv', 'refuted')).toMatchObject({
    a_disp: '2.12',
    interviews: '0',
    firstwave: '-8',
  });
  expect(out.row('xwave.csv', 'restored')).toMatchObject({ memberstatus: 'dead', interviews: '1' });
  expect(out.row('xwave.csv', 'underWay')).toMatchObject({
    a_state: '',
    a_disp: '',
    b_state: 'started',
    b_disp: '1.2',
  });
  expect(out.row('xwave.csv', 'neverIssued')).toMatchObject({
    b_disp: '',
    rds_wave: '-8',
    seed: '0',
    residence: '',
  });
});

test('messages stand in the order of their due dates, with dates of UTC and no times', () => {
  const rows = out.rows('a_contacts.csv');
  expect(rows.map((row) => Object.values(row).slice(1))).toEqual([
    ['1', 'invitation', 'email', 'sent', '2026-05-02', '2026-05-02', '', '1', 'ru'],
    ['2', 'reminder', 'email', 'suppressed', '2026-05-09', '', 'completed', '1', 'ru'],
  ]);
});

test('spells are inclusive months for sequences, and moves follow from them', () => {
  const spells = out.rows('spell_residence.csv');
  const of = (who: string) => spells.filter((row) => row['pidp'] === out.pidp(who));
  const brief = ({ spell, country, movedin, movedout, begin_m, end_m, open, sourcewave, gapafter_m }: Row) =>
    [spell, country, movedin, movedout, begin_m, end_m, open, sourcewave, gapafter_m].join(' ');
  expect(of('moved').map(brief)).toEqual([
    '1 TUR 2022-03 2023-06 3 17 0 a 0',
    '2 SRB 2023-06 2026-10 18 57 0 a 0',
    '3 DEU 2026-10  58 59 1 b -8',
  ]);
  expect(
    of('moved').map((row) => [row['region'], row['precision'], row['dating'], row['ffout']].join(' ')),
  ).toEqual(["'=Стамбул 2 1 4", ' 3 1 2', ' 2 1 4']);
  expect(of('invited').map(brief)[2]).toBe('3 RUS 2026-09  57 58 1  -8');
  const moves = out.rows('moves.csv').filter((row) => row['pidp'] === out.pidp('moved'));
  expect(moves.map((row) => Object.values(row).slice(1).join(' '))).toEqual([
    '1 TUR SRB 2023-06 18 3 2023-06 3 1 a',
    '2 SRB DEU 2026-10 58 1 2026-10 2 1 b',
  ]);
  expect(out.row('moves.csv', 'invited', { move: '2' })?.['class']).toBe('4');
});

test('a gap, a stay within one month and an early month are told as they are', async () => {
  await panel.rows(
    `INSERT INTO member (id, study_id, cohort, recruitment_source, host_country, locale, channels, status, synthetic, joined_on, residence_coder)
     SELECT '00000000-0000-4000-8000-000000000001', study_id, 'odd', 'test', 'SRB', 'ru', '{}', 'active', true, '2026-04-01',
            (SELECT max(residence_coder) FROM member) FROM member LIMIT 1`,
  );
  await panel.rows(
    `INSERT INTO residence_revision (member_id, nr, kind, reported_on, issues)
     VALUES ('00000000-0000-4000-8000-000000000001', 1, 'reported', '2026-05-01', '[]')`,
  );
  await panel.rows(
    `INSERT INTO residence_spell (member_id, since_nr, seq, until_nr, country, moved_in_on, moved_out_on, precision, dating, last_confirmed_on, fed_forward)
     SELECT '00000000-0000-4000-8000-000000000001', 1, s.*, 'month', 'stated', '2026-05-01', 'not_shown'
     FROM (VALUES (1, NULL::int, 'GEO', date '2021-12-01', date '2022-02-01'), (2, NULL, 'TUR', '2022-05-01', '2022-05-01'),
                  (3, NULL, 'SRB', '2022-05-01', '2024-01-01'), (4, 2, 'ARM', '2023-01-01', NULL)) AS s`,
  );
  const again = await exported(panel.services, panel.study.id);
  const brief = again
    .rows('spell_residence.csv')
    .filter((row) => row['pidp'] === again.pidp('odd'))
    .map((row) => [row['spell'], row['country'], row['begin_m'], row['end_m'], row['gapafter_m']].join(' '));
  expect(brief).toEqual(['1 GEO 0 1 3', '2 TUR 5 4 0', '3 SRB 5 24 -8']);
});

test('check-ins have no files of a wave; what came of them is told as the case says', () => {
  expect(out.written.filter(({ file }) => file.startsWith('k_'))).toEqual([]);
  expect(out.columns('xwave.csv').map(({ name }) => name)).not.toContain('k_state');
  const expected = CHECK_INS.flatMap(({ state, answers }) => {
    const outcome = checkInOutcome(state, answers ?? {});
    if (outcome) return [String(CHECK_IN_OUTCOMES.indexOf(outcome) + 1)];
    return state === 'refused' ? ['-2'] : [];
  });
  const rows = out.rows('keepintouch.csv');
  expect(rows.map((row) => row['outcome']).sort()).toEqual(expected.sort());
  expect(new Set(rows.map((row) => [row['checkin'], row['outcomeon']].join()))).toEqual(
    new Set([`k,${ON['k'] ?? ''}`]),
  );
});

test('waves that were not opened have no file and no row of the concordance', () => {
  expect(out.written.map(({ file }) => file).filter((file) => /^[cd]_/.test(file))).toEqual([]);
  const rows = out.rows('concordance.csv');
  expect(new Set(rows.map((row) => row['wave']))).toEqual(new Set(['1', '2']));
  const of = (variable: string) => rows.filter((row) => row['variable'] === variable);
  expect(of('ident_main').map((row) => [row['asked'], row['comparable'], row['recode']])).toEqual([
    ['1', '1', ''],
    ['1', '0', '51=1; 52=2; 53=3; 54=4; 55=5; 56=6; 57=7; 58=8; 59=9'],
  ]);
  expect(of('init_same').map((row) => [row['asked'], row['version'], row['question_ru'] !== ''])).toEqual([
    ['0', '0', false],
    ['1', '1', true],
  ]);
  expect(of('lang_local')[0]?.['codes_en']).toMatch(/^1=.+; 2=.+; 5=[^;]+$/);
  expect(new Set(rows.map((row) => row['variable'])).size).toBe(rows.length / 2);
});

const RULE = { breakOffBelow: 0.5, completeAbove: 0.8 };
const waveOf = (letter: string, elements: object[]): WaveSource => ({
  ...{ waveId: letter, letter, partialRule: RULE },
  versions: [deriveTables({ pages: [{ elements }] })],
});

test('a variable that became a number leaves the long file with the reasons beside its text', () => {
  const waves = [
    waveOf('a', [{ type: 'text', name: 'since' }]),
    waveOf('b', [{ type: 'text', name: 'since', inputType: 'number' }]),
  ];
  const rows = concordanceOf(
    waves.map((wave) => ({ letter: wave.letter, variables: variablesOf(wave, 'main') })),
    [],
  );
  const { dataset, notPooled } = panelLong(waves, rows);
  expect(notPooled.map(({ variable }) => variable)).toEqual(['since']);
  expect(dataset.columns.map(({ name }) => name)).not.toContain('since_mis');
});

test('a file of more columns than the database can select is left out and named', () => {
  const flags = Array.from({ length: 900 }, (_, nr) => ({ type: 'boolean', name: `x${nr}` }));
  const waves = [waveOf('a', flags), waveOf('b', flags)];
  const source = {
    studyId: 's',
    locales: ['ru'],
    checkIns: [],
    experiments: [],
    designed: [],
    consents: [],
    concordance: [],
  };
  const { datasets, leftOut } = studyDatasets({ ...source, waves });
  expect(leftOut.map(({ file, why }) => [file, why['en']?.match(/\d+/)?.[0]])).toEqual([
    ['panel_wide.csv', '1810'],
  ]);
  expect(datasets.map(({ file }) => file)).toEqual(
    expect.arrayContaining(['a_indresp.csv', 'panel_long.csv']),
  );
  expect(datasets.map(({ file }) => file)).not.toContain('panel_wide.csv');
});
