import fc from 'fast-check';
import { foldHistory } from '../../../src/residence/history.js';
import { versionsOf } from '../../../src/residence/derived.js';
import { movesOf } from '../../../src/residence/moves.js';
import { type ResidenceReport, residenceReport, rowsOf } from '../../../src/residence/report.js';
import { residenceAt } from '../../../src/residence/residence.js';
import { type History, type Spell } from '../../../src/residence/spell.js';
import { dateStated, type StatedSpell } from '../../../src/residence/stated.js';

const COUNTRIES = ['SRB', 'KAZ', 'ARM', 'DEU', 'USA', 'RUS', 'GEO'];
const HOSTS = ['ARM', 'ISR', 'KAZ', 'SRB', 'TUR'];

const month = fc
  .tuple(fc.integer({ min: 2021, max: 2029 }), fc.integer({ min: 1, max: 12 }))
  .map(([year, number]) => `${year}-${String(number).padStart(2, '0')}`);
const word = fc.constantFrom(
  'jan',
  'mar',
  'jun',
  'oct',
  'dec',
  'winter',
  'spring',
  'summer',
  'autumn',
  'dontknow',
);
const date = fc
  .tuple(fc.integer({ min: 2021, max: 2029 }), word)
  .map(([year, said]) => dateStated(year, said));
const place: fc.Arbitrary<StatedSpell> = fc.record({
  country: fc.option(fc.constantFrom(...COUNTRIES), { freq: 9 }),
  region: fc.option(fc.constantFrom('North', 'South')),
  legalBasis: fc.option(fc.constantFrom('work', 'study')),
  movedIn: fc.option(date, { freq: 6 }),
  movedOut: fc.option(month, { freq: 1 }),
});
const report: fc.Arbitrary<ResidenceReport> = fc.record({
  sourceWave: fc.option(fc.constantFrom('a', 'b', 'c', 'd')),
  reportedOn: fc
    .tuple(month, fc.integer({ min: 1, max: 28 }))
    .map(([m, day]) => `${m}-${String(day).padStart(2, '0')}`),
  kind: fc.constantFrom('reported', 'same', 'moved', 'moved', 'corrected'),
  spells: fc.array(place, { maxLength: 4 }),
});
const reports = fc.array(report, { maxLength: 7 });

const content = ({ country, region, movedIn, movedOut, stated, legalBasis }: Spell) =>
  JSON.stringify([country, region, movedIn, movedOut, stated, legalBasis]);

/** Every version of every spell that a history ever had, rebuilt from its revisions alone. */
function replayed({ revisions }: History): { now: Spell[]; versions: string[] } {
  let now: Spell[] = [];
  const versions: string[] = [];
  for (const { changes } of revisions) {
    for (const { before } of changes) {
      if (!before) continue;
      const found = now.findIndex((spell) => JSON.stringify(spell) === JSON.stringify(before));
      expect(found).not.toBe(-1);
      now = now.filter((_, index) => index !== found);
    }
    for (const { after } of changes) if (after) now.push(after);
    versions.push(...now.map(content));
  }
  return { now, versions };
}

const sorted = (spells: Spell[]) => spells.map((spell) => JSON.stringify(spell)).sort();

