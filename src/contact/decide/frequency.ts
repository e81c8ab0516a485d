import { HOUR_MS } from '../../kit/clock.js';
import { type FrequencyCap } from '../../study/contact-plan.js';

/**
 * The first instant, not before `at`, at which one more message fits every cap. A cap is rolling: of the messages that it allows, the
 * oldest no longer counts once its hours have passed to the millisecond.
 * @param recent  when messages left, in any order; what leaves after `at` counts, too
 */
export function nextFree(recent: readonly Date[], caps: readonly FrequencyCap[], at: Date): Date {
  const capped = caps.filter(({ messages }) => recent.length >= messages);
  if (capped.length === 0) return at;
  const latestFirst = recent.map((sent) => sent.getTime()).sort((a, b) => b - a);
  return new Date(
    capped.reduce(
      (free, { messages, hours }) => Math.max(free, (latestFirst[messages - 1] ?? 0) + hours * HOUR_MS),
      at.getTime(),
    ),
  );
}
