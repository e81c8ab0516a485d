/** What names an attempt. */
export interface AttemptKey {
  member_id: string;
  wave_id: string;
  step: string;
}

/** The key alone of whatever has one. */
export const keyOf = ({ member_id, wave_id, step }: AttemptKey): AttemptKey => ({ member_id, wave_id, step });

/** A name of an attempt to find it by in a map or a set. */
export const nameOf = ({ member_id, wave_id, step }: AttemptKey): string => `${member_id}/${wave_id}/${step}`;
