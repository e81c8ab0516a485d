import { CaseState, caseIsFinished } from '../wave/case-state.js';
import { WaveClosed } from '../wave/wave.problems.js';
import { AlreadySubmitted, CaseWithdrawn } from './response.problems.js';

/** What decides whether a case takes answers now. */
export interface Admission {
  caseState: CaseState;
  memberStatus: 'active' | 'withdrawn' | 'dead';
  /** Whether the person sent their answers; a case can also end because its wave closed. */
  submitted: boolean;
  wave: { letter: string; openedAt: Date | null; closesAt: Date | null; closedAt: Date | null };
}

export const waveIsOpen = (wave: Admission['wave'], now: Date): boolean =>
  wave.openedAt !== null && wave.closedAt === null && wave.closesAt !== null && now < wave.closesAt;

/**
 * Lets answers in, or says why not.
 * @throws CaseWithdrawn, AlreadySubmitted, WaveClosed
 */
export function admit(admission: Admission, now: Date): void {
  if (admission.memberStatus === 'withdrawn' || admission.caseState === 'withdrawn') throw CaseWithdrawn({});
  if (admission.submitted) throw AlreadySubmitted({});
  if (caseIsFinished(admission.caseState) || !waveIsOpen(admission.wave, now))
    throw WaveClosed({ wave: admission.wave.letter });
}
