import { missingCode, type MissingKey } from '../questionnaire/missing.js';
import { type Variable } from '../questionnaire/variable/variable.js';

type Cell = number | string | null | undefined;

const holds = (cell: Cell, { negatives, source }: Variable, reasons: MissingKey[]): boolean =>
  reasons.some((reason) => cell === missingCode(reason, negatives && !source.reason));

/**
 * How much of what applied to a person they answered. A refusal and a don't-know are answers; a blank is not, and what
 * was computed was never asked.
 * @returns the share (0 to 1, 1 where nothing applied) and the applicable items that were left blank
 */
export function progressOf(
  variables: readonly Variable[],
  record: Readonly<Record<string, Cell>>,
): { share: number; blankItems: Set<string> } {
  const applicable = new Set<string>();
  const answered = new Set<string>();
  for (const variable of variables) {
    if (variable.table !== 'main' || variable.computed) continue;
    const cell = record[variable.name];
    if (cell === null || cell === undefined) continue; // an empty text: its reason decides
    if (holds(cell, variable, ['inapplicable'])) continue;
    applicable.add(variable.item);
    if (!holds(cell, variable, ['leftBlank', 'brokeOff'])) answered.add(variable.item);
  }
  const blankItems = new Set([...applicable].filter((item) => !answered.has(item)));
  return { share: applicable.size === 0 ? 1 : answered.size / applicable.size, blankItems };
}
