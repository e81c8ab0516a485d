import { applyReport } from './apply.js';
import { type ResidenceReport } from './report.js';
import { type Gap, type History, type Revision, type Spell } from './spell.js';

/**
 * The residence history that a person's reports add up to. Reports count in the order of the days on which they were made, as
 * given within a day; a report that stands there twice counts once. The same reports always give the same history.
 *
 * - `reported`: places told from the beginning, nothing shown. Restates the time from its first place on.
 * - `same`: the open spell goes on.
 * - `moved`: the places since the last known one. Closes the open spell.
 * - `corrected`: the whole history as it should be. Replaces all; what it leaves untouched keeps its source.
 *
 * A season or year begins as early as it allows and not before the place before was last confirmed (`bounded`). A place
 * without a usable date begins when it is known at the latest: with the next dated place, else in the month of the report
 * (`undated`); the place before then ends after the month in which it was last known, and a gap lies between.
 * What could not be taken as said is an issue of the revision, with the statement.
 */
export function foldHistory(reports: readonly ResidenceReport[]): History {
  let spells: Spell[] = [];
  const revisions: Revision[] = [];
  for (const report of withoutRepeats([...reports].sort(byDay))) {
    const { changes, issues, spells: after } = applyReport(spells, report);
    spells = after;
    const { sourceWave, reportedOn, kind } = report;
    revisions.push({ sourceWave, reportedOn, kind, changes, issues });
  }
  return { spells, gaps: gapsBetween(spells), revisions };
}

const byDay = (a: ResidenceReport, b: ResidenceReport): number =>
  a.reportedOn < b.reportedOn ? -1 : a.reportedOn > b.reportedOn ? 1 : 0;

/** Only reports of one day can be the same, and most days have one. */
function withoutRepeats(inOrder: readonly ResidenceReport[]): ResidenceReport[] {
  let heard = new Set<string>();
  return inOrder.filter((report, index) => {
    const [before, after] = [inOrder[index - 1], inOrder[index + 1]];
    if (before?.reportedOn !== report.reportedOn) heard = new Set();
    if (before?.reportedOn !== report.reportedOn && after?.reportedOn !== report.reportedOn) return true;
    const key = keyOf(report);
    const isNew = !heard.has(key);
    heard.add(key);
    return isNew;
  });
}

const keyOf = ({ sourceWave, reportedOn, kind, spells }: ResidenceReport): string =>
  JSON.stringify([
    sourceWave,
    reportedOn,
    kind,
    spells.map(({ country, region, legalBasis, movedIn, movedOut }) => [
      country,
      region,
      legalBasis,
      movedIn && [movedIn.from, movedIn.to, movedIn.precision],
      movedOut,
    ]),
  ]);

function gapsBetween(spells: readonly Spell[]): Gap[] {
  return spells.flatMap(({ movedOut }, index) => {
    const next = spells[index + 1]?.movedIn ?? null;
    return movedOut === null || movedOut === next ? [] : [{ from: movedOut, to: next }];
  });
}
