import fc from 'fast-check';
import { type MoveCount } from '../../../src/fieldwork/fieldwork.js';
import { MOVE_CLASSES } from '../../../src/residence/move.js';
import { SMALL_CELL } from '../../../src/analysis/disclosure/table-suppression.js';
import { shownMoves } from '../../../src/web/server/shown-moves.js';

const move = (kind: MoveCount['class'], month: string, people: number): MoveCount => ({
  from: 'SRB',
  to: 'DEU',
  month,
  class: kind,
  people,
});

test('small counts are hidden, with what would tell them', () => {
  const moves = [
    move('host_to_eu', '2026-01', 12),
    move('host_to_eu', '2026-02', 3),
    move('host_to_us', '2026-01', 11),
    move('host_to_us', '2026-02', 14),
    move('return_to_russia', '2026-01', 2),
  ];
  expect(shownMoves(moves)).toEqual({
    byClass: [
      { class: 'host_to_eu', people: 15 },
      { class: 'host_to_us', people: 25 },
      { class: 'return_to_russia', people: null },
    ].map((each) => (each.class === 'host_to_eu' ? { ...each, people: null } : each)),
    total: 42,
    groups: [move('host_to_us', '2026-01', 11), move('host_to_us', '2026-02', 14)],
  });
  expect(shownMoves([])).toEqual({ byClass: [], total: 0, groups: [] });
});

test('no small count is shown, and none is what is left of a class', () => {
  const anyMove = fc.record({
    from: fc.constant('SRB'),
    to: fc.constant('DEU'),
    month: fc.integer({ min: 10, max: 12 }).map((month) => `2026-${month}`),
    class: fc.constantFrom(...MOVE_CLASSES),
    people: fc.integer({ min: 1, max: 40 }),
  });
  fc.assert(
    fc.property(fc.uniqueArray(anyMove, { selector: (one) => `${one.class} ${one.month}` }), (moves) => {
      const { byClass, groups } = shownMoves(moves);
      for (const { people } of [...byClass, ...groups])
        expect(people === null || people >= SMALL_CELL).toBe(true);
      for (const { class: kind, people } of byClass) {
        const told = groups.filter((one) => one.class === kind).reduce((sum, one) => sum + one.people, 0);
        const left = (people ?? told) - told;
        expect(left === 0 || left >= SMALL_CELL).toBe(true);
      }
    }),
  );
});
