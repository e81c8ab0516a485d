import { Temporal } from 'temporal-polyfill';

/** The hours of the day in which a person may be written to, local time, `from` inclusive to `to` exclusive ("HH:MM"). */
export interface ContactHours {
  from: string;
  to: string;
}

/** Hours that no study may go beyond. */
export const WIDEST_HOURS: ContactHours = { from: '09:00', to: '20:00' };

const within = (instant: Temporal.Instant, zone: string, hours: ContactHours): boolean => {
  const local = instant.toZonedDateTimeISO(zone).toPlainTime();
  return (
    Temporal.PlainTime.compare(local, Temporal.PlainTime.from(hours.from)) >= 0 &&
    Temporal.PlainTime.compare(local, Temporal.PlainTime.from(hours.to)) < 0
  );
};

/** The next time the contact hours begin in a zone, strictly after an instant (a gap of the clock moves it on). */
const nextBeginning = (instant: Temporal.Instant, zone: string, hours: ContactHours): Temporal.Instant => {
  const local = instant.toZonedDateTimeISO(zone);
  for (let days = 0; ; days += 1) {
    const begins = local
      .toPlainDate()
      .add({ days })
      .toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(hours.from) })
      .toInstant();
    if (Temporal.Instant.compare(begins, instant) > 0) return begins;
  }
};

/**
 * The earliest instant, not before `now`, that lies within the contact hours in every one of the zones: where a
 * person's zone is not known, these are all that are plausible.
 * @returns undefined when the zones share no such hour within a week
 */
export function nextContactTime(now: Date, zones: readonly string[], hours: ContactHours): Date | undefined {
  let at = Temporal.Instant.fromEpochMilliseconds(now.getTime());
  const limit = at.add({ hours: 24 * 8 });
  while (Temporal.Instant.compare(at, limit) < 0) {
    const closed = zones.filter((zone) => !within(at, zone, hours));
    if (closed.length === 0) return new Date(at.epochMilliseconds);
    at = closed
      .map((zone) => nextBeginning(at, zone, hours))
      .reduce((latest, begins) => (Temporal.Instant.compare(begins, latest) > 0 ? begins : latest));
  }
  return undefined;
}
