import { treatedShape } from '../../analysis/disclosure/treated-cell.js';
import { type TreatedColumn, type Treatment } from '../../analysis/disclosure/treatment.js';
import { missingReasonOf } from '../../codebook/missing-reason.js';
import { type Column } from '../column.js';
import { literal } from '../sql-text.js';

/**
 * How a treatment changes a cell, as an expression: as `treatedCell`, in SQL. Empty cells and missing reasons pass unchanged.
 * @param cell     expression of the cell as text, evaluated more than once
 * @param reasons  codes of the missing reasons that the column may hold
 * @throws RangeError for a column that is withheld, or tails whose bounds were not set
 */
export function treatedSql(treatment: Treatment, cell: string, reasons: readonly number[]): string {
  if (treatment.kind === 'keep') return cell;
  const kept = ["''", ...reasons.map((code) => literal(String(code)))].join(', ');
  return `CASE WHEN ${cell} IS NULL OR ${cell} IN (${kept}) THEN ${cell} ELSE ${changed(treatment, cell)} END`;
}

function changed(treatment: Exclude<Treatment, { kind: 'keep' }>, cell: string): string {
  switch (treatment.kind) {
    case 'drop':
      throw new RangeError('a column that is withheld has no cells');
    case 'month':
      return `left(${cell}, 7)`;
    case 'year':
      return `left(${cell}, 4)`;
    case 'topCode': {
      const { bounds } = treatment;
      if (!bounds) throw new RangeError('the bounds of the tails are not set');
      const { low, high } = bounds;
      const arms = [
        ...(low === undefined ? [] : [`WHEN (${cell})::numeric < ${low} THEN '${low}'`]),
        ...(high === undefined ? [] : [`WHEN (${cell})::numeric > ${high} THEN '${high}'`]),
      ];
      return arms.length === 0 ? cell : `CASE ${arms.join(' ')} ELSE ${cell} END`;
    }
    case 'bands': {
      const { width, from } = treatment;
      return `trim_scale(floor(((${cell})::numeric - ${from}) / ${width}) * ${width} + ${from})::text`;
    }
    case 'group': {
      const map = `${literal(JSON.stringify(treatment.map))}::jsonb ->> ${cell}`;
      const rest = treatment.else === undefined ? cell : literal(treatment.else);
      return `coalesce(${map}, ${rest})`;
    }
  }
}

/** A column after its treatment. @throws as `treatedSql` */
export function treatedColumn(column: Column, described: TreatedColumn, treatment: Treatment): Column {
  if (treatment.kind === 'keep') return column;
  const { type, measure, values } = treatedShape(described, treatment);
  const sql = treatedSql(treatment, `(${column.sql})::text`, reasonsOf(column));
  const treated: Column = { ...column, type, measure, sql };
  delete treated.values;
  if (values.length > 0) treated.values = values.map((one) => ({ value: one.code, ...one }));
  return treated;
}

export const reasonsOf = ({ type, missing, negatives }: Column): number[] =>
  type === 'numeric' ? missing.map((key) => missingReasonOf(key, negatives ?? false).code) : [];
