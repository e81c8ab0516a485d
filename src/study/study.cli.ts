import { type AddCommands, type Services } from '../kit/cli.js';
import { StudyService } from './study.service.js';
import { SeveralStudies, UnknownStudy } from './study.problems.js';

/**
 * The study that a command means: the one named (by id or code), or the only one there is.
 * @throws UnknownStudy, SeveralStudies
 */
export async function studyMeant(services: Services, named: string | undefined): Promise<string> {
  const all = await services(StudyService).all();
  if (named !== undefined) {
    const found = all.find((study) => study.id === named || study.file.code === named);
    if (!found) throw UnknownStudy({ study: named });
    return found.id;
  }
  const [only, ...others] = all;
  if (!only) throw UnknownStudy({ study: '(any)' });
  if (others.length > 0) throw SeveralStudies({ studies: all.map((study) => study.id) });
  return only.id;
}

export const studyCommands: AddCommands = (program, out, inApp) => {
  const study = program.command('study').description('studies');
  study
    .command('list')
    .description('list the studies that are loaded')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      await inApp(async (services) => {
        const studies = await services(StudyService).all();
        if (options.json)
          return out.json(
            studies.map(({ id, file }) => ({ id, code: file.code, waves: file.waves.map((w) => w.id) })),
          );
        for (const { id, file } of studies)
          out.line(`${id} (${file.code}): waves ${file.waves.map((w) => w.id).join(', ')}`);
      });
    });
};
