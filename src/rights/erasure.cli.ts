import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { type Command } from 'commander';
import { DataSource } from 'typeorm';
import { BY, shellActor } from '../access/actor-shell.node.js';
import { type AddCommands, EXIT } from '../kit/cli.js';
import { UnknownMember } from '../panel/panel.problems.js';
import { membersAmong } from '../panel/panel.queries.js';
import { isMemberId } from '../panel/member-id.js';
import { studyMeant } from '../study/study.cli.js';
import { tombstoneLine } from '../vault/tombstone.js';
import { TombstoneService } from '../vault/tombstone.service.js';
import { ErasureEndService } from './erasure-end.service.js';
import { ErasureService } from './erasure.service.js';

/** Has whoever sits at the terminal type something. */
type Ask = (words: string) => Promise<string>;

interface EraseOptions {
  study?: string;
  by?: string;
  yes?: boolean;
  json?: boolean;
}

/** Erases members, and tells what of it is still to be done and who was erased. */
export const erasureCommandsAsking =
  (ask: Ask): AddCommands =>
  (program, out, inApp) => {
    groupOf(program, 'member', 'single members of the panel')
      .command('erase')
      .argument('<member>', 'the member’s id')
      .description('erase a member with all that the study holds of them; it cannot be undone')
      .option('--study <study>', 'the study, by id or code; needed where there are several')
      .option('--yes', 'do not ask again')
      .option(...BY)
      .option('--json', 'print JSON')
      .action(async (member: string, { study, by, yes, json }: EraseOptions) => {
        await inApp(async (services) => {
          const studyId = await studyMeant(services, study);
          const id = member.toLowerCase();
          const isTheirs =
            isMemberId(id) && (await membersAmong(services(DataSource), studyId, [id])).has(id);
          if (!isTheirs) throw UnknownMember({ member });
          if (
            !yes &&
            (await ask('Type the member’s id again to erase them for ever: ')).trim().toLowerCase() !== id
          ) {
            out.line('That is another id. Nobody was erased.');
            return out.end(EXIT.usage);
          }
          const receipt = await services(ErasureService).erase(id, shellActor(by));
          if (json) out.json({ member: id, receipt: receipt.code, on: receipt.on });
          else out.line(`The member was erased. The receipt for them is ${receipt.code}.`);
          await services(ErasureEndService).run();
        });
      });

    const erasure = groupOf(program, 'erasure', 'who was erased, and what of it is still to be done');
    erasure
      .command('pending')
      .description('members whom the vault has still to forget; ends with 1 where there are any')
      .option('--json', 'print JSON, one object a line')
      .action(async ({ json }: { json?: boolean }) => {
        await inApp(async (services) => {
          const owed = await services(ErasureEndService).owed();
          if (owed.length > 0) out.end(EXIT.failed);
          for (const { memberId, studyId, erasedOn } of owed)
            if (json) out.json({ member: memberId, study: studyId, erasedOn });
            else out.line(`${memberId}  ${studyId}  erased on ${erasedOn}`);
          if (!json && owed.length === 0) out.line('The vault has forgotten everybody who was erased.');
        });
      });
    erasure
      .command('ledger')
      .description('the tombstones of all who were erased, as a restore takes them: one JSON object a line')
      .action(async () => {
        await inApp(async (services) => {
          for await (const tombstone of services(TombstoneService).all()) out.line(tombstoneLine(tombstone));
        });
      });
    erasure
      .command('counts')
      .description('how many members of a study were erased, and how many cases by their last disposition')
      .option('--study <study>', 'the study, by id or code; needed where there are several')
      .option('--json', 'print JSON, one object a line')
      .action(async ({ study, json }: { study?: string; json?: boolean }) => {
        await inApp(async (services) => {
          const counts = await services(ErasureService).counts(await studyMeant(services, study));
          for (const { wave, disposition, erased } of counts)
            if (json) out.json({ wave, disposition, erased });
            else out.line(wave === null ? `members: ${erased}` : `wave ${wave}, ${disposition}: ${erased}`);
          if (!json && counts.length === 0) out.line('Nobody was erased.');
        });
      });
  };

const atTerminal: Ask = async (words) => {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const closed = once(terminal, 'close').then(() => ''); // an input that ends answers nothing
    return await Promise.race([terminal.question(words), closed]);
  } finally {
    terminal.close();
  }
};

export const erasureCommands = erasureCommandsAsking(atTerminal);

/** A group of commands to which other features may have added theirs. */
const groupOf = (program: Command, name: string, description: string): Command =>
  program.commands.find((command) => command.name() === name) ??
  program.command(name).description(description);
