import { type AddCommands, EXIT } from '../kit/cli.js';
import { Clock } from '../kit/clock.js';
import { studyMeant } from '../study/study.cli.js';
import { WaveService } from '../wave/wave.service.js';
import { ContactService } from './contact.service.js';
import { type PlannedContact, SUPPRESSION_WORDS } from './decision.js';

interface Options {
  study?: string;
  wave: string;
  at?: string;
  json?: boolean;
  dryRun?: boolean;
}

export const contactCommands: AddCommands = (program, out, inApp) => {
  const wave = program.commands.find((command) => command.name() === 'wave');
  wave
    ?.command('open')
    .description(
      'open a wave: issue a case to every eligible member in their window and plan its messages; repeat to add newcomers',
    )
    .requiredOption('--wave <letter>', 'the wave, such as a')
    .option('--study <study>', 'the study, by id or code; needed where there are several')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      await inApp(async (services) => {
        const studyId = await studyMeant(services, options.study);
        const contacts = services(ContactService);
        const opened = await services(WaveService).open(studyId, options.wave, contacts.plan.bind(contacts));
        const { issued, planned } = opened;
        if (options.json)
          return out.json({ wave: options.wave, issued, planned, closesAt: opened.wave.closesAt });
        out.line(
          `Wave ${options.wave} is open until ${opened.wave.closesAt.toISOString().slice(0, 10)}: ` +
            `${issued} cases issued, ${planned} messages planned.`,
        );
      });
    });

  const contacts = program.command('contacts').description('messages to members');
  contacts
    .command('plan')
    .description('who would be written to, when in their own time and why, and why not the others')
    .requiredOption('--wave <letter>', 'the wave, such as a')
    .requiredOption('--dry-run', 'only show it; sending is the scheduler’s work')
    .option('--study <study>', 'the study, by id or code; needed where there are several')
    .option('--at <instant>', 'as seen from this instant (ISO 8601) instead of now')
    .option('--json', 'print JSON, one object a line')
    .action(async (options: Options) => {
      await inApp(async (services) => {
        const studyId = await studyMeant(services, options.study);
        const { id, openedAt } = await services(WaveService).byLetter(studyId, options.wave);
        if (!openedAt) {
          out.line(
            `Wave ${options.wave} is not open, so no message is planned. Open it with: wave open --wave ${options.wave}`,
          );
          return;
        }
        const at = options.at ? new Date(options.at) : services(Clock).now();
        if (Number.isNaN(at.getTime())) {
          out.line('--at must be an instant such as 2026-03-01T09:00:00Z');
          return out.end(EXIT.usage);
        }
        const counts = { send: 0, wait: 0, suppress: 0 };
        for await (const contact of services(ContactService).dryRun(id, at)) {
          counts[contact.decision.kind] += 1;
          if (options.json) out.json({ ...contact, at });
          else out.line(sentenceOf(contact, at));
        }
        if (!options.json)
          out.line(`${counts.send} now, ${counts.wait} later, ${counts.suppress} not at all.`);
      });
    });
};

function sentenceOf({ memberId, step, channel, locale, zones, decision }: PlannedContact, now: Date): string {
  const who = `${memberId}  ${step.padEnd(12)} ${channel} ${locale}`;
  if (decision.kind === 'suppress') return `${who}  not: ${SUPPRESSION_WORDS[decision.reason]}`;
  const zone = zones.length === 1 ? zones[0] : undefined;
  const at = decision.kind === 'send' ? now : decision.until;
  const local = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: zone ?? 'UTC',
  }).format(at);
  const why =
    decision.kind === 'send'
      ? 'due'
      : { not_due: 'falls due then', quiet_hours: 'first contact hour', study_paused: 'sending is paused' }[
          decision.reason
        ];
  return `${who}  ${local} ${zone ?? `UTC (any of ${zones.join(', ')})`}  ${why}`;
}
