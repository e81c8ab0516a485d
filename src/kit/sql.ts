/** The name of the constraint that a failed write violated, or undefined when it failed for another reason. */
export function violatedConstraint(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null) return undefined;
  const { driverError, code, constraint } = cause as {
    driverError?: unknown;
    code?: unknown;
    constraint?: unknown;
  };
  if (driverError !== undefined) return violatedConstraint(driverError);
  return typeof code === 'string' && code.startsWith('23') && typeof constraint === 'string'
    ? constraint
    : undefined;
}

export const isUniqueViolation = (cause: unknown, constraint: string): boolean =>
  violatedConstraint(cause) === constraint;

/** True when two transactions waited for each other, and this one was ended for it: nothing of it is left, and it may be tried again. */
export function isDeadlock(cause: unknown): boolean {
  if (typeof cause !== 'object' || cause === null) return false;
  const { driverError, code } = cause as { driverError?: unknown; code?: unknown };
  return driverError === undefined ? code === '40P01' : isDeadlock(driverError);
}

/** What pg and TypeORM say without a code; the last three of a transaction whose connection was lost between two of its statements. */
const AWAY =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client (has encountered a connection error|was closed) and is not queryable|Query runner already released|Database connection provided by a query runner was already released)/;

/** True when the database cannot be reached or does not answer in time: the caller may try again later. */
export function isDatabaseAway(cause: unknown): boolean {
  if (typeof cause !== 'object' || cause === null) return false;
  const { driverError, code, message } = cause as {
    driverError?: unknown;
    code?: unknown;
    message?: unknown;
  };
  if (driverError !== undefined && isDatabaseAway(driverError)) return true;
  if (typeof code === 'string')
    return (
      /^(08|53|57P0|58)/.test(code) ||
      code === '57014' ||
      ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code)
    );
  return typeof message === 'string' && AWAY.test(message);
}
