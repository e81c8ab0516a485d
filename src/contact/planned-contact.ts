import { type Channel } from '../study/channel.js';
import { type Decision } from './decide/decision.js';

/**
 * What becomes of a member's messages in a wave, for staff: a decision about a planned step, or why nothing is planned.
 * `past`: what the steps came to that are no longer planned. `no_case`: the member has no case, and would get none now.
 */
export type Outlook =
  | Decision
  | { kind: 'past'; reason: 'sending' | 'sent' | 'suppressed' | 'failed' | 'unknown'; words: string }
  | { kind: 'no_case'; reason: string; words: string };

/** One line of a dry run: who, which step, when in their own time, by which channel, in which language, and why or why not. */
export interface PlannedContact {
  memberId: string;
  /** Undefined where the member has no case. */
  step: string | undefined;
  channel: Channel | undefined;
  /** Undefined where nothing is planned. */
  locale: string | undefined;
  /** The zones that their contact hours follow, the likeliest first. */
  zones: readonly string[];
  decision: Outlook;
}
