import { problem } from './problem.js';

export const NotTheOwner = problem<{ role: string }>(
  'kit.not_the_owner',
  503,
  ({ role }) =>
    `The database is older than this version, and the role ${role} may not change its tables. Bring it up to date with: DATABASE_OWNER_URL=… onward migrate`,
);

export const HalfRestored = problem<Record<string, never>>(
  'kit.half_restored',
  503,
  () =>
    'A backup was being restored into these databases, and that did not come to its end. Wait for it, or begin anew: onward backup restore',
);
