import { type Choice, choiceDomain, visibleOf } from './domain-choice.js';
import { type Domain, type Place, isBlank, isObject, pick, refuse } from './domain.js';
import type { Evaluate } from './routing-run.js';

/** A matrix with one question for all rows. */
export interface MatrixSpec {
  rows: { value: string; visible?: Evaluate | undefined; enabled?: Evaluate | undefined }[];
  columns: Choice[];
  multiple: boolean;
  eachRowRequired: boolean;
  eachRowUnique: boolean;
}

/** The answers of a matrix: an object of rows, each with a column or a list of columns. */
export function matrixDomain(spec: MatrixSpec): Domain {
  const rows = new Map(spec.rows.map((row) => [row.value, row]));
  const cell = choiceDomain({
    kind: 'cell',
    choices: spec.columns,
    multiple: spec.multiple,
    min: 0,
    max: 0,
    commentLength: 0,
  });
  const shows = (row: MatrixSpec['rows'][number], at: Place) =>
    !row.visible || row.visible(at.scope, row.value) === true;
  const enabled = (row: MatrixSpec['rows'][number], at: Place) =>
    !row.enabled || row.enabled(at.scope, row.value) === true;
  const inRow = (row: string, at: Place): Place => ({ ...at, path: `${at.path}[${row}]` });
  return {
    kind: 'matrix',
    read(value, at) {
      if (!isObject(value)) return refuse(at, 'wrong_type');
      const read: Record<string, unknown> = {};
      for (const key of Object.keys(value)) {
        if (!rows.has(key)) return refuse(at, 'unknown_key');
      }
      for (const row of spec.rows) {
        if (!Object.hasOwn(value, row.value) || isBlank(value[row.value])) continue;
        const place = inRow(row.value, at);
        if (!shows(row, at)) at.findings.hidden(at.root, place.path);
        else if (!enabled(row, at)) at.findings.hidden(at.root, place.path, 'read_only');
        else {
          const held = cell.read(value[row.value], place);
          if (held !== undefined) read[row.value] = held;
        }
      }
      return isBlank(read) ? undefined : read;
    },
    finish(value, at) {
      if (at.findings.draft || (!spec.eachRowRequired && !spec.eachRowUnique)) return;
      const held = (value ?? {}) as Record<string, unknown>;
      const seen = new Set<string>();
      for (const row of spec.rows) {
        if (!shows(row, at)) continue;
        const answer = held[row.value];
        if (answer === undefined) {
          if (spec.eachRowRequired) refuse(at, 'required', `${at.path}[${row.value}]`);
          continue;
        }
        if (spec.eachRowUnique && seen.has(String(answer)))
          refuse(at, 'duplicate', `${at.path}[${row.value}]`);
        seen.add(String(answer));
      }
    },
    sample(random, at) {
      const sampled: Record<string, unknown> = {};
      let left = visibleOf(spec.columns, at.scope);
      for (const row of spec.rows) {
        if (!shows(row, at) || !enabled(row, at)) continue;
        if (!spec.eachRowRequired && random() < 0.1) continue;
        const one =
          spec.eachRowUnique && !spec.multiple ? pick(random, left)?.value : cell.sample(random, at);
        if (spec.eachRowUnique) left = left.filter((choice) => choice.value !== one);
        if (one !== undefined) sampled[row.value] = one;
      }
      return sampled;
    },
    hidesPart(part, at) {
      if (part.row === undefined) return part.choice === undefined ? undefined : cell.hidesPart!(part, at);
      const row = rows.get(part.row);
      if (!row) return undefined;
      if (!shows(row, at)) return true;
      const choice = part.rest ?? part.choice;
      return choice === undefined ? false : cell.hidesPart!({ choice }, inRow(part.row, at));
    },
  };
}
