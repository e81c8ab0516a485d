import { problem } from '../kit/problem.js';

export const VaultUnreadable = problem<{ column: string }>(
  'vault.unreadable',
  500,
  (d) =>
    `The vault's ${d.column} cannot be read with this master key. Check VAULT_MASTER_KEY; nothing was changed.`,
);

export const VaultKeyMissing = problem<{ version: number }>(
  'vault.key_missing',
  500,
  (d) =>
    `The vault has something wrapped by master key ${d.version}, which this process was not given. Put ${d.version}:… into VAULT_MASTER_KEY and start it again; nothing was changed or lost.`,
);

export const VaultKeyWrong = problem<{ version: number }>(
  'vault.key_wrong',
  500,
  (d) =>
    `Master key ${d.version} of this process is not the one that closed this vault. Check VAULT_MASTER_KEY, and that VAULT_DATABASE_URL names the vault that belongs to it; nothing was changed or lost.`,
);

export const NoVaultAccess = problem<Record<string, never>>(
  'vault.no_access',
  500,
  () =>
    'This process has no access to the vault. Do this in a process with VAULT_DATABASE_URL and VAULT_MASTER_KEY, not in the web role.',
);

export const NoAddressesHere = problem<Record<string, never>>(
  'vault.no_addresses_here',
  409,
  () =>
    'This part of the service shows no addresses, as it has no access to the vault. Open the staff pages of a process that has it.',
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

export const MemberErased = problem<Record<string, never>>(
  'vault.member_erased',
  410,
  () =>
    'This member was erased, so no address is stored for them. Whoever comes back is added to the panel as somebody new.',
);

export const NoTombstone = problem<{ file: string; line: number }>(
  'vault.no_tombstone',
  422,
  (d) =>
    `Line ${d.line} of ${d.file} is no tombstone. Take the file as Onward wrote it (TOMBSTONES, or erasure ledger); nobody was erased by it.`,
);
