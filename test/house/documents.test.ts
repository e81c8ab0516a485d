import { Command } from 'commander';
import { allCommands } from '../make/commands.js';
import { filesIn, textOf } from '../make/repository.js';

const silent = {
  line: () => undefined,
  json: () => undefined,
  progress: () => undefined,
  end: () => undefined,
};
const program = new Command('onward');
beforeAll(async () => {
  for (const add of await allCommands())
    add(program, silent, () => Promise.reject(new Error('Nothing runs while commands are looked at')));
});

/** What a page tells its reader to type: after `npm run onward --`, and between backticks where it begins as a command of ours does. */
function told(text: string): string[] {
  const whole = [...text.matchAll(/npm run onward -- ([^\n`#]+)/g)].map(([, words = '']) => words);
  const groups = program.commands.map((command) => command.name()).join('|');
  const short = [...text.matchAll(new RegExp(`\`((?:${groups}) [a-z][^\`\\n]*)\``, 'g'))].map(
    ([, words = '']) => words,
  );
  return [...whole, ...short].map((words) => words.trim());
}

/** The first word that no command or option stands for; undefined for a line that can be typed. */
function unknownWord(line: string): string | undefined {
  let at: Command = program;
  const words = line.split(/\s+/);
  for (const word of words) {
    const next = at.commands.find((command) => command.name() === word);
    if (next) at = next;
    else if (word.startsWith('--')) {
      if (!at.options.some(({ long }) => long === word)) return word;
    } else if (at.commands.length > 0) return word;
  }
  return at.commands.length > 0 && !words.includes('--help') ? '(a command)' : undefined;
}

test('every command that a page names can be typed as it stands there', () => {
  const pages = ['README.md', ...filesIn('src'), ...filesIn('surveys')].filter((path) =>
    path.endsWith('.md'),
  );
  const lines = pages.flatMap((path) => told(textOf(path)).map((line) => ({ path, line })));
  expect(lines.length).toBeGreaterThan(60);
  expect(
    lines.flatMap(({ path, line }) => {
      const word = unknownWord(line);
      return word === undefined ? [] : [`${path}: ${line} (${word})`];
    }),
  ).toEqual([]);
});
