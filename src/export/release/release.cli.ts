import { resolve } from 'node:path';
import { Option } from 'commander';
import { riskWords } from '../../analysis/disclosure/risk-report.js';
import { BY, shellActor } from '../../access/actor-shell.node.js';
import { RELEASE_KINDS, type ReleaseKind } from '../../access/analyst-token.js';
import { type AddCommands } from '../../kit/cli.js';
import { dateOf } from '../../kit/clock.js';
import { studyMeant } from '../../study/study.cli.js';
import { ReleaseExports } from './release-exports.service.js';
import { FORMATS, LAYOUTS, releaseName } from './release.js';
import { ReleaseService } from './release.service.js';

const kind = () =>
  new Option('--kind <which>', 'scientific use (SUF) or public use (PUF)').choices(RELEASE_KINDS);

export const releaseCommands: AddCommands = (program, out, inApp) => {
  const release = program
    .command('release')
    .description('releases: data frozen for analysts, with their codebook');

  release
    .command('create')
    .description('freeze what the study has now; the rules against disclosure of the kind are applied')
    .option('--study <study>', 'the study, by id or code; needed where there are several')
    .addOption(kind().makeOptionMandatory())
    .requiredOption('--version <number>', 'the version, such as 1.0')
    .option(...BY)
    .option('--json', 'print JSON')
    .action(
      async (options: {
        study?: string;
        kind: ReleaseKind;
        version: string;
        by?: string;
        json?: boolean;
      }) => {
        await inApp(async (services) => {
          const studyId = await studyMeant(services, options.study);
          const made = await services(ReleaseService).create(studyId, options, shellActor(options.by));
          const { definition, people, version } = made;
          if (options.json)
            return out.json({ release: definition.name, kind: options.kind, version, people });
          out.line(`${definition.name} (${options.kind}) is frozen: ${people} people.`);
          for (const { file, report } of definition.risk) out.line(riskWords(file, report).en ?? '');
          out.line(
            'The rules and the whole report stand in disclosure.json and in the codebook of the release.',
          );
          out.line(
            `Write its files: npm run onward -- release export ${definition.name} --kind ${options.kind} --out FOLDER`,
          );
        });
      },
    );

  release
    .command('list')
    .description('every release of a study')
    .option('--study <study>', 'the study, by id or code; needed where there are several')
    .option('--json', 'print JSON')
    .action(async (options: { study?: string; json?: boolean }) => {
      await inApp(async (services) => {
        const all = await services(ReleaseService).list(await studyMeant(services, options.study));
        if (options.json)
          return out.json(
            all.map(({ kind: of, version, madeAt, people, erased, definition: { name } }) => ({
              ...{ release: name, kind: of, version, madeAt, people, erased },
            })),
          );
        if (all.length === 0) out.line('There is no release yet.');
        for (const { kind: of, version, madeAt, people, erased, definition } of all)
          out.line(
            `${releaseName(definition.study.code, version)} ${of}: ${dateOf(madeAt)}, ${people} people, ${erased} of them erased since`,
          );
      });
    });

  release
    .command('export')
    .description('write the files of a release into a folder of its own')
    .argument('<release>', 'such as nrd-1.0')
    .addOption(kind())
    .option('--format <list>', `formats, with commas between: ${FORMATS.join(', ')}`, FORMATS.join(','))
    .option('--layout <list>', `layouts, with commas between: ${LAYOUTS.join(', ')}`, LAYOUTS.join(','))
    .option('--locale <list>', 'languages of the labels, the main one first; all of the study unless given')
    .requiredOption('--out <folder>', 'where the folder of the release goes; made where it does not exist')
    .option('--replace', 'in place of a folder of the release that is there')
    .option(...BY)
    .option('--json', 'print JSON')
    .action(
      async (
        name: string,
        options: {
          kind?: ReleaseKind;
          format: string;
          layout: string;
          locale?: string;
          out: string;
          replace?: boolean;
          by?: string;
          json?: boolean;
        },
      ) => {
        await inApp(async (services) => {
          const { folder, erased, files } = await services(ReleaseExports).export(
            name,
            { ...options, out: resolve(options.out), replace: options.replace ?? false },
            shellActor(options.by),
          );
          if (options.json)
            return out.json({
              ...{ folder, erased },
              files: files.map((file) => ({ ...file, sha256: file.sha256.toString('hex') })),
            });
          for (const { file, rows, columns, bytes } of files)
            out.line(
              rows === undefined ? `${file}: ${bytes} bytes` : `${file}: ${rows} rows, ${columns} columns`,
            );
          if (erased > 0) out.line(`Erased since the release was made, and in no file: ${erased}.`);
          out.line(`Written to ${folder}.`);
        });
      },
    );
};
