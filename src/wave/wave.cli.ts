import { type AddCommands } from '../kit/cli.js';
import { WaveService } from './wave.service.js';
import { studyMeant } from '../study/study.cli.js';

interface Options {
  study?: string;
  wave: string;
  json?: boolean;
}

export const waveCommands: AddCommands = (program, out, inApp) => {
  const wave = program.command('wave').description('waves');
  wave
    .command('close')
    .description('close a wave: every case that is under way ends with its disposition')
    .requiredOption('--wave <letter>', 'the wave, such as a')
    .option('--study <study>', 'the study, by id or code; needed where there are several')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      await inApp(async (services) => {
        const studyId = await studyMeant(services, options.study);
        const waves = services(WaveService);
        const { id } = await waves.byLetter(studyId, options.wave);
        const ended = await waves.close(id);
        if (options.json) return out.json({ wave: options.wave, ended });
        out.line(`Wave ${options.wave} is closed; ${ended} cases that were under way have ended.`);
      });
    });
  program.commands
    .find((command) => command.name() === 'study')
    ?.command('load <folder>')
    .description('load a study from its folder under surveys/; loading the same again changes nothing')
    .option('--json', 'print JSON')
    .action(async (folder: string, options: { json?: boolean }) => {
      await inApp(async (services) => {
        const loaded = await services(WaveService).load(folder);
        if (options.json) return out.json(loaded);
        out.line(`Loaded ${loaded.studyId} with wave ${loaded.waves.join(', ')}.`);
      });
    });
};
