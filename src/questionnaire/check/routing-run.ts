import { VariableGetterContext } from 'survey-core';
import type { CheckContext } from './verdict.js';
import { type Work, WORK_LIMIT } from './work.js';

/** One evaluation of a questionnaire's expressions: what is known about one respondent at one moment. */
export interface Run {
  /** Canonical answers of the top level so far. */
  values: Record<string, unknown>;
  /** Lower-cased variables: `prev`, computed values and what the caller gave. */
  variables: Record<string, unknown>;
  /** What survey-core's functions read of a survey: its clock and its values. */
  survey: object;
  /** What expressions may still cost. */
  work: Work;
}

/** Where an expression stands: the survey, a row of a matrix or an entry of a dynamic panel. */
export interface Scope {
  run: Run;
  values: Record<string, unknown>;
  /** Position from 0 among its siblings. */
  index: number;
  /** A fixed row's value. */
  row?: unknown;
  parent?: Scope;
}

/** A compiled expression; `choice` is the choice, row or column that a condition is asked about. */
export type Evaluate = (scope: Scope, choice?: unknown) => unknown;

type Lookup = Parameters<VariableGetterContext['getValue']>[0];

/** An instant whose local calendar date and time are the UTC ones of `now`: the same on every machine. */
export const utcAsLocal = (now: Date): Date =>
  new Date(
    now.getUTCFullYear(),
    now.getUTCMonth(),
    now.getUTCDate(),
    now.getUTCHours(),
    now.getUTCMinutes(),
    now.getUTCSeconds(),
  );

/** A fresh run; nothing in it outlives the check that it is made for. */
export function startRun(context: CheckContext): Run {
  const variables: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(context.variables ?? {})) variables[name.toLowerCase()] = value;
  variables.prev = context.prev ?? null;
  const now = utcAsLocal(context.now).getTime();
  const values: Record<string, unknown> = {};
  const names = {
    getValue: (lookup: Lookup) =>
      new VariableGetterContext(variables).getValue(lookup) ??
      new VariableGetterContext(values).getValue(lookup),
  };
  return {
    values,
    variables,
    work: context.work ?? { left: WORK_LIMIT },
    survey: { dateProvider: { now: () => now }, getValueGetterContext: () => names },
  };
}

/** The scope of the survey itself. */
export const rootScope = (run: Run): Scope => ({ run, values: run.values, index: 0 });
