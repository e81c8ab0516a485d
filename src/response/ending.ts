import { refusesToTakePart } from '../consent/consent.js';
import { type ConsentFile } from '../study/study.js';
import { type CaseEvent } from '../wave/case-state.js';
import { type Outcome } from '../wave/disposition.js';
import { type Answers } from './changes.js';

const SUBMIT_EVENTS = {
  complete: 'submit_complete',
  partial: 'submit_partial',
  insufficient: 'submit_insufficient',
} as const;

/** How a submission ends its case: refused, screened out (the questionnaire computed `eligible` as 0), or by its outcome. */
export function endingOf(
  consents: readonly ConsentFile[],
  answers: Answers,
  outcome: () => Outcome,
): CaseEvent {
  if (refusesToTakePart(consents, answers)) return 'refuse';
  return answers['eligible'] === 0 ? 'screen_out' : SUBMIT_EVENTS[outcome()];
}
