import { problem } from './problem.js';

type Nothing = Record<string, never>;

export const BodyTooComplex = problem<{ excess: string }>(
  'kit.body_too_complex',
  422,
  (d) => `What was sent is ${d.excess} to be read. Send less at a time.`,
);

export const BodyUnreadable = problem<Nothing>(
  'kit.body_unreadable',
  400,
  () => 'What was sent is not what its content type says. Send JSON or a form as this service describes it.',
);

export const MultipartRefused = problem<Nothing>(
  'kit.multipart_refused',
  415,
  () => 'This service takes no files. Send JSON, or a form without files.',
);
