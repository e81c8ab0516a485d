import { type Channel } from '../../study/channel.js';
import { type HoursException, type Weekday, WEEKDAYS } from '../../study/contact-plan.js';

/** When a person may be written to, local time: `from` inclusive to `to` exclusive ("HH:MM"), on some days of the week. */
export interface ContactHours {
  from: string;
  to: string;
  days: readonly Weekday[];
}

/** Hours that no study may go beyond. */
export const WIDEST_HOURS: ContactHours = { from: '09:00', to: '20:00', days: WEEKDAYS };

/**
 * The contact hours of a channel in a country: those of the wave, narrowed by every exception that matches. Where they leave nothing,
 * `from` is not before `to`, or there is no day.
 * @param base        the wave's hours
 * @param exceptions  the study's
 * @param country     ISO 3166-1 alpha-3 of where the person lives
 */
export function hoursFor(
  base: Pick<ContactHours, 'from' | 'to'>,
  exceptions: readonly HoursException[],
  channel: Channel,
  country: string,
): ContactHours {
  let { from, to, days } = WIDEST_HOURS;
  const narrow = (by: Partial<ContactHours>): void => {
    const { days: only } = by;
    if (by.from !== undefined && by.from > from) from = by.from;
    if (by.to !== undefined && by.to < to) to = by.to;
    if (only) days = days.filter((day) => only.includes(day));
  };
  narrow(base);
  for (const exception of exceptions)
    if ((exception.channel ?? channel) === channel && (exception.country ?? country) === country)
      narrow(exception);
  return { from, to, days };
}
