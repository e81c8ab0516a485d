import { problem } from '../kit/problem.js';

export const UnknownWave = problem<{ wave: string }>(
  'wave.unknown',
  404,
  (d) => `There is no wave ${d.wave}. Load the study first, and name the wave by its letter.`,
);

export const WaveAlreadyClosed = problem<{ wave: string }>(
  'wave.already_closed',
  409,
  (d) =>
    `Wave ${d.wave} is closed: it cannot be opened again, and its dates and its contact plan stay as they are.`,
);

export const WaveNotOpen = problem<{ wave: string }>(
  'wave.not_open',
  409,
  (d) => `Wave ${d.wave} is not open. Open it first.`,
);

export const WaveClosed = problem<{ wave: string }>(
  'wave.closed',
  410,
  () => 'This survey has closed, so answers can no longer be taken. Thank you for wanting to take part.',
);

export const NoResponseRate = problem<{ wave: string }>(
  'wave.no_response_rate',
  422,
  (d) =>
    `Wave ${d.wave} recruited people who chose to come, so it has no response rate. Use the completion rate.`,
);

export const WindowHasPassed = problem<{ wave: string; closedOn: string }>(
  'wave.window_has_passed',
  409,
  (d) =>
    `The window of wave ${d.wave} ended on ${d.closedOn}. Give it another window in study.json and load the study again.`,
);

export const InvalidClose = problem<{ wave: string; closesAt: string }>(
  'wave.invalid_close',
  422,
  (d) =>
    `Wave ${d.wave} cannot close at ${d.closesAt}. Give an instant that is still to come, such as 2026-04-01T08:00:00Z.`,
);

export const UnknownCase = problem<{ wave: string; member: string }>(
  'wave.unknown_case',
  404,
  (d) => `No case of wave ${d.wave} was issued to member ${d.member}. Check both.`,
);

export const UnknownCode = problem<{ code: string; codes: string[] }>(
  'wave.unknown_code',
  422,
  (d) => `${d.code} is no final disposition. Use one of ${d.codes.join(', ')}.`,
);

export const ReasonMissing = problem<Record<string, never>>(
  'wave.reason_missing',
  422,
  () => 'Say in a few words why, and who decides: both are kept with the case.',
);
