import { NoResponseRate } from '../wave/wave.problems.js';
import { NoCases } from './analysis.problems.js';
import { OUTCOME_CLASSES, type OutcomeCounts } from './outcome-class.js';

export const RATES = [
  ...(['RR1', 'RR2', 'RR3', 'RR4', 'RR5', 'RR6'] as const),
  ...(['COOP1', 'COOP2', 'COOP3', 'COOP4'] as const),
  ...(['REF1', 'REF2', 'REF3', 'CON1', 'CON2', 'CON3'] as const),
] as const;
export type RateName = (typeof RATES)[number];

export interface OutcomeRates {
  /** The share of the cases of unknown eligibility that is taken to be eligible; null where no case is resolved. */
  e: number | null;
  /** Proportions in [0, 1], unrounded; null where the denominator is zero. */
  rates: Record<RateName, number | null>;
}

/** A wave as far as rates go: how its people came to it. Only a wave issued to a panel has a response rate. */
export interface RatedWave {
  wave: string;
  recruitment: 'panel' | 'opt-in' | 'open-link' | 'referral';
}

/**
 * The outcome rates of a wave that was issued to named panel members.
 * With D = (I+P)+(R+NC+O), U = UH+UO: RR1 = I/(D+U), RR3 = I/(D+eU), RR5 = I/D; RR2, RR4 and RR6 with I+P above;
 * COOP1 = I/((I+P)+R+O), COOP3 = I/((I+P)+R), COOP2 and COOP4 with I+P above; REF1–3 = R and CON1–3 = (I+P)+R+O over D+U, D+eU, D.
 * @param counts  cases by class, one final disposition each (`outcomeCounts`)
 * @param e       the share of unresolved cases taken as eligible, 0 to 1; by default the share among resolved cases, D/(D+NE)
 * @throws NoResponseRate for a wave of people who chose to come; NoCases when all counts are zero; RangeError for an `e` beyond 0 to 1
 * @see AAPOR, Standard Definitions, 10th edition (2023), outcome rates
 */
export function outcomeRates(
  { wave, recruitment }: RatedWave,
  counts: OutcomeCounts,
  e?: number,
): OutcomeRates {
  if (recruitment !== 'panel') throw NoResponseRate({ wave });
  if (OUTCOME_CLASSES.every((each) => counts[each] === 0)) throw NoCases({ wave });
  if (e !== undefined && !(e >= 0 && e <= 1)) throw new RangeError('e is a share, from 0 to 1');
  const { I, P, R, NC, O, UH, UO, NE } = counts;
  const both = I + P;
  const D = both + R + NC + O;
  const U = UH + UO;
  const share = e ?? ratio(D, D + NE);
  const resolvedAndLikely = share === null ? null : D + share * U;
  const contacted = both + R + O;
  return {
    e: share,
    rates: {
      RR1: ratio(I, D + U),
      RR2: ratio(both, D + U),
      RR3: ratio(I, resolvedAndLikely),
      RR4: ratio(both, resolvedAndLikely),
      RR5: ratio(I, D),
      RR6: ratio(both, D),
      COOP1: ratio(I, contacted),
      COOP2: ratio(both, contacted),
      COOP3: ratio(I, both + R),
      COOP4: ratio(both, both + R),
      REF1: ratio(R, D + U),
      REF2: ratio(R, resolvedAndLikely),
      REF3: ratio(R, D),
      CON1: ratio(contacted, D + U),
      CON2: ratio(contacted, resolvedAndLikely),
      CON3: ratio(contacted, D),
    },
  };
}

/** What can be said of people who chose to come. Proportions in [0, 1], unrounded; null where the denominator is zero. */
export interface ParticipationRates {
  /** Usable questionnaires (I+P) ÷ personal invitations sent. */
  participation: number | null;
  /** Complete questionnaires ÷ questionnaires begun by eligible people. */
  completion: number | null;
}

/**
 * The rates of a wave whose people chose to come: not response rates, as nobody knows who was asked.
 * @param counts  `invited`: personal invitations sent (0 for an open link); `complete`, `partial` and `brokeOff` questionnaires
 * @see AAPOR, Standard Definitions, 10th edition (2023), nonprobability samples: participation rate
 */
export function participationRates(counts: {
  invited: number;
  complete: number;
  partial: number;
  brokeOff: number;
}): ParticipationRates {
  const { invited, complete, partial, brokeOff } = counts;
  return {
    participation: ratio(complete + partial, invited),
    completion: ratio(complete, complete + partial + brokeOff),
  };
}

const ratio = (numerator: number, denominator: number | null): number | null =>
  denominator === null || denominator === 0 ? null : numerator / denominator;
