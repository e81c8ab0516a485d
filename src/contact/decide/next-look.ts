import { type ContactFacts, decide, type Decision, WAIT_WORDS, type WaitReason } from './decision.js';

/** When a message is looked at again, and what the last look at it found that it waits for. */
export interface NextLook {
  at: Date;
  waitsFor: string | null;
}

/**
 * What becomes of a message that a sender has put aside until an instant: it is not taken up before, whatever has changed since.
 * @param look  undefined where it can be looked at any time
 */
export function decideByLook(facts: ContactFacts, now: Date, look: NextLook | undefined): Decision {
  const decision = decide(facts, now);
  if (look === undefined || look.at <= now || decision.kind === 'suppress') return decision;
  const waitsMs = decision.kind === 'wait' ? decision.until.getTime() - look.at.getTime() : -1;
  if (waitsMs === 0) return decision;
  const then = decide(facts, look.at);
  if (then.kind !== 'send' && waitsMs < 0) return then;
  if (decision.kind === 'wait') {
    const stays = then.kind === 'wait' && then.until.getTime() === decision.until.getTime();
    return stays ? decision : { ...decision, until: look.at };
  }
  // It has its place within the hours that have begun; or something that stood in the way is gone.
  const reason: WaitReason = look.waitsFor === 'quiet_hours' ? 'quiet_hours' : 'next_look';
  return { kind: 'wait', until: look.at, reason, channel: decision.channel, words: WAIT_WORDS[reason] };
}
