import { BY, shellActor } from '../access/actor-shell.node.js';
import { type AddCommands, EXIT } from '../kit/cli.js';
import { Clock } from '../kit/clock.js';
import { readGiven } from '../kit/files.node.js';
import { pauseCommands } from '../panel/pause.cli.js';
import { DEFAULT_CHANNELS, stepsOf } from '../study/contact-plan.js';
import { studyMeant } from '../study/study.cli.js';
import { WaveService } from '../wave/wave.service.js';
import { ContactService } from './contact.service.js';
import { messageCommands } from './message.cli.js';
import { type PlanInEffect, PlanEditService } from './plan-edit.service.js';
import { type PlannedContact } from './planned-contact.js';
import { sendingCommands } from './sending.cli.js';

interface Options {
  by?: string;
  study?: string;
  wave: string;
  json?: boolean;
}

interface PlanOptions extends Options {
  at?: string;
  dryRun?: boolean;
}

export const contactCommands: AddCommands = (program, out, inApp) => {
  const groupOf = (name: string) => program.commands.find((command) => command.name() === name);
  groupOf('study')
    ?.command('load <folder>')
    .description(
      'load a study from its folder under surveys/; loading the same again changes nothing, and what staff edited stays',
    )
    .option('--discard-edits', 'letters and contact plans that staff edited give way to the files')
    .option(...BY)
    .option('--json', 'print JSON')
    .action(async (folder: string, options: { discardEdits?: boolean; by?: string; json?: boolean }) => {
      await inApp(async (services) => {
        const { discardEdits = false, by } = options;
        const loaded = await services(PlanEditService).load(folder, shellActor(by), { discardEdits });
        if (options.json) return out.json(loaded);
        out.line(`Loaded ${loaded.studyId} with wave ${loaded.waves.join(', ')}.`);
        const { letters, plans } = loaded.kept;
        for (const letter of letters) out.line(`Kept as staff edited it: letters/${letter}`);
        for (const wave of plans) out.line(`Kept as staff edited it: the contact plan of wave ${wave}`);
      });
    });

  groupOf('wave')
    ?.command('open')
    .description(
      'open a wave: issue a case to every eligible member in their window and plan its messages; repeat to add newcomers',
    )
    .requiredOption('--wave <letter>', 'the wave, such as a')
    .option('--study <study>', 'the study, by id or code; needed where there are several')
    .option(...BY)
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      await inApp(async (services) => {
        const studyId = await studyMeant(services, options.study);
        const contacts = services(ContactService);
        const { id, closesAt } = await services(WaveService).open(
          studyId,
          options.wave,
          shellActor(options.by),
        );
        const plan = contacts.plan.bind(contacts);
        const { issued, planned } = await services(WaveService).issueDue(id, plan, undefined, (sofar) =>
          out.progress(`${sofar.issued} cases issued, ${sofar.planned} messages planned`),
        );
        if (options.json) return out.json({ wave: options.wave, issued, planned, closesAt });
        out.line(
          `Wave ${options.wave} is open until ${closesAt.toISOString().slice(0, 10)}: ` +
            `${issued} cases issued, ${planned} messages planned.`,
        );
      });
    });

  const contacts = program.command('contacts').description('messages to members');
  const ofWave = (name: string, description: string) =>
    contacts
      .command(name)
      .description(description)
      .requiredOption('--wave <letter>', 'the wave, such as a')
      .option('--study <study>', 'the study, by id or code; needed where there are several');

  ofWave(
    'plan',
    'the contact plan in force; with --dry-run: who would be written to, when in their own time, and why not the others',
  )
    .option('--dry-run', 'show what becomes of each message; nothing is sent by it')
    .option('--at <instant>', 'with --dry-run: as seen from this instant (ISO 8601) instead of now')
    .option('--json', 'print JSON; with --dry-run, one object a line')
    .action(async (options: PlanOptions) => {
      await inApp(async (services) => {
        const studyId = await studyMeant(services, options.study);
        if (!options.dryRun) {
          const found = await services(PlanEditService).plan(studyId, options.wave);
          if (options.json) return out.json(found);
          for (const line of tableOf(found)) out.line(line);
          return;
        }
        const { id } = await services(WaveService).byLetter(studyId, options.wave);
        const at = options.at ? new Date(options.at) : services(Clock).now();
        if (Number.isNaN(at.getTime())) {
          out.line('--at must be an instant such as 2026-03-01T09:00:00Z');
          return out.end(EXIT.usage);
        }
        const counts = { now: 0, later: 0, not: 0 };
        for await (const contact of services(ContactService).dryRun(id, at)) {
          const { kind } = contact.decision;
          counts[kind === 'send' ? 'now' : kind === 'wait' ? 'later' : 'not'] += 1;
          if (options.json) out.json({ ...contact, at });
          else out.line(sentenceOf(contact, at));
        }
        if (!options.json) out.line(`${counts.now} now, ${counts.later} later, ${counts.not} not at all.`);
      });
    });

  ofWave('edit-plan', 'put another contact plan in place of a wave’s; what is not sent yet follows it')
    .requiredOption('--file <file>', 'a JSON file with the plan, as contactPlan in study.json')
    .option('--dry-run', 'check the plan and store nothing')
    .option(...BY)
    .option('--json', 'print JSON')
    .action(async (options: Options & { file: string; dryRun?: boolean }) => {
      const json = jsonIn(await readGiven(options.file));
      if (json === undefined) {
        out.line(`${options.file} is no JSON; write it as contactPlan stands in study.json`);
        return out.end(EXIT.usage);
      }
      await inApp(async (services) => {
        const studyId = await studyMeant(services, options.study);
        const { dryRun = false, by } = options;
        const found = await services(PlanEditService).setPlan(studyId, options.wave, json, shellActor(by), {
          dryRun,
        });
        if (options.json) return out.json({ ...found, stored: !dryRun });
        for (const line of tableOf(found)) out.line(line);
        out.line(
          dryRun ? 'The plan is good; nothing was stored.' : `Stored; ${found.replanned} messages follow it.`,
        );
      });
    });
  messageCommands(program, out, inApp);
  sendingCommands(program, out, inApp);
  pauseCommands(program, out, inApp);
};

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

