import { Temporal } from 'temporal-polyfill';

/** A stretch of time in which the clocks of a zone run without a change: instants and the offset from UTC in milliseconds. */
export interface SteadyClock {
  from: number;
  /** The instant of the next change; Infinity where none is known. */
  until: number;
  offsetMs: number;
}

// Zone rules do not change while a process runs. Asking Temporal costs 10 µs and more each time, and a dry run asks a million times.
const known = new Map<string, SteadyClock[]>();

/**
 * How a zone's clocks stand at an instant, and until when.
 * @param zone  IANA zone
 * @param at    milliseconds since 1970
 */
export function steadyClock(zone: string, at: number): SteadyClock {
  let clocks = known.get(zone);
  if (!clocks) known.set(zone, (clocks = []));
  for (const clock of clocks) if (clock.from <= at && at < clock.until) return clock;
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const until = local.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity;
  const same = clocks.find((clock) => clock.until === until);
  if (same) {
    same.from = at;
    return same;
  }
  const clock = { from: at, until, offsetMs: local.offsetNanoseconds / 1e6 };
  clocks.push(clock);
  return clock;
}
