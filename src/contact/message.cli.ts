import { text as textOf } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { DataSource } from 'typeorm';
import { BY, shellActor } from '../access/actor-shell.node.js';
import { type AddCommands, EXIT } from '../kit/cli.js';
import { readGiven } from '../kit/files.node.js';
import { type Channel, CHANNELS } from '../study/channel.js';
import { studyMeant } from '../study/study.cli.js';
import { WaveService } from '../wave/wave.service.js';
import { ContactService } from './contact.service.js';
import { DecideUnknownService, DECISIONS, type UnknownDecision } from './decide-unknown.service.js';
import { knownMember } from './known-member.queries.js';
import { LetterExportService } from './letter-export.service.js';
import { SuppressionService } from './suppression.service.js';

interface Options {
  by?: string;
  study?: string;
  json?: boolean;
}

interface DecideOptions extends Options {
  wave: string;
  member: string;
  step: string;
  as: UnknownDecision;
  by: string;
}

type Message = Awaited<ReturnType<ContactService['messagesOf']>>[number];

/** What staff ask of single messages and addresses. */
export const messageCommands: AddCommands = (program, out, inApp) => {
  const contacts = program.commands.find((command) => command.name() === 'contacts');
  const command = (name: string, description: string) =>
    (contacts ?? program)
      .command(name)
      .description(description)
      .option('--study <study>', 'the study, by id or code; needed where there are several')
      .option('--json', 'print JSON');

  command('why', 'why a member did or did not get each of their messages')
    .requiredOption('--member <id>', 'the member')
    .option('--wave <letter>', 'of this wave alone')
    .action(async ({ study, member, wave, json }: Options & { member: string; wave?: string }) => {
      await inApp(async (services) => {
        const studyId = await studyMeant(services, study);
        const memberId = await knownMember(services(DataSource), studyId, member);
        const all = await services(ContactService).messagesOf(memberId);
        const messages = all.filter(({ letter }) => wave === undefined || letter === wave);
        if (json) return out.json(messages);
        if (messages.length === 0) out.line('No message was ever planned for this member.');
        for (const message of messages) for (const line of linesOf(message)) out.line(line);
      });
    });

  command('unknown', 'messages that may or may not have left, until somebody decides')
    .requiredOption('--wave <letter>', 'the wave, such as a')
    .action(async ({ study, wave, json }: Options & { wave: string }) => {
      await inApp(async (services) => {
        const { id } = await services(WaveService).byLetter(await studyMeant(services, study), wave);
        const unknown = await services(DecideUnknownService).list(id);
        if (json) return out.json(unknown);
        for (const { memberId, step, channel, leftAt, reason } of unknown)
          out.line(
            [memberId, step.padEnd(12), channel, leftAt?.toISOString() ?? '', reason].join('  ').trimEnd(),
          );
        out.line(`${unknown.length} messages are unknown.`);
        if (unknown.length > 0)
          out.line('Settle one with: contacts decide --member … --wave … --step … --as sent|again --by …');
      });
    });

  command('decide', 'say whether an unknown message has left, or send it again')
    .requiredOption('--member <id>', 'the member')
    .requiredOption('--wave <letter>', 'the wave, such as a')
    .requiredOption('--step <step>', 'the step of the plan')
    .addOption(
      program
        .createOption('--as <what>', 'sent: it has left; again: plan it anew')
        .choices(DECISIONS)
        .makeOptionMandatory(),
    )
    .requiredOption('--by <name>', 'who decides')
    .action(async ({ study, wave, member, step, as, by, json }: DecideOptions) => {
      await inApp(async (services) => {
        const { id } = await services(WaveService).byLetter(await studyMeant(services, study), wave);
        await services(DecideUnknownService).decide(
          { waveId: id, memberId: member, step },
          as,
          shellActor(by),
        );
        if (json) return out.json({ member, wave, step, as });
        out.line(as === 'sent' ? 'The message counts as sent.' : 'The message is planned anew, due now.');
      });
    });

  command('letters', 'write the letters on paper that are due to a file for a mail-merge, each once')
    .requiredOption('--wave <letter>', 'the wave, such as a')
    .option('--out <file>', 'a new file; only you can read it. Destroy it once the letters are printed')
    .option('--dry-run', 'only count them')
    .option(...BY)
    .action(async (options: Options & { wave: string; out?: string; dryRun?: boolean }) => {
      const { out: file } = options;
      if (!options.dryRun && file === undefined) {
        out.line('Name a new file with --out, or count the letters with --dry-run.');
        return out.end(EXIT.usage);
      }
      await inApp(async (services) => {
        const { id } = await services(WaveService).byLetter(
          await studyMeant(services, options.study),
          options.wave,
        );
        const exporter = services(LetterExportService);
        const done =
          options.dryRun || file === undefined
            ? await exporter.dryRun(id)
            : await exporter.export(id, file, shellActor(options.by));
        if (done.unreachable > 0) out.end(EXIT.partly);
        if (options.json) return out.json(done);
        const where = options.dryRun
          ? 'are due'
          : done.letters > 0
            ? `stand in ${file} and count as sent`
            : 'are due';
        out.line(`${done.letters} letters ${where}.`);
        if (done.unreachable > 0)
          out.line(`${done.unreachable} more have no postal address that can be written to, and wait.`);
      });
    });

  command(
    'suppress',
    'never write to some e-mail addresses; they are read from a file or standard input alone',
  )
    .option('--file <file>', 'a CSV file with a column email, or one address a line')
    .option('--address', 'one address, from standard input')
    .option(...BY)
    .action(async (options: Options & { file?: string; address?: boolean }) => {
      if ((options.file === undefined) === !options.address) {
        out.line('Give --file with the addresses, or --address and one address on standard input.');
        return out.end(EXIT.usage);
      }
      const text = await (options.file === undefined ? textOf(process.stdin) : readGiven(options.file));
      const addresses = addressesIn(text);
      await inApp(async (services) => {
        const studyId = await studyMeant(services, options.study);
        const members = await services(SuppressionService).suppress(
          studyId,
          addresses,
          shellActor(options.by),
        );
        if (options.json) return out.json({ suppressed: addresses.length, members });
        out.line(
          `${addresses.length} addresses are not written to any more; ${members} of them belong to members.`,
        );
      });
    });

  command('clear-trouble', 'a member’s address takes messages again')
    .requiredOption('--member <id>', 'the member')
    .addOption(
      program.createOption('--channel <channel>', 'which address').choices(CHANNELS).makeOptionMandatory(),
    )
    .requiredOption('--by <name>', 'who says so')
    .action(async (options: Options & { member: string; channel: Channel; by: string }) => {
      const { member, channel, by, json } = options;
      await inApp(async (services) => {
        const studyId = await studyMeant(services, options.study);
        await services(SuppressionService).clear(studyId, member, channel, shellActor(by));
        if (json) return out.json({ member, channel, cleared: true });
        out.line(`Messages go to the ${channel} address of this member again.`);
      });
    });
};

/** The addresses of a file: its column `email`, or each line where no header names one. */
function addressesIn(text: string): string[] {
  const rows: string[][] = parse(text, {
    bom: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
  });
  const column = rows[0]?.findIndex((cell) => cell.toLowerCase() === 'email') ?? -1;
  return (column < 0 ? rows : rows.slice(1)).map((row) => row[Math.max(column, 0)] ?? '');
}

function* linesOf({ letter, step, channel, state, fallsDueAt, outlook, events }: Message): Generator<string> {
  const what =
    outlook.kind === 'send'
      ? `goes out now by ${outlook.channel}`
      : outlook.kind === 'wait'
        ? `waits until ${outlook.until.toISOString()}: ${outlook.words}`
        : outlook.words;
  yield `wave ${letter}  ${step}  ${channel}  ${state}  due ${fallsDueAt.toISOString()}  ${what}`;
  for (const { at, event, channel: by, reason, decidedBy } of events)
    yield `  ${[at.toISOString(), event, by, reason ?? '', decidedBy ? `decided by ${decidedBy}` : ''].join('  ').trimEnd()}`;
}
