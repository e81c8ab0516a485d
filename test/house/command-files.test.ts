import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { COMMAND_FILES, NO_PATHS } from '../make/cli-files.js';
import { everythingTaken, type Taken } from '../make/commands.js';
import { filesIn, TOP, textOf } from '../make/repository.js';

let taken: Taken[];
beforeAll(async () => void (taken = await everythingTaken()));

const nameOf = ({ command, name }: Taken) => `${command} ${name}`;

test('every file that a command takes is tested against what may lie there', () => {
  expect(taken.length).toBeGreaterThan(50);
  const paths = taken.filter(({ value }) => !NO_PATHS.has(value)).map(nameOf);
  expect(paths.sort()).toEqual(Object.keys(COMMAND_FILES).sort());
});

test('a test that is named for it exists and is about that command', () => {
  const wrong = Object.entries(COMMAND_FILES).filter(([name, how]) => {
    if (typeof how === 'string') return false;
    const [group = ''] = name.split(' ', 1);
    return !existsSync(join(TOP, how.test)) || !textOf(how.test).includes(group);
  });
  expect(wrong).toEqual([]);
});

test('commands read files by kit/files, which bounds what it reads', () => {
  const own = /import \{[^}]*\b(open|readFile\w*|createReadStream|writeFile\w*)\b[^}]*\} from 'node:fs/;
  const alone = filesIn('src').filter((path) => path.endsWith('.cli.ts') && own.test(textOf(path)));
  expect(alone).toEqual([]);
});
