import { problem } from './problem.js';

export const OutsideFolder = problem<{ folder: string; name: string }>(
  'kit.outside_folder',
  422,
  (d) =>
    `${d.name} does not lie in ${d.folder} as a file of its own. Put the file itself there, not a link to it.`,
);

export const FileTooLarge = problem<{ file: string; limitBytes: number }>(
  'kit.file_too_large',
  422,
  (d) => `${d.file} is larger than ${d.limitBytes} bytes. Check that it is the right file.`,
);

export const FolderInUse = problem<{ folder: string }>(
  'kit.folder_in_use',
  409,
  (d) =>
    `${d.folder} is not empty, and nothing is overwritten unasked. Name another folder, or say --replace.`,
);
