/** An expected failure: public code, HTTP status, a sentence that tells the reader what to do, typed details. */
export class Problem<D extends object = object> extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    readonly details: D,
  ) {
    super(message);
    this.name = 'Problem';
  }
}

/** Declares an expected failure once. Anything else thrown is a bug and becomes a 500 that tells nothing. */
export const problem = <D extends object>(code: string, status: number, say: (details: D) => string) =>
  Object.assign((details: D) => new Problem<D>(code, status, say(details), details), { code, status });
