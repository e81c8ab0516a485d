import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Argument, Command, type Option } from 'commander';
import { type AddCommands } from '../../src/kit/cli.js';

const SOURCE = join(import.meta.dirname, '../../src');
type Maker = AddCommands | ((needs: object) => AddCommands);

/** The commands of every feature, in the order in which `cli.ts` adds them: some join groups of others. Needs of a feature stay empty. */
export async function allCommands(): Promise<AddCommands[]> {
  const text = readFileSync(join(SOURCE, 'cli.ts'), 'utf8');
  const homes = new Map(
    [...text.matchAll(/import \{ (\w+Commands) \} from '(\.\/[\w./-]+\.cli)\.js'/g)].map(
      ([, name = '', home = '']) => [name, home],
    ),
  );
  const [, list = ''] = /for \(const add of \[([^]*?)\n\]\)/.exec(text) ?? [];
  const names = [...list.matchAll(/\b(\w+Commands)\b/g)].map(([, name = '']) => name);
  if (names.length < homes.size || names.length === 0)
    throw new Error(`cli.ts adds ${names.length} features and imports ${homes.size}`);
  return Promise.all(
    names.map(async (name) => {
      const module = (await import(join(SOURCE, homes.get(name) ?? ''))) as Record<string, Maker>;
      const maker = module[name];
      if (!maker) throw new Error(`${homes.get(name)} has no ${name}`);
      return maker.length > 1 ? (maker as AddCommands) : (maker as (needs: object) => AddCommands)({});
    }),
  );
}

/** What a command takes besides switches: `contacts suppress --file`, `study load <folder>`. */
export interface Taken {
  command: string;
  name: string;
  /** What stands for the value in the help: `file` of `--out <file>`. */
  value: string;
}

/** Everything that every command takes. */
export async function everythingTaken(): Promise<Taken[]> {
  const program = new Command('onward');
  const silent = {
    line: () => undefined,
    json: () => undefined,
    progress: () => undefined,
    end: () => undefined,
  };
  for (const add of await allCommands())
    add(program, silent, () => Promise.reject(new Error('Nothing runs while commands are looked at')));
  const found: Taken[] = [];
  const look = (command: Command, above: string) => {
    const name = `${above} ${command.name()}`.trim();
    for (const argument of command.registeredArguments as Argument[])
      found.push({ command: name, name: argument.name(), value: argument.name() });
    for (const { long, flags } of command.options as Option[]) {
      const value = /[<[]([^\]>]+)[>\]]/.exec(flags)?.[1]?.replace(/\.\.\.$/, '');
      if (value !== undefined) found.push({ command: name, name: long ?? flags, value });
    }
    for (const child of command.commands) look(child, name);
  };
  for (const child of program.commands) look(child, '');
  return found;
}