const TITLES = ['step', 'kind', 'falls due', 'until', 'channels', 'letter', 'if'];

/** The plan as a table, one line a step. */
function tableOf({ wave, edited, plan }: PlanInEffect): string[] {
  const rows = stepsOf(plan).map((step) => [
    step.step,
    step.kind,
    step.beforeCloseDays === undefined
      ? `+${step.afterDays ?? 0} d${step.afterHours ? ` ${step.afterHours} h` : ''}`
      : `close −${step.beforeCloseDays} d`,
    step.withinDays === undefined ? 'close' : `+${step.withinDays} d`,
    (step.channels ?? DEFAULT_CHANNELS).join(', '),
    step.letter,
    step.when === undefined ? 'always' : JSON.stringify(step.when),
  ]);
  const widths = TITLES.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [
    `Contact plan of wave ${wave}${edited ? ', as staff edited it' : ''}:`,
    ...[TITLES, ...rows].map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
  ];
}

function sentenceOf({ memberId, step, channel, locale, zones, decision }: PlannedContact, now: Date): string {
  const who = [memberId, (step ?? '').padEnd(12), channel ?? '', locale ?? ''].join('  ').trimEnd();
  if (decision.kind !== 'send' && decision.kind !== 'wait') return `${who}  not: ${decision.words}`;
  const zone = zones.length === 1 ? zones[0] : undefined;
  const local = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: zone ?? 'UTC',
  }).format(decision.kind === 'send' ? now : decision.until);
  const why = decision.kind === 'send' ? 'due' : decision.words;
  return `${who}  ${local} ${zone ?? `UTC (any of ${zones.join(', ')})`}  ${why}`;
}
