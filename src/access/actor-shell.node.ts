import { userInfo } from 'node:os';
import { type Actor } from './actor.js';

/** The option of every command that changes or gives away something: `.option(...BY)`. */
export const BY = ['--by <name>', 'who does it; left out: the name of your account'] as const;

/** Whoever works at the command line, as they name themselves, or as the machine knows them. */
export const shellActor = (by: string | undefined): Actor => ({
  kind: 'shell',
  by: by?.trim().slice(0, LONGEST) || accountName(),
});

const LONGEST = 100;

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `account ${process.getuid?.() ?? 'unknown'}`; // a container's number without a name
  }
}
