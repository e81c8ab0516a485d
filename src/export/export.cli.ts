import { resolve } from 'node:path';
import { BY, shellActor } from '../access/actor-shell.node.js';
import { type AddCommands } from '../kit/cli.js';
import { mustBeFree } from '../kit/files.node.js';
import { studyMeant } from '../study/study.cli.js';
import { ExportService } from './export.service.js';

export const exportCommands: AddCommands = (program, out, inApp) => {
  program
    .command('export')
    .description('write a study’s data as CSV files with their codebook')
    .option('--study <study>', 'the study, by id or code; needed where there are several')
    .requiredOption('--out <folder>', 'where the files go; made where it does not exist')
    .option('--replace', 'write into a folder that has files, in place of those of the same names')
    .option(
      '--for <purpose>',
      'only of those who agree to it now: a consent by its id, such as archive or public_use',
    )
    .option(...BY)
    .option('--json', 'print JSON')
    .action(
      async (options: {
        study?: string;
        out: string;
        replace?: boolean;
        for?: string;
        by?: string;
        json?: boolean;
      }) => {
        if (!options.replace) await mustBeFree(options.out);
        await inApp(async (services) => {
          const studyId = await studyMeant(services, options.study);
          const files = await services(ExportService).export(
            studyId,
            resolve(options.out),
            shellActor(options.by),
            { purpose: options.for },
          );
          if (options.json) return out.json({ study: studyId, out: options.out, files });
          for (const { file, rows, columns } of files) out.line(`${file}: ${rows} rows, ${columns} columns`);
          out.line(`Written to ${options.out}, with codebook.json.`);
        });
      },
    );
};
