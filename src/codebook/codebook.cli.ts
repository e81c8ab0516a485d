import { type AddCommands } from '../kit/cli.js';
import { readJson } from '../questionnaire/questionnaire.cli.js';
import { codebook } from './codebook.js';
import { codebookText } from './codebook-text.js';

export const codebookCommands: AddCommands = (program, out) => {
  program.commands
    .find((command) => command.name() === 'questionnaire')
    ?.command('codebook <file>')
    .description(
      'every variable that a questionnaire yields: names, labels, values, types, universes, missing reasons',
    )
    .option('--locales <list>', 'languages of the labels', 'ru,en')
    .option('--wave <letter>', 'prefix names with the wave, as in a_country')
    .option('--json', 'print JSON')
    .action(async (file: string, options: { locales: string; wave?: string; json?: boolean }) => {
      const book = codebook((await readJson(file)) as object, {
        locales: options.locales.split(','),
        ...(options.wave ? { wave: options.wave } : {}),
      });
      if (options.json) out.json(book);
      else out.line(codebookText(book, options.locales.split(',')[0] ?? 'en'));
    });
};
