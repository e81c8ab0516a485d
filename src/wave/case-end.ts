import { type CaseEvent, type CaseState, stateAfter } from './case-state.js';
import { dispositionOf, type PartialRule } from './disposition.js';

/** A case that is not finished, with what decides how it ends. */
export interface Unfinished {
  state: CaseState;
  /** Share of the applicable items that were answered, 0 to 1; null where nothing was saved. */
  answeredShare: number | null;
  everOpened: boolean;
}

/**
 * How a case ends when its window closes. A started one is partial from the break-off threshold on; one whose mail bounced stays
 * undeliverable.
 */
export function endAtClose(
  { state: before, answeredShare, everOpened }: Unfinished,
  rule: PartialRule,
): { event: CaseEvent; state: CaseState; disposition: string } {
  const event: CaseEvent =
    before !== 'started'
      ? 'close'
      : (answeredShare ?? 0) >= rule.breakOffBelow
        ? 'close_partial'
        : 'close_insufficient';
  const state = stateAfter(before, event) ?? before;
  // An invitation that was never sent is known from the state before; an opened page from the history.
  const disposition =
    before === 'issued'
      ? dispositionOf('issued', undefined, false)
      : dispositionOf(state, undefined, everOpened);
  return { event, state, disposition };
}
