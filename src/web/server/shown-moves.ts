import { SMALL_CELL, suppressedList } from '../../analysis/disclosure/table-suppression.js';
import { type MoveCount } from '../../fieldwork/fieldwork.js';

/** Moves as they may be shown; null: hidden, as it is small or a small one could be computed from it. */
export interface ShownMoves {
  byClass: { class: MoveCount['class']; people: number | null }[];
  total: number | null;
  /** By country and month; whatever is hidden is left out. */
  groups: MoveCount[];
}

/** Each table is safe by itself and with the other: groups are shown only of a class whose count is shown, and stay shown with it. */
export function shownMoves(moves: readonly MoveCount[]): ShownMoves {
  const sums = new Map<MoveCount['class'], number>();
  for (const move of moves) sums.set(move.class, (sums.get(move.class) ?? 0) + move.people);
  const classes = [...sums.keys()];
  const { cells, total } = suppressedList([...sums.values()], SMALL_CELL);
  const byClass = classes.map((kind, index) => ({ class: kind, people: cells[index] ?? null }));
  const groups = byClass.flatMap(({ class: kind, people }) => {
    if (people === null) return [];
    const own = moves.filter((move) => move.class === kind);
    const within = suppressedList(
      own.map((move) => move.people),
      SMALL_CELL,
    );
    return within.total === null ? [] : own.filter((_, index) => within.cells[index] !== null);
  });
  return { byClass, total, groups };
}
