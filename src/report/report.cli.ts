import { type AddCommands } from '../kit/cli.js';
import { studyMeant } from '../study/study.cli.js';
import { type Outcomes, OutcomesService } from './outcomes.service.js';
import { shownRetention, type ShownRetention } from './shown-retention.js';

export const reportCommands: AddCommands = (program, out, inApp) => {
  program
    .command('report')
    .description('what a study reports of itself')
    .command('outcomes')
    .description('outcome rates of each wave, retention by cohort, and the seam ratio of reported moves')
    .option('--study <study>', 'the study, by id or code; needed where there are several')
    .option('--json', 'print JSON: all rates, also by host country')
    .action(async (options: { study?: string; json?: boolean }) => {
      await inApp(async (services) => {
        const outcomes = await services(OutcomesService).of(await studyMeant(services, options.study));
        const shown = { ...outcomes, ...shownRetention(outcomes.retention, outcomes.retentionByCountry) };
        if (options.json) return out.json(shown);
        for (const line of linesOf(shown)) out.line(line);
      });
    });
};

function linesOf({
  waves,
  retention,
  seam,
}: Pick<Outcomes, 'waves' | 'seam'> & { retention: readonly ShownRetention[] }): string[] {
  return [
    ...waves.map(({ wave, cases, underWay, counts, rates, participation }) => {
      const came = rates
        ? `RR2 ${percent(rates.rates.RR2)}  RR4 ${percent(rates.rates.RR4)}  COOP4 ${percent(rates.rates.COOP4)}`
        : participation
          ? `participation ${percent(participation.participation)}  completion ${percent(participation.completion)} (people chose to come: no response rate)`
          : 'no case has ended yet';
      return `Wave ${wave}: ${cases} cases, ${counts.I} complete, ${counts.P} partial, ${underWay} under way  ${came}`;
    }),
    ...retention.map(
      ({ cohort, wave, unconditional, conditional, balanced, reentry }) =>
        `Cohort ${cohort} at wave ${wave}: retention ${percent(unconditional.rate)}  conditional ${percent(conditional.rate)}  ` +
        `balanced ${percent(balanced.rate)}  came back ${reentry.numerator ?? HIDDEN} of ${reentry.denominator ?? HIDDEN}`,
    ),
    seam.ratio === null
      ? 'Seam ratio: nothing to compare yet.'
      : `Seam ratio: ${seam.ratio.toFixed(2)} (${seam.seam.changes} changes in ${seam.seam.steps} months at a seam, ${seam.off.changes} in ${seam.off.steps} others)`,
  ];
}

/** In place of a count that is small, or would tell a small one. */
const HIDDEN = 'hidden';

const percent = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);
