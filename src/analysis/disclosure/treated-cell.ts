import { type TreatedColumn, type Treatment } from './treatment.js';

/**
 * How a treatment changes a cell: the text as PostgreSQL prints it, null for system missing. Missing reasons pass unchanged.
 * @param reasons  codes of the missing reasons that the column may hold
 * @throws RangeError for a column that is withheld, or tails whose bounds were not set
 */
export function treatedCell(
  treatment: Treatment,
  reasons: ReadonlySet<number>,
): (cell: string | null) => string | null {
  const change = changeOf(treatment);
  const isReason = (cell: string) => reasons.size > 0 && cell.startsWith('-') && reasons.has(Number(cell));
  return (cell) => (cell === null || cell === '' || isReason(cell) ? cell : change(cell));
}

function changeOf(treatment: Treatment): (cell: string) => string {
  switch (treatment.kind) {
    case 'keep':
      return (cell) => cell;
    case 'drop':
      throw new RangeError('a column that is withheld has no cells');
    case 'month':
      return (cell) => cell.slice(0, 'YYYY-MM'.length);
    case 'year':
      return (cell) => cell.slice(0, 'YYYY'.length);
    case 'topCode': {
      const { bounds } = treatment;
      if (!bounds) throw new RangeError('the bounds of the tails are not set');
      const { low = -Infinity, high = Infinity } = bounds;
      return (cell) => {
        const value = Number(cell);
        return value < low ? String(low) : value > high ? String(high) : cell;
      };
    }
    case 'bands': {
      const { width, from } = treatment;
      return (cell) => String(Math.floor((Number(cell) - from) / width) * width + from);
    }
    case 'group': {
      const map = new Map(Object.entries(treatment.map));
      return (cell) => map.get(cell) ?? treatment.else ?? cell;
    }
  }
}

/** What a column is after its treatment: its type, and its categories. */
export function treatedShape({ type, measure, values = [] }: TreatedColumn, treatment: Treatment) {
  const shape = { type, measure, values };
  switch (treatment.kind) {
    case 'month':
      return { ...shape, type: 'month' as const };
    case 'year':
      return { type: 'numeric' as const, measure: 'scale' as const, values: [] };
    case 'group':
      return { ...shape, values: treatment.values };
    default:
      return shape;
  }
}
