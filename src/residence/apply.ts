import { monthOf } from './month.js';
import { endBefore, heldThroughOf, placeInTime, type Placed } from './place.js';
import { type ResidenceReport } from './report.js';
import { type Change, type FedOutcome, type Issue, type Spell } from './spell.js';
import { type StatedSpell } from './stated.js';

interface Applied {
  spells: Spell[];
  changes: Change[];
  issues: Issue[];
}

/** What a history becomes by one more report, not earlier than those before it. */
export function applyReport(spells: readonly Spell[], report: ResidenceReport): Applied {
  switch (report.kind) {
    case 'same':
      return confirmed(spells, report);
    case 'moved':
      return moved(spells, report);
    case 'corrected':
      return corrected(spells, report);
    case 'reported':
      return retold(spells, report);
  }
}

function confirmed(spells: readonly Spell[], report: ResidenceReport): Applied {
  const issues: Issue[] = report.spells.map((stated) => ({ code: 'not_expected', stated }));
  const open = openOf(spells);
  if (!open) {
    return {
      spells: [...spells],
      changes: [],
      issues: [{ code: 'nothing_to_confirm', stated: null }, ...issues],
    };
  }
  const after = { ...open, lastConfirmedOn: report.reportedOn, fedForward: 'confirmed' as const };
  return { ...withLast(spells, 'confirmed', after), issues };
}

function moved(spells: readonly Spell[], report: ResidenceReport): Applied {
  const last = spells.at(-1);
  const open = openOf(spells);
  const told = report.spells.length ? report.spells : [NOWHERE];
  const places = told.slice(restatedBy(told, spells));
  const issues: Issue[] = [];
  if (open && places[0] && isThere(places[0], open)) {
    issues.push({ code: 'already_there', stated: places[0] });
    places.shift();
  }
  if (open && places.length === 0) {
    return { ...withLast(spells, 'confirmed', { ...open, lastConfirmedOn: report.reportedOn }), issues };
  }
  const { placed, issues: misplaced } = placeInTime(places, {
    month: monthOf(report.reportedOn),
    after: last && { began: last.movedIn, held: heldThroughOf(last) },
    spells: [],
  });
  issues.push(...misplaced, ...unnamed(places));
  const added = spellsOf(placed, report, [], issues);
  const ended = last && endedBy(last, placed[0], open ? 'changed' : last.fedForward);
  const changes: Change[] = added.map((after) => ({ kind: 'added', before: null, after }));
  if (last && ended && ended !== last) {
    changes.unshift({ kind: open ? 'closed' : 'changed', before: last, after: ended });
  }
  return { spells: [...spells.slice(0, -1), ...(ended ? [ended] : []), ...added], changes, issues };
}

function corrected(spells: readonly Spell[], report: ResidenceReport): Applied {
  const issues = unnamed(report.spells);
  if (!report.spells.some(isNamed)) {
    const last = spells.at(-1);
    if (!report.spells.length) issues.push({ code: 'place_not_stated', stated: null });
    if (!last) return { spells: [], changes: [], issues };
    return { ...withLast(spells, 'changed', { ...last, fedForward: 'disputed' }), issues };
  }
  const placing = placeInTime(report.spells, { month: monthOf(report.reportedOn), after: undefined, spells });
  issues.push(...placing.issues);
  return replaced([], spells, placing.placed, report, issues);
}

function retold(spells: readonly Spell[], report: ResidenceReport): Applied {
  const issues = unnamed(report.spells);
  if (!report.spells.some(isNamed)) {
    if (!report.spells.length) issues.push({ code: 'place_not_stated', stated: null });
    return { spells: [...spells], changes: [], issues };
  }
  const placing = placeInTime(report.spells, { month: monthOf(report.reportedOn), after: undefined, spells });
  issues.push(...placing.issues);
  const repeated = new Set(placing.placed.map(({ kept }) => kept));
  const start = placing.placed[0]?.movedIn ?? '';
  const earlier = spells.filter((spell) => spell.movedIn < start && !repeated.has(spell));
  const later = spells.filter((spell) => !earlier.includes(spell));
  return replaced(earlier, later, placing.placed, report, issues);
}

