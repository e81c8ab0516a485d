import { resolve } from 'node:path';
import { type AddCommands, EXIT, type Output } from '../kit/cli.js';
import { ROOT } from '../kit/paths.node.js';
import { runHeadless } from './headless.node.js';
import { wholeNumber } from './option.js';
import { startInteractive } from './interactive.node.js';
import { type Serve } from './town.node.js';

interface Options {
  headless?: boolean;
  json?: boolean;
  reset?: boolean;
  people: string;
  seed: string;
  out?: string;
  folder: string;
}

/** @param serve  how the application is built and made to listen */
export const demoCommands =
  (serve: Serve): AddCommands =>
  (program, out) => {
    program
      .command('demo')
      .description(
        'run the whole system with synthetic people; a second run goes on where the first one stopped',
      )
      .option('--headless', 'let the study run to its end on a movable clock, write the export and stop')
      .option('--people <number>', 'how many synthetic people', '60')
      .option('--seed <number>', 'the same seed gives the same people and the same data', '1')
      .option('--out <folder>', 'with --headless: where the export goes')
      .option('--json', 'with --headless: print one JSON object')
      .option('--reset', 'start over with an empty database')
      .option('--folder <folder>', 'where the demo keeps its data', ROOT.data)
      .action(async (options: Options) => {
        const people = wholeNumber('--people', options.people, 2, 100_000);
        const seed = wholeNumber('--seed', options.seed, 0, 2 ** 31 - 1);
        const folder = resolve(options.folder);
        if (!options.headless)
          return runUntilStopped({ people, seed, folder, reset: options.reset ?? false }, serve, out);
        const begun = performance.now();
        const to = resolve(options.out ?? 'demo-export');
        const summary = await runHeadless({
          people,
          seed,
          out: to,
          folder,
          serve,
          onProgress: eachOnce((text) => out.progress(text)),
        });
        const seconds = Math.round((performance.now() - begun) / 100) / 10;
        if (options.json) out.json({ ...summary, seconds });
        else out.line(`${JSON.stringify(summary.cases)}\nWritten to ${to} in ${seconds} s.`);
      });
  };

async function runUntilStopped(
  options: { people: number; seed: number; folder: string; reset: boolean },
  serve: Serve,
  out: Output,
): Promise<void> {
  const stopped = new Promise<void>((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });
  const town = await startInteractive({ ...options, serve, onProgress: eachOnce((text) => out.line(text)) });
  out.line('');
  out.line('Onward is running with synthetic people.');
  out.line(`  Answer as one of them   ${town.links.respondent}`);
  out.line(`  Fieldwork (opens once)  ${town.links.fieldwork}`);
  out.line(`  Outbox (all messages)   ${town.links.outbox}`);
  out.line('');
  out.line('Ctrl-C stops everything; the next run goes on from here. --reset starts over.');
  await stopped;
  out.line('Stopping …');
  await town.stop();
  out.end(EXIT.done);
}

/** Passes each step on once. */
function eachOnce(tell: (text: string) => void): (text: string) => void {
  let last = '';
  return (text) => {
    if (text !== last) tell(text);
    last = text;
  };
}
