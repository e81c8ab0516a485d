/** Days on which a member gets no messages. Which day it is, is read where they are. */
export interface Pause {
  /** The first day of it, YYYY-MM-DD. */
  fromOn: string;
  /** The first day on which messages go out again; null is until further notice. */
  untilOn: string | null;
}

/** Who asked for a pause. */
export type PauseAskedBy = 'respondent' | 'staff';

const isDay = (text: string): boolean => {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return at !== undefined && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
};

/** What is wrong with a pause, as sentences; none where it can be kept. @param today  YYYY-MM-DD */
export function pauseFaults({ fromOn, untilOn }: Pause, today: string): string[] {
  const faults = Object.entries({ fromOn, untilOn })
    .filter(([, day]) => day !== null && !isDay(day))
    .map(([field]) => `${field} is not a day; write it as YYYY-MM-DD.`);
  if (faults.length > 0 || untilOn === null) return faults;
  if (untilOn <= fromOn) return ['The pause ends before it has begun; let untilOn come after fromOn.'];
  if (untilOn <= today) return ['The pause is over already; let untilOn be a day to come.'];
  return [];
}

/** Whether a pause leaves nothing of another one to add. */
export const covers = (pause: Pause, other: Pause): boolean =>
  pause.fromOn <= other.fromOn &&
  (pause.untilOn === null || (other.untilOn !== null && other.untilOn <= pause.untilOn));
