import { problem } from './problem.js';

export const TooManyRequests = problem<{ retryAfterSeconds: number }>(
  'kit.too_many_requests',
  429,
  (d) => `Too many requests came at once. Try again in ${d.retryAfterSeconds} s; nothing was lost.`,
);
