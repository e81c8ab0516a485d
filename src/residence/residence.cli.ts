import { DataSource } from 'typeorm';
import { BY, shellActor } from '../access/actor-shell.node.js';
import { type AddCommands, type Services } from '../kit/cli.js';
import { isMemberId } from '../panel/member-id.js';
import { MemberRow } from '../panel/member.entity.js';
import { StudyService } from '../study/study.service.js';
import { historyFrom } from './derived.js';
import { movesOf } from './moves.js';
import { UnknownMember } from '../panel/panel.problems.js';
import { reportsOf } from './residence.queries.js';
import { ResidenceService } from './residence.service.js';

interface ReportOptions {
  member: string;
  country: string;
  region?: string;
  year?: string;
  month?: string;
  by?: string;
  json?: boolean;
}

export const residenceCommands: AddCommands = (program, out, inApp) => {
  const residence = program.command('residence').description('where members live');
  residence
    .command('report')
    .description('note where a member lives now, as they told you between the surveys; it closes no case')
    .requiredOption('--member <id>', 'the member')
    .requiredOption('--country <code>', 'ISO 3166-1 alpha-3, such as DEU')
    .option('--region <words>', 'the town or region')
    .option('--year <year>', 'of moving in')
    .option('--month <month>', 'of moving in: jan to dec, or winter, spring, summer, autumn')
    .option(...BY)
    .option('--json', 'print JSON')
    .action(async ({ member, country, region, year, month, by, json }: ReportOptions) => {
      await inApp(async (services) => {
        const place = { country, region, year: year === undefined ? undefined : Number(year), month };
        await services(ResidenceService).report(member, shellActor(by), place);
        if (json) return out.json({ member, place });
        out.line('The place is noted.');
      });
    });
  residence
    .command('show')
    .description('what is known of where a member lived: places, gaps, moves, and what each report changed')
    .requiredOption('--member <id>', 'the member')
    .option('--json', 'print JSON')
    .action(async ({ member, json }: { member: string; json?: boolean }) => {
      await inApp(async (services) => {
        const known = await historyOf(services, member);
        if (json) return out.json(known);
        for (const line of linesOf(known)) out.line(line);
      });
    });
};

/** The history as it follows from all that was said until now. @throws UnknownMember */
async function historyOf(services: Services, memberId: string) {
  const db = services(DataSource);
  const member = isMemberId(memberId) ? await db.getRepository(MemberRow).findOneBy({ id: memberId }) : null;
  if (!member) throw UnknownMember({ member: memberId });
  const { file } = await services(StudyService).get(member.studyId);
  const history = historyFrom(await reportsOf(db.manager, [memberId]));
  const hosts = file.hostCountries.map(({ code }) => code);
  const { spells, gaps, revisions } = history;
  return {
    member: memberId,
    spells,
    gaps,
    moves: movesOf(history, hosts),
    revisions: revisions.map(({ sourceWave, reportedOn, kind, changes, issues }, index) => ({
      nr: index + 1,
      sourceWave,
      reportedOn,
      kind,
      changes: changes.map((change) => change.kind),
      issues,
    })),
  };
}

function* linesOf({ spells, gaps, moves, revisions }: Awaited<ReturnType<typeof historyOf>>) {
  if (spells.length === 0) yield 'No place is known.';
  for (const { country, region, movedIn, movedOut, dating, lastConfirmedOn } of spells)
    yield `place     ${movedIn} to ${movedOut ?? 'now'}  ${region ? `${country}, ${region}` : country}  (${dating}, known on ${lastConfirmedOn})`;
  for (const { from, to } of gaps) yield `gap       ${from} to ${to ?? 'now'}  no place is known`;
  for (const { month, from, to, class: kind } of moves) yield `move      ${month}  ${from} to ${to}  ${kind}`;
  for (const { nr, reportedOn, kind, sourceWave, changes, issues } of revisions) {
    const found = issues.map(({ code }) => code).join(', ');
    yield `report ${nr}  ${reportedOn}  ${kind} in ${sourceWave ?? 'no wave'}: ${changes.join(', ') || 'no change'}${found && `; not as said: ${found}`}`;
  }
}
