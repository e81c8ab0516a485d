import { CaseState } from './case-state.js';

/** Stored beside every code: codes have changed between editions. */
export const AAPOR_EDITION = 'AAPOR Standard Definitions, 10th edition (2023)';

/** Shares of the applicable items that separate break-off, partial and complete; fixed before a wave opens. */
export interface PartialRule {
  breakOffBelow: number;
  completeAbove: number;
}

export type Outcome = 'complete' | 'partial' | 'insufficient';

/**
 * What a questionnaire that came in counts as.
 * @param share            answered applicable items ÷ applicable items, 0 to 1
 * @param crucialAnswered  whether every applicable crucial item has an answer; without it nothing is complete
 * @see   AAPOR Standard Definitions: under 50 % break-off, 50–80 % partial, over 80 % complete, by default
 */
export function outcomeOf(share: number, crucialAnswered: boolean, rule: PartialRule): Outcome {
  if (share < rule.breakOffBelow) return 'insufficient';
  return share > rule.completeAbove && crucialAnswered ? 'complete' : 'partial';
}

/**
 * The AAPOR code of a case of a web survey of named persons, final or as it stands today.
 * @param state    the case's state
 * @param outcome  for a case under way: what its answers so far would count as
 * @param opened   whether the person ever opened the questionnaire
 */
export function dispositionOf(state: CaseState, outcome: Outcome | undefined, opened: boolean): string {
  switch (state) {
    case 'complete':
      return '1.1';
    case 'partial':
      return '1.2';
    case 'broke_off':
      return '2.12';
    case 'refused':
    case 'withdrawn':
      return '2.111';
    case 'ineligible':
      return '4.10';
    case 'undeliverable':
      return '3.30';
    case 'issued':
      return '3.11';
    case 'invited':
      return '3.19';
    case 'opened':
      return '2.1121';
    case 'started':
      return outcome === undefined || outcome === 'insufficient' ? '2.12' : '1.2';
    case 'expired':
      return opened ? '2.1121' : '3.19';
  }
}