/** Puts the placed statements where `old` stood; what repeats an old spell keeps its source, what edits one is its next version. */
function replaced(
  earlier: readonly Spell[],
  old: readonly Spell[],
  placed: readonly Placed[],
  report: ResidenceReport,
  issues: Issue[],
): Applied {
  const shown = report.kind === 'corrected';
  const last = earlier.at(-1);
  const cut = last && endedBy(last, placed[0], last.fedForward);
  const changes: Change[] = [];
  if (last && cut && cut !== last) changes.push({ kind: 'changed', before: last, after: cut });
  const named = placed.filter(({ statement }) => isNamed(statement));
  const free = new Set(old.filter((spell) => !named.some(({ kept }) => kept === spell)));
  const spells = spellsOf(placed, report, old, issues).map((spell, index): Spell => {
    const kept = named[index]?.kept;
    if (kept) {
      const { sourceWave, precision } = kept;
      const legalBasis = spell.legalBasis ?? kept.legalBasis;
      const fedForward: FedOutcome = shown ? 'confirmed' : kept.fedForward;
      const after: Spell = { ...spell, sourceWave, precision, legalBasis, fedForward };
      const moved = after.movedIn !== kept.movedIn || after.movedOut !== kept.movedOut;
      changes.push({ kind: moved ? 'changed' : 'confirmed', before: kept, after });
      return after;
    }
    const edited = [...free].find(({ country }) => country === spell.country);
    if (!edited) {
      changes.push({ kind: 'added', before: null, after: spell });
      return spell;
    }
    free.delete(edited);
    const legalBasis = spell.legalBasis ?? edited.legalBasis;
    const after: Spell = { ...spell, legalBasis, fedForward: shown ? 'disputed' : 'not_shown' };
    changes.push({ kind: 'changed', before: edited, after });
    return after;
  });
  for (const before of free) changes.push({ kind: 'removed', before, after: null });
  changes.sort((a, b) => (beganOf(a) < beganOf(b) ? -1 : beganOf(a) > beganOf(b) ? 1 : 0));
  return { spells: [...earlier.slice(0, -1), ...(cut ? [cut] : []), ...spells], changes, issues };
}

/** The spells that placed statements make: each ends where the next begins, or earlier where that is stated. */
function spellsOf(
  placed: readonly Placed[],
  report: ResidenceReport,
  old: readonly Spell[],
  issues: Issue[],
): Spell[] {
  const month = monthOf(report.reportedOn);
  return placed.flatMap(({ statement, movedIn, dating, heldThrough, kept }, index) => {
    const { country, region, legalBasis, movedOut: end } = statement;
    if (country === null) return [];
    const next = placed[index + 1];
    const possible = end !== null && end >= movedIn && end <= month;
    if (end !== null && !possible) issues.push({ code: 'end_not_possible', stated: statement });
    const limit = next ? endBefore(next, possible ? end : heldThrough) : null;
    const said = possible && (limit === null || end < limit) ? end : limit;
    // Two spells that were neighbours and are left untouched keep what lay between them.
    const follower = kept && old[old.indexOf(kept) + 1];
    const untouched =
      kept?.movedIn === movedIn && next?.kept === follower && next?.movedIn === follower?.movedIn;
    const movedOut = untouched && end === null ? kept.movedOut : said;
    return [
      {
        country,
        region,
        movedIn,
        movedOut,
        precision: dating === 'undated' ? 'year' : (statement.movedIn?.precision ?? 'year'),
        dating,
        stated: statement.movedIn && { from: statement.movedIn.from, to: statement.movedIn.to },
        legalBasis,
        sourceWave: report.sourceWave,
        lastConfirmedOn: report.reportedOn,
        fedForward: 'not_shown',
      },
    ];
  });
}

/** A known spell once a place follows it; itself where it had ended already. */
function endedBy(spell: Spell, next: Placed | undefined, fedForward: FedOutcome): Spell {
  if (!next) return spell;
  const movedOut = endBefore(next, heldThroughOf(spell));
  return spell.movedOut === null || movedOut < spell.movedOut ? { ...spell, movedOut, fedForward } : spell;
}

/** How many places, from the first on, only repeat known spells. The last place told is a new one unless it is the open one. */
function restatedBy(told: readonly StatedSpell[], spells: readonly Spell[]): number {
  const open = openOf(spells);
  const isNew = told.findIndex(
    (place, index) =>
      !(index === told.length - 1 ? (open ? [open] : []) : spells).some(
        (spell) =>
          isThere(place, spell) &&
          place.movedIn !== null &&
          place.movedIn.from <= spell.movedIn &&
          spell.movedIn <= place.movedIn.to,
      ),
  );
  return isNew === -1 ? told.length : isNew;
}

const beganOf = ({ before, after }: Change): string => (before ?? after)?.movedIn ?? '';

const isThere = ({ country, region }: StatedSpell, spell: Spell): boolean =>
  country === spell.country && (region === null || region === spell.region);

const isNamed = ({ country }: StatedSpell): boolean => country !== null;

const unnamed = (places: readonly StatedSpell[]): Issue[] =>
  places.filter((place) => !isNamed(place)).map((stated) => ({ code: 'place_not_stated', stated }));

/** A move whose place was not told. */
const NOWHERE: StatedSpell = { country: null, region: null, legalBasis: null, movedIn: null, movedOut: null };

const openOf = (spells: readonly Spell[]): Spell | undefined => {
  const last = spells.at(-1);
  return last?.movedOut === null ? last : undefined;
};

function withLast(spells: readonly Spell[], kind: Change['kind'], after: Spell): Omit<Applied, 'issues'> {
  const before = spells.at(-1) ?? null;
  return { spells: [...spells.slice(0, -1), after], changes: [{ kind, before, after }] };
}
