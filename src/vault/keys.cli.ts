import { BY, shellActor } from '../access/actor-shell.node.js';
import { type AddCommands, EXIT } from '../kit/cli.js';
import { KeyRotationService, type KeyStatus, type Rotation } from './key-rotation.service.js';

/** The master keys of the vault. */
export const keysCommands: AddCommands = (program, out, inApp) => {
  const keys = program.command('keys').description('the master keys that close the vault');

  keys
    .command('status')
    .description('how many members’ keys each master key wraps')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      await inApp(async (services) => {
        const status = await services(KeyRotationService).status();
        if (json) return out.json(status);
        for (const line of statusLines(status)) out.line(line);
      });
    });

  keys
    .command('rotate')
    .description(
      'put all members’ keys under the newest master key, while the service runs; ends with 3 where an older one is needed still',
    )
    .option(...BY)
    .option('--json', 'print JSON')
    .action(async ({ by, json }: { by?: string; json?: boolean }) => {
      await inApp(async (services) => {
        const rotation = await services(KeyRotationService).rotate(shellActor(by), (left) =>
          out.progress(`${left} left`),
        );
        if (!rotation.isDone) out.end(EXIT.partly);
        if (json) return out.json(rotation);
        for (const line of rotationLines(rotation)) out.line(line);
      });
    });
};

function* statusLines({ newest, wraps }: KeyStatus): Generator<string> {
  for (const { version, members, lookupSecret } of wraps) {
    const also = lookupSecret ? ', and the lookup secret' : '';
    yield `Master key ${version}${version === newest ? ' (newest)' : ''}: members' keys: ${members}${also}`;
  }
  const older = wraps.filter(({ version }) => version < newest);
  if (older.length > 0) yield 'An older master key is needed still: onward keys rotate';
  else yield `No master key but ${newest} is needed here. Backups from before a rotation need theirs.`;
}

function* rotationLines({ version, rewrapped, unreadable, isDone }: Rotation): Generator<string> {
  yield `Put under master key ${version}: ${rewrapped}`;
  if (isDone) {
    yield 'Older master keys may leave VAULT_MASTER_KEY. Keep them elsewhere for as long as you keep backups from before,';
    yield 'and keep what onward audit key printed under them: signed heads from before are checked with it.';
  } else
    yield `Keys that nothing at hand opens, and that stayed as they were: ${unreadable}. They were altered, or belong to a study that is not loaded here; keep the older master keys.`;
}
