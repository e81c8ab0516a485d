import { outcomeCounts } from '../../../src/analysis/outcome-class.js';
import { outcomeRates, RATES } from '../../../src/analysis/outcome-rates.js';
import { type Retention, retention, type Share } from '../../../src/analysis/retention.js';
import { movesOf } from '../../../src/residence/moves.js';
import { foldHistory } from '../../../src/residence/history.js';
import { residenceReport, type ResidenceReport } from '../../../src/residence/report.js';
import { threeMonthResidence, twelveMonthResidence } from '../../../src/residence/residence.js';
import { type History, type Spell } from '../../../src/residence/spell.js';
import { type CaseState, stateAfter } from '../../../src/wave/case-state.js';
import { dispositionOf } from '../../../src/wave/disposition.js';
import {
  type ExampleCase,
  type ExampleMember,
  HOSTS,
  MEMBERS,
  MOVES_BY_CLASS,
  RESIDENT,
  WAVES,
} from './members.js';
import { type HandRetention, OUTCOMES, RETENTION, RETENTION_BY_COUNTRY } from './rates.js';

/** Only a complete or partial case has spoken; what came between waves has no case. */
const reportsOf = ({ said, cases }: ExampleMember): ResidenceReport[] =>
  said.flatMap(({ wave, on, answers }) => {
    if (wave !== null && !cases[wave]?.code.startsWith('1.')) return [];
    return residenceReport(answers, wave, on) ?? [];
  });

const historyOf = (member: ExampleMember): History => foldHistory(reportsOf(member));

const spellLine = (s: Spell): string =>
  [
    s.region === null ? s.country : `${s.country} ${s.region}`,
    `${s.movedIn} → ${s.movedOut ?? '…'}`,
    `${s.precision} ${s.dating}`,
    s.sourceWave ?? 'between',
    s.lastConfirmedOn,
    s.fedForward,
  ].join(' | ');

const supersededIn = ({ revisions }: History): string[] =>
  revisions.flatMap(({ sourceWave, changes }) =>
    changes.flatMap(({ kind, before }) =>
      before && kind !== 'confirmed'
        ? [`${before.country} | ${before.movedIn} → ${before.movedOut ?? '…'} | ${sourceWave ?? 'between'}`]
        : [],
    ),
  );

function codeOf({ events, staff }: ExampleCase): string {
  if (staff) return staff;
  const state = events.reduce<CaseState>((before, event) => {
    const after = stateAfter(before, event);
    if (!after) throw new Error(`${event} cannot happen in ${before}`);
    return after;
  }, 'issued');
  return dispositionOf(state, undefined, events.includes('open'));
}

describe('the worked example', () => {
  test('has ten members and every kind of ending', () => {
    expect(MEMBERS).toHaveLength(10);
    const codes = new Set(MEMBERS.flatMap(({ cases }) => Object.values(cases).map(({ code }) => code)));
    expect([...codes].sort()).toEqual(['1.1', '1.2', '2.111', '2.12', '2.31', '3.19', '3.30', '4.10']);
  });

  test.each(MEMBERS)('$id: spells, gaps, moves and superseded versions', (member) => {
    const history = historyOf(member);
    expect(history.spells.map(spellLine)).toEqual(member.spells);
    expect(history.gaps.map(({ from, to }) => `${from} → ${to ?? '…'}`)).toEqual(member.gaps);
    expect(
      movesOf(history, HOSTS).map((m) => `${m.from} → ${m.to} | ${m.month} (${m.notBefore}) | ${m.class}`),
    ).toEqual(member.moves);
    expect(supersededIn(history)).toEqual(member.superseded);
    expect(history.revisions.flatMap(({ issues }) => issues)).toEqual([]);
  });

  test.each(MEMBERS)('$id: usual residence and short stay at the end', (member) => {
    const history = historyOf(member);
    expect([twelveMonthResidence(history, '2027-11-30'), threeMonthResidence(history, '2027-11-30')]).toEqual(
      RESIDENT[member.id],
    );
  });

  test.each(MEMBERS)('$id: the dispositions follow from what happened', ({ cases }) => {
    for (const each of Object.values(cases)) expect(codeOf(each)).toBe(each.code);
  });

  test('moves by class add up', () => {
    const counts: Record<string, number> = {};
    for (const member of MEMBERS) {
      for (const { class: kind } of movesOf(historyOf(member), HOSTS)) counts[kind] = (counts[kind] ?? 0) + 1;
    }
    expect(counts).toEqual(MOVES_BY_CLASS);
  });
});

describe('the worked example’s rates', () => {
  const codesIn = (wave: (typeof WAVES)[number]) =>
    MEMBERS.flatMap(({ cases }) => (cases[wave] ? [cases[wave].code] : []));

  test.each(['b', 'c', 'd'] as const)('wave %s', (wave) => {
    const counts = outcomeCounts(codesIn(wave));
    expect(counts).toEqual(OUTCOMES[wave].counts);
    const { e, rates } = outcomeRates({ wave, recruitment: 'panel' }, counts);
    expect(e).toBeCloseTo(OUTCOMES[wave].e, 12);
    for (const name of RATES)
      expect([name, rates[name]?.toFixed(12)]).toEqual([name, OUTCOMES[wave].rates[name].toFixed(12)]);
  });

  test('the opt-in baseline has none', () => {
    expect(() => outcomeRates({ wave: 'a', recruitment: 'opt-in' }, outcomeCounts(codesIn('a')))).toThrow(
      expect.objectContaining({ code: 'wave.no_response_rate' }),
    );
  });

  const panel = MEMBERS.map(({ cohort, country, cases, ended }) => ({
    cohort,
    country,
    codes: Object.fromEntries(WAVES.map((wave) => [wave, cases[wave]?.code])),
    ...(ended ? { ended } : {}),
  }));
  const byHand = ({ unconditional, conditional, balanced, reentry }: Retention): HandRetention => {
    const pair = ({ numerator, denominator }: Share): [number, number] => [numerator, denominator];
    return {
      unconditional: pair(unconditional),
      conditional: pair(conditional),
      balanced: pair(balanced),
      reentry: pair(reentry),
    };
  };

  test('retention by entry cohort', () => {
    const found: typeof RETENTION = {};
    for (const row of retention(panel, WAVES)) (found[row.cohort] ??= {})[row.wave] = byHand(row);
    expect(found).toEqual(RETENTION);
  });

  test('retention by host country', () => {
    const found: typeof RETENTION_BY_COUNTRY = {};
    for (const row of retention(panel, WAVES, 'country')) {
      if (row.cohort === 'a') (found[row.country ?? ''] ??= {})[row.wave] = byHand(row);
    }
    expect(found).toMatchObject(RETENTION_BY_COUNTRY);
  });
});
