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

/** Where the close of a wave leaves a case that was not sent; in no other finished state do answers count as late. */
const LEFT_BY_CLOSE: readonly CaseState[] = ['expired', 'partial', 'broke_off', 'undeliverable'];

/**
 * Whether answers come too late and for no other reason are not admitted: the window has ended, and the person has neither sent
 * their answers nor left. They are kept apart then.
 */
export function comesLate({ caseState, memberStatus, submitted, wave }: Admission, now: Date): boolean {
  const hasEnded =
    wave.openedAt !== null && (wave.closedAt !== null || (wave.closesAt !== null && now >= wave.closesAt));
  const isOpenCase = !caseIsFinished(caseState) || LEFT_BY_CLOSE.includes(caseState);
  return memberStatus === 'active' && !submitted && hasEnded && isOpenCase;
}
