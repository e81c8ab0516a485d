import { problem } from '../kit/problem.js';

export const VaultUnreadable = problem<{ column: string }>(
  'vault.unreadable',
  500,
  (d) =>
    `The vault's ${d.column} cannot be read with this master key. Check VAULT_MASTER_KEY; nothing was changed.`,
);

export const NoVaultAccess = problem<Record<string, never>>(
  'vault.no_access',
  500,
  () =>
    'This process has no access to the vault. Do this in a process with VAULT_DATABASE_URL and VAULT_MASTER_KEY, not in the web role.',
);

export const ContactTaken = problem<{ channel: string }>(
  'vault.contact_taken',
  409,
  (d) =>
    `Another member of this study has the same ${d.channel} address. Find that member instead of adding a second one.`,
);

export const InvalidContact = problem<{ channel: string }>(
  'vault.invalid_contact',
  422,
  (d) => `This is not a valid ${d.channel} address. Correct it; nothing was stored.`,
);

export const InvalidPeople = problem<{ findings: { line: number; message: string }[] }>(
  'vault.invalid_people',
  422,
  (d) =>
    `Nobody was added. Correct these lines and add the file again:\n${d.findings.map((f) => `  line ${f.line}: ${f.message}`).join('\n')}`,
);

export const NoAddress = problem<{ channel: string }>(
  'vault.no_address',
  404,
  (d) =>
    `The vault has no ${d.channel} address of this member under this master key. Check VAULT_MASTER_KEY, or add the address.`,
);
