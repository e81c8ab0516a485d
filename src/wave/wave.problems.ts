import { problem } from '../kit/problem.js';

export const UnknownWave = problem<{ wave: string }>(
  'wave.unknown',
  404,
  (d) => `There is no wave ${d.wave}. Load the study first, and name the wave by its letter.`,
);

export const WaveAlreadyClosed = problem<{ wave: string }>(
  'wave.already_closed',
  409,
  (d) => `Wave ${d.wave} is closed; it cannot be opened again.`,
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
