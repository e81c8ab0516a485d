import { parse } from 'csv-parse/sync';
import { DataSource } from 'typeorm';
import { BY, shellActor } from '../access/actor-shell.node.js';
import { readGiven } from '../kit/files.node.js';
import { type AddCommands } from '../kit/cli.js';
import { membersAmong } from '../panel/panel.queries.js';
import { studyMeant } from '../study/study.cli.js';
import { StudyService } from '../study/study.service.js';
import { peopleIn, recruitersIn } from './people-file.js';
import { EnrolmentService } from './enrolment.service.js';

export const enrolmentCommands: AddCommands = (program, out, inApp) => {
  program
    .command('panel')
    .description('members of the panel')
    .command('add')
    .description(
      'add people from a CSV file: email, host_country, locale, and if known time_zone, cohort, source, recruiter, coupon; ' +
        'with postal_name, postal_lines (parted by |), postal_postcode, postal_city, postal_country email may be empty',
    )
    .requiredOption('--file <file>', 'the CSV file, UTF-8, with a header')
    .option('--study <study>', 'the study, by id or code; needed where there are several')
    .option('--dry-run', 'check the file and add nobody')
    .option(...BY)
    .option('--json', 'print JSON')
    .action(
      async (options: { study?: string; file: string; dryRun?: boolean; by?: string; json?: boolean }) => {
        await inApp(async (services) => {
          const study = await services(StudyService).get(await studyMeant(services, options.study));
          const rows = parse(await readGiven(options.file), {
            columns: true,
            bom: true,
            trim: true,
            skip_empty_lines: true,
          }) as Record<string, string>[];
          const recruiters = await membersAmong(services(DataSource), study.id, recruitersIn(rows));
          const people = peopleIn(rows, study.file, recruiters);
          if (!options.dryRun) await services(EnrolmentService).add(study.id, people, shellActor(options.by));
          const added = options.dryRun ? 0 : people.length;
          if (options.json) return out.json({ study: study.id, valid: people.length, added });
          out.line(
            options.dryRun
              ? `${people.length} people can be added.`
              : `${added} people added to ${study.id}.`,
          );
        });
      },
    );
};
