import { DataSource } from 'typeorm';
import { OutcomesService } from '../../../src/report/outcomes.service.js';
import { ResidenceService } from '../../../src/residence/residence.service.js';
import { AAPOR_EDITION, dispositionOf } from '../../../src/wave/disposition.js';
import { type CaseState, stateAfter } from '../../../src/wave/case-state.js';
import { addPeople, loadStudy, testApp, type TestApp } from '../../make/app.js';
import { type ExampleMember, MEMBERS, MOVES_BY_CLASS, WAVES } from '../../unit/worked-example/members.js';
import { OUTCOMES, RETENTION, RETENTION_BY_COUNTRY } from '../../unit/worked-example/rates.js';

let town: TestApp;
const idOf = new Map<string, string>();
const sql = <Row extends object>(text: string, values?: unknown[]): Promise<Row[]> =>
  town.services(DataSource).query(text, values);

/** The ten members of the worked example, as they would stand in the tables after four waves. */
beforeAll(async () => {
  town = await testApp();
  const study = await loadStudy(town.services);
  const ids = await addPeople(
    town.services,
    study,
    MEMBERS.map(({ country, id }) => ({ hostCountry: country, email: `${id}@synthetic.example` })),
  );
  MEMBERS.forEach(({ id }, index) => idOf.set(id, ids[index] ?? ''));
  await sql(
    `UPDATE wave SET opened_at = '2026-05-01'::timestamptz + interval '6 months' * (position(letter IN 'abcd') - 1),
       closes_at = now(), closed_at = now(), partial_rule = '{"breakOffBelow": 0.5, "completeAbove": 0.8}', crucial = '[]'
     WHERE letter IN ('a', 'b', 'c', 'd')`,
  );
  for (const member of MEMBERS) await livedThrough(member);
});
afterAll(() => town.close());

async function livedThrough({ id, cases, said }: ExampleMember): Promise<void> {
  const memberId = idOf.get(id);
  for (const [wave, { events, staff }] of Object.entries(cases)) {
    let state: CaseState = 'issued';
    for (const event of events) state = stateAfter(state, event) ?? state;
    await sql(
      `INSERT INTO issued_case (member_id, wave_id, state, locale, issued_on, plan_from, disposition, disposition_edition)
       VALUES ($1, $2, $3, 'ru', '2026-05-01', '2026-05-01', $4, $5)`,
      [
        memberId,
        `nrd-${wave}`,
        state,
        dispositionOf(state, undefined, events.includes('open')),
        AAPOR_EDITION,
      ],
    );
    if (staff)
      await sql(
        `INSERT INTO disposition_override VALUES ($1, $2, 1, $3, $4, 'told by relatives', 'staff', '2027-12-01')`,
        [memberId, `nrd-${wave}`, staff, AAPOR_EDITION],
      );
  }
  let nth = 0;
  for (const { wave, on, answers, locale } of said) {
    if (wave === null)
      await sql(`INSERT INTO residence_report VALUES ($1, $2, 'respondent', $3, $4)`, [
        memberId,
        ++nth,
        JSON.stringify(answers),
        on,
      ]);
    else
      await sql(
        `INSERT INTO response (member_id, wave_id, questionnaire_id, answers, record, children, coder, answered_share, locale, saved_on, submitted_on)
         SELECT $1, w.id, w.questionnaire_id, $3, '{}', '{}', '0', 1, $4, $5, $5 FROM wave w WHERE w.id = $2`,
        [memberId, `nrd-${wave}`, JSON.stringify(answers), locale, on],
      );
  }
}

describe('the worked example, through the tables', () => {
  test.each(MEMBERS)('$id: spells, moves and versions are those worked out by hand', async (member) => {
    await town.services(ResidenceService).bringUpToDate();
    const memberId = idOf.get(member.id);
    const spells = await sql<{ line: string }>(
      `SELECT concat_ws(' | ', s.country || coalesce(' ' || s.region, ''),
                to_char(s.moved_in_on, 'YYYY-MM') || ' → ' || coalesce(to_char(s.moved_out_on, 'YYYY-MM'), '…'),
                s.precision || ' ' || s.dating, coalesce(w.letter, 'between'), s.last_confirmed_on, s.fed_forward) AS line
       FROM residence_spell s LEFT JOIN wave w ON w.id = s.source_wave_id
       WHERE s.member_id = $1 AND s.until_nr IS NULL ORDER BY s.moved_in_on, s.since_nr, s.seq`,
      [memberId],
    );
    expect(spells.map(({ line }) => line)).toEqual(member.spells);
    const moves = await sql<{ line: string }>(
      `SELECT concat(from_country, ' → ', to_country, ' | ', to_char(moved_on, 'YYYY-MM'), ' (', to_char(not_before_on, 'YYYY-MM'), ') | ', class) AS line
       FROM residence_move WHERE member_id = $1 ORDER BY seq`,
      [memberId],
    );
    expect(moves.map(({ line }) => line)).toEqual(member.moves);
    const superseded = await sql<{ line: string }>(
      `SELECT concat(s.country, ' | ', to_char(s.moved_in_on, 'YYYY-MM'), ' → ', coalesce(to_char(s.moved_out_on, 'YYYY-MM'), '…'), ' | ',
                coalesce(w.letter, 'between')) AS line
       FROM residence_spell s
       JOIN residence_revision v ON v.member_id = s.member_id AND v.nr = s.until_nr
       LEFT JOIN wave w ON w.id = v.source_wave_id
       WHERE s.member_id = $1 ORDER BY s.until_nr, s.moved_in_on`,
      [memberId],
    );
    expect(superseded.map(({ line }) => line)).toEqual(member.superseded);
  });

  test('rates, retention and moves by class are those worked out by hand', async () => {
    const outcomes = await town.services(OutcomesService).of('new-russian-diasporas');
    expect(outcomes.waves.map(({ wave }) => wave)).toEqual([...WAVES]);
    for (const { wave, counts, rates, participation, underWay } of outcomes.waves) {
      expect(underWay).toBe(0);
      if (wave === 'a') {
        expect(rates).toBeUndefined();
        expect(participation?.completion).toBe(1);
        continue;
      }
      const hand = OUTCOMES[wave as keyof typeof OUTCOMES];
      expect(counts).toEqual(hand.counts);
      expect(rates?.e).toBeCloseTo(hand.e, 12);
      for (const [name, value] of Object.entries(hand.rates))
        expect([name, rates?.rates[name as keyof typeof hand.rates]?.toFixed(12)]).toEqual([
          name,
          value.toFixed(12),
        ]);
    }
    const pairs = (rows: typeof outcomes.retention) =>
      Object.fromEntries(
        rows.map(({ wave, unconditional, conditional, balanced, reentry }) => [
          wave,
          Object.fromEntries(
            Object.entries({ unconditional, conditional, balanced, reentry }).map(([name, share]) => [
              name,
              [share.numerator, share.denominator],
            ]),
          ),
        ]),
      );
    for (const [cohort, expected] of Object.entries(RETENTION))
      expect(pairs(outcomes.retention.filter((row) => row.cohort === cohort))).toEqual(expected);
    for (const [country, expected] of Object.entries(RETENTION_BY_COUNTRY))
      expect(
        pairs(outcomes.retentionByCountry.filter((row) => row.cohort === 'a' && row.country === country)),
      ).toEqual(expected);
    const counts = await sql<{ class: string; n: number }>(
      'SELECT class, count(*)::int AS n FROM residence_move GROUP BY class',
    );
    expect(Object.fromEntries(counts.map((row) => [row.class, row.n]))).toEqual(MOVES_BY_CLASS);
  });
});
