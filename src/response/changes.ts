export type Answers = Record<string, unknown>;

/** What changed between two states of the answers: item to new answer, or to null where an answer was taken back. */
export function changesBetween(before: Answers, after: Answers): Answers {
  const changes: Answers = {};
  for (const item of Object.keys(before)) if (!Object.hasOwn(after, item)) changes[item] = null;
  for (const [item, answer] of Object.entries(after))
    if (!sameJson(before[item], answer)) changes[item] = answer;
  return changes;
}

/** Equality of JSON values; the order of keys does not matter, since jsonb does not keep it. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson((a as Answers)[key], (b as Answers)[key]))
  );
}

/** Applies the changes of revisions in their order, noting which session answered each item last. */
export function replay(revisions: { changes: Answers; sessionId: string }[]): {
  answers: Answers;
  writer: Map<string, string>;
} {
  const answers: Answers = {};
  const writer = new Map<string, string>();
  for (const { changes, sessionId } of revisions) {
    for (const [item, answer] of Object.entries(changes)) {
      if (answer === null) delete answers[item];
      else answers[item] = answer;
      writer.set(item, sessionId);
    }
  }
  return { answers, writer };
}
