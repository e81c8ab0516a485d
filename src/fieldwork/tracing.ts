/** Why a member is looked for: no answer to a check-in, a message that came back, or staff's own reason. */
export const TRACING_REASONS = ['silent', 'bounced', 'staff'] as const;
export type TracingReason = (typeof TRACING_REASONS)[number];

/** How a member can be looked for. What is written or said on the way, and to whom, stays outside. */
export const TRACING_CHANNELS = ['telegram', 'email', 'phone', 'letter', 'acquaintance'] as const;
export type TracingChannel = (typeof TRACING_CHANNELS)[number];

/** What one attempt came to; `new_contact`: somebody knew another way, which goes to the vault. */
export const ATTEMPT_OUTCOMES = ['reached', 'no_answer', 'new_contact', 'refused'] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** How a task ends; `left`: the member has left the study. */
export const TRACING_OUTCOMES = ['found', 'not_found', 'left'] as const;
export type TracingOutcome = (typeof TRACING_OUTCOMES)[number];

/** A search for one member, with all attempts; days are YYYY-MM-DD. */
export interface TracingTask {
  memberId: string;
  /** Number among the member's tasks, from 1. */
  task: number;
  /** Letter of the wave or check-in that it began with; null where staff opened it. */
  wave: string | null;
  reason: TracingReason;
  openedOn: string;
  closedOn: string | null;
  outcome: TracingOutcome | null;
  attempts: { channel: TracingChannel; outcome: AttemptOutcome; on: string }[];
}
