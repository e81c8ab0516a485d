import { Command } from 'commander';
import { type AddCommands, type Output, type Services } from '../../src/kit/cli.js';

/** What a command wrote. */
export interface Said {
  lines: string[];
  json: unknown[];
  /** The exit code that it set; 0 where it set none. */
  code: number;
}

/** Runs a command of the command line inside a running application; what it throws is thrown. */
export async function runCommand(
  services: Services,
  add: AddCommands | readonly AddCommands[],
  ...words: string[]
): Promise<Said> {
  const said: Said = { lines: [], json: [], code: 0 };
  const out: Output = {
    line: (text) => void said.lines.push(text),
    json: (value) => void said.json.push(JSON.parse(JSON.stringify(value))),
    progress: () => undefined,
    end: (code) => void (said.code = code),
  };
  const program = new Command('onward').exitOverride().configureOutput({ writeErr: () => undefined });
  for (const commands of [add].flat()) commands(program, out, (work) => work(services));
  for (const group of program.commands)
    for (const command of [group, ...group.commands]) command.exitOverride().copyInheritedSettings(program);
  await program.parseAsync(words, { from: 'user' });
  return said;
}
