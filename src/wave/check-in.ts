import { type CaseState } from './case-state.js';

export const CHECK_IN_OUTCOMES = ['confirmed', 'updated', 'bounced', 'silent'] as const;
export type CheckInOutcome = (typeof CHECK_IN_OUTCOMES)[number];

/**
 * What came of a check-in between waves. `updated`: something is not as it was (the place, the contact, or a change was named).
 * @param state    the case's state
 * @param answers  to the items of the keep-in-touch questionnaire
 * @returns undefined while the case is under way, and where the person refused, left or was ineligible
 */
export function checkInOutcome(
  state: CaseState,
  answers: Readonly<Record<string, unknown>>,
): CheckInOutcome | undefined {
  switch (state) {
    case 'complete':
    case 'partial':
      return somethingChanged(answers) ? 'updated' : 'confirmed';
    case 'undeliverable':
      return 'bounced';
    case 'expired':
    case 'broke_off':
      return 'silent';
    case 'issued':
    case 'invited':
    case 'opened':
    case 'started':
    case 'refused':
    case 'withdrawn':
    case 'ineligible':
      return undefined;
  }
}

/** A member without a known place tells one; that is new to us. */
function somethingChanged({
  res_same,
  spells,
  contact_ok,
  any_change,
}: Readonly<Record<string, unknown>>): boolean {
  const places = Array.isArray(spells) ? (spells as unknown[]) : [];
  const named = Array.isArray(any_change) ? (any_change as unknown[]) : [];
  return (
    res_same === 'moved' ||
    res_same === 'wrong' ||
    places.some((place) => typeof place === 'object' && place !== null && Object.keys(place).length > 0) ||
    contact_ok === 'no' ||
    named.some((change) => change !== 'none' && change !== 'refused')
  );
}
