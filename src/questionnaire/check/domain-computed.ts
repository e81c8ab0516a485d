import { Helpers } from 'survey-core';

/** A computed value as it is stored: dates as texts, and nothing for what is not a number or is infinite. */
export function storable(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined;
  return value instanceof Date ? (Helpers.convertValToQuestionVal(value) as unknown) : value;
}
