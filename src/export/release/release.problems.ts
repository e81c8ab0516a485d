import { problem } from '../../kit/problem.js';

export const ReleaseExists = problem<{ release: string; kind: string }>(
  'export.release_exists',
  409,
  (d) =>
    `The ${d.kind} release ${d.release} stands already, and a release never changes. Give the next version.`,
);

export const UnknownRelease = problem<{ release: string; known: string[] }>(
  'export.unknown_release',
  404,
  (d) => `There is no release ${d.release}. There is: ${d.known.join(', ') || 'none yet'}.`,
);

export const ReleaseOfTwoKinds = problem<{ release: string }>(
  'export.release_of_two_kinds',
  422,
  (d) => `${d.release} stands as SUF and as PUF: say which by --kind.`,
);

export const ReleaseTooRisky = problem<{ kind: string; failures: string[] }>(
  'export.release_too_risky',
  422,
  (d) => `The ${d.kind} release was not written, as a rule fails:\n${d.failures.join('\n')}`,
);

export const ReleaseWouldDiffer = problem<{ file: string; software: string }>(
  'export.release_would_differ',
  409,
  (d) =>
    `${d.file} would not be the same file as when it was first written. No file was left. Write this release with the software that made it: ${d.software}.`,
);

export const UnknownChoice = problem<{ what: string; given: string; known: string[] }>(
  'export.unknown_choice',
  422,
  (d) => `There is no ${d.what} ${d.given}. Choose from: ${d.known.join(', ')}.`,
);

export const ReleaseBeingPrepared = problem<{ retryAfterSeconds: number }>(
  'export.release_being_prepared',
  503,
  () => 'The files of this release are being made ready. Ask again in a moment.',
);

export const UnknownFile = problem<{ known: string[] }>(
  'export.unknown_file',
  404,
  (d) => `The release has no file of this name. It has: ${d.known.join(', ')}.`,
);

export const DownloadGone = problem<Record<string, never>>(
  'export.download_gone',
  410,
  () => 'The file has changed, as somebody’s data were erased. Begin the download anew.',
);
