import { problem } from '../kit/problem.js';

type Nothing = Record<string, never>;

export const InvalidHeads = problem<{ file: string; line: number }>(
  'access.invalid_heads',
  422,
  ({ file, line }) =>
    `Line ${line} of ${file} is no signed head. Each line is one JSON object, as AUDIT_HEADS and audit export-head write it.`,
);

export const InvalidPublicKey = problem<Nothing>(
  'access.invalid_public_key',
  422,
  () => 'A public key is 32 bytes in base64. Print it with audit key, where the master key is.',
);

export const NoSigningKey = problem<Nothing>(
  'access.no_signing_key',
  503,
  () => 'Heads are signed where the vault’s master key is: give VAULT_MASTER_KEY, or call a worker.',
);

export const UnknownAct = problem<{ act: string; acts: string[] }>(
  'access.unknown_act',
  422,
  ({ act, acts }) => `There is no act ${act}. The acts are: ${acts.join(', ')}.`,
);
