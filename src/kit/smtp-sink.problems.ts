import { problem } from './problem.js';

export const SmtpPortTaken = problem<{ port: number }>(
  'kit.smtp_port_taken',
  503,
  (d) => `Port ${d.port} on 127.0.0.1 is taken by another program. Choose another port for the SMTP sink.`,
);