describe('any reports, in any order', () => {
  const always = (holds: (history: History, from: ResidenceReport[]) => void) =>
    fc.assert(
      fc.property(reports, (from) => holds(foldHistory(from), from)),
      { numRuns: 600 },
    );

  test('spells never overlap, only the last is open, and gaps are all that lies between', () => {
    always(({ spells, gaps }) => {
      const between: unknown[] = [];
      spells.forEach(({ movedIn, movedOut }, index) => {
        const next = spells[index + 1];
        if (movedOut === null) return expect(next).toBeUndefined();
        expect(movedIn <= movedOut).toBe(true);
        if (next) expect(movedOut <= next.movedIn).toBe(true);
        if (movedOut !== next?.movedIn) between.push({ from: movedOut, to: next?.movedIn ?? null });
      });
      expect(gaps).toEqual(between);
    });
  });

  test('nothing begins after the day on which it was said, or outside its window unless undated', () => {
    always(({ spells }) => {
      for (const { movedIn, lastConfirmedOn, dating, stated } of spells) {
        expect(movedIn <= lastConfirmedOn.slice(0, 7)).toBe(true);
        if (dating === 'undated') continue;
        expect(stated && stated.from <= movedIn && movedIn <= stated.to).toBe(true);
      }
    });
  });

  test('every move is implied by two spells in a row, and every change of country by a move or by leaving Russia', () => {
    always((history) => {
      const moves = movesOf(history, HOSTS);
      const pairs = history.spells.slice(1).map((after, index) => [history.spells[index], after] as const);
      for (const { from, to, month: arrival, notBefore } of moves) {
        expect(
          pairs.some(
            ([before, after]) =>
              before?.country === from &&
              after.country === to &&
              after.movedIn === arrival &&
              before.movedOut === notBefore &&
              notBefore <= arrival,
          ),
        ).toBe(true);
      }
      const changes = pairs.filter(([before, after]) => before?.country !== after.country);
      expect(moves).toHaveLength(changes.filter(([before]) => before?.country !== 'RUS').length);
    });
  });

  test('the versions that stand are the history, each came once, and none was replaced before it came', () => {
    always((history) => {
      const versions = versionsOf(history);
      const standing = versions.filter(({ until }) => until === null).map(({ spell }) => spell);
      expect(sorted(standing)).toEqual(sorted(history.spells));
      expect(new Set(versions.map(({ since, seq }) => `${since}/${seq}`)).size).toBe(versions.length);
      for (const { since, until } of versions) if (until !== null) expect(until).toBeGreaterThan(since);
    });
  });

  test('the same reports give the same history; saying one again, whenever, adds nothing', () => {
    fc.assert(
      fc.property(reports, fc.nat(), (from, pick) => {
        const once = foldHistory(from);
        expect(foldHistory(structuredClone(from))).toEqual(once);
        const again = from[pick % Math.max(1, from.length)];
        if (again) expect(foldHistory([...from, structuredClone(again)])).toEqual(once);
      }),
    );
  });

  test('revisions alone rebuild the history, and no later report takes a version away', () => {
    always((history, from) => {
      const { now, versions } = replayed(history);
      expect(sorted(now)).toEqual(sorted(history.spells));
      const byDay = [...from].sort((a, b) =>
        a.reportedOn < b.reportedOn ? -1 : a.reportedOn > b.reportedOn ? 1 : 0,
      );
      for (let count = 1; count < byDay.length; count += 1) {
        for (const spell of foldHistory(byDay.slice(0, count)).spells)
          expect(versions).toContain(content(spell));
      }
    });
  });

  test('no place that was named is lost: it is in the history, in a version before, in an issue, or was known already', () => {
    always(({ revisions }, from) => {
      const told = new Set(from.flatMap(({ spells }) => spells.flatMap(({ country }) => country ?? [])));
      const kept = new Set(
        revisions.flatMap(({ changes, issues }) => [
          ...changes.flatMap(({ before, after }) => [before?.country, after?.country]),
          ...issues.map(({ stated }) => stated?.country),
        ]),
      );
      for (const country of told) expect(kept).toContain(country);
    });
  });

  test('a known history shown as rows and sent back untouched moves no spell', () => {
    fc.assert(
      fc.property(
        fc.array(report.filter(({ spells }) => spells.every((s) => s.movedOut === null))),
        (from) => {
          const before = foldHistory(from);
          fc.pre(before.spells.length > 0);
          const shown = residenceReport(
            { res_same: 'wrong', spells_fix: rowsOf(before.spells) },
            'e',
            '2030-01-15',
          );
          const after = foldHistory(shown ? [...from, shown] : from);
          const where = ({ spells }: History) =>
            spells.map((s) => [s.country, s.movedIn, s.movedOut, s.sourceWave]);
          expect([where(after), after.gaps]).toEqual([where(before), before.gaps]);
        },
      ),
      { numRuns: 600 },
    );
  });

  test('at any month there is at most one residence, and none in a gap', () => {
    fc.assert(
      fc.property(reports, month, (from, at) => {
        const history = foldHistory(from);
        const there = history.spells.filter(
          (s) => s.movedIn <= at && (s.movedOut === null || at < s.movedOut),
        );
        expect(there.length).toBeLessThanOrEqual(1);
        expect(residenceAt(history, `${at}-28`)).toBe(there[0]);
        if (history.gaps.some(({ from: f, to }) => f <= at && (to === null || at < to)))
          expect(there).toEqual([]);
      }),
    );
  });
});
