/** Where "now" comes from. Injected, so that tests and the demo move time instead of waiting for it. */
export abstract class Clock {
  abstract now(): Date;
}

/** A clock that stands still until it is moved. */
export class MovableClock extends Clock {
  constructor(private at: Date) {
    super();
  }

  now(): Date {
    return new Date(this.at);
  }

  moveTo(instant: Date): void {
    if (instant < this.at) throw new RangeError('A clock does not run backwards');
    this.at = new Date(instant);
  }
}

/** The calendar date of an instant in UTC, as YYYY-MM-DD: answers carry dates, never times. */
export const dateOf = (instant: Date): string => instant.toISOString().slice(0, 10);

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The beginning of the hour that an instant falls into: as exactly as an act of a respondent is kept. */
export const hourOf = (instant: Date): Date => new Date(Math.floor(instant.getTime() / HOUR_MS) * HOUR_MS);

export const addDays = (instant: Date, days: number): Date => new Date(instant.getTime() + days * DAY_MS);

/** An instant of the last day (UTC) that is over before another: what is open until that other is open on the whole of this day. */
export const lastDayBefore = (instant: Date): Date => addDays(instant, -1);
