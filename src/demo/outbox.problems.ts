import { problem } from '../kit/problem.js';

export const OutboxPortTaken = problem<{ port: number }>(
  'demo.outbox_port_taken',
  503,
  (d) => `Port ${d.port} on 127.0.0.1 is taken by another program. Choose another port for the outbox.`,
);
