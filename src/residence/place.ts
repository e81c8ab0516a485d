import { earlierOf, laterOf, monthAfter, monthOf, type Month } from './month.js';
import { type Dating, type Issue, type Spell } from './spell.js';
import { type StatedSpell } from './stated.js';

/** A statement with the month in which it begins; a place that was not named only ends the one before. */
export interface Placed {
  statement: StatedSpell;
  movedIn: Month;
  dating: Dating;
  /** The last month in which the person is known to have lived there. */
  heldThrough: Month;
  /** The spell that already said the same, if there is one. */
  kept: Spell | undefined;
}

/** What is known besides the statements themselves. */
export interface Known {
  /** The month of the report: nothing can have begun after it. */
  month: Month;
  /** Where the places follow a known one: it began in `began`, and was last known to go on in `held`. */
  after: { began: Month; held: Month } | undefined;
  /** Spells that the statements may repeat. */
  spells: readonly Spell[];
}

/** Gives each statement its month, in the order of time; statements of one month keep the order in which they were listed. */
export function placeInTime(
  statements: readonly StatedSpell[],
  known: Known,
): { placed: Placed[]; issues: Issue[] } {
  const issues: Issue[] = [];
  const free = new Set(known.spells);
  let soft = known.after?.held ?? '';
  const dated = statements.map((statement) => {
    const kept = [...free].find((spell) => saysTheSame(spell, statement));
    if (kept) free.delete(kept);
    const month = kept?.dating === 'undated' ? undefined : monthFor(statement, soft, known, kept, issues);
    if (month !== undefined) soft = month;
    return { statement, kept, month };
  });
  let next = known.month;
  const placed = dated.reduceRight<Placed[]>((rest, { statement, kept, month }) => {
    const movedIn = month ?? (kept && earlierOf(kept.movedIn, known.month)) ?? next;
    if (month !== undefined) next = month;
    const dating =
      month === undefined ? 'undated' : month > (statement.movedIn?.from ?? '') ? 'bounded' : 'stated';
    const heldThrough = kept ? laterOf(movedIn, heldThroughOf(kept)) : movedIn;
    return [{ statement, kept, movedIn, dating, heldThrough }, ...rest];
  }, []);
  return { placed: placed.sort(byMonth), issues };
}

/** The last month in which a person is known to have lived in a spell's place. */
export function heldThroughOf({ movedIn, movedOut, lastConfirmedOn }: Spell): Month {
  return laterOf(movedIn, movedOut === null ? monthOf(lastConfirmedOn) : monthAfter(movedOut, -1));
}

/** When a place ends that another follows: with the next one's beginning or, where that is not dated, with what is known. */
export const endBefore = (next: Placed, heldThrough: Month): Month =>
  next.dating === 'undated' ? earlierOf(monthAfter(heldThrough, 1), next.movedIn) : next.movedIn;

/**
 * Whether a statement repeats what a spell was made from. The legal basis is sensitive and never shown, so that a statement without
 * one says nothing against it.
 */
const saysTheSame = (spell: Spell, { country, region, legalBasis, movedIn }: StatedSpell): boolean =>
  spell.country === country &&
  spell.region === region &&
  (legalBasis === null || spell.legalBasis === legalBasis) &&
  spell.stated?.from === movedIn?.from &&
  spell.stated?.to === movedIn?.to;

function monthFor(
  statement: StatedSpell,
  soft: Month,
  { month, after }: Known,
  kept: Spell | undefined,
  issues: Issue[],
): Month | undefined {
  const { movedIn } = statement;
  if (!movedIn) return undefined;
  if (movedIn.from > month) {
    issues.push({ code: 'in_future', stated: statement });
    return undefined;
  }
  const latest = earlierOf(movedIn.to, month);
  const hard = after?.began ?? '';
  if (latest < hard) {
    issues.push({ code: 'before_open_began', stated: statement });
    return undefined;
  }
  // A month that was settled before is not unsettled by hearing the same words again.
  const earliest = kept && kept.movedIn <= latest ? laterOf(kept.movedIn, movedIn.from) : movedIn.from;
  if (after && latest < after.held) issues.push({ code: 'before_last_confirmed', stated: statement });
  return laterOf(earliest, soft <= latest ? soft : hard);
}

const byMonth = (a: Placed, b: Placed): number =>
  a.movedIn < b.movedIn ? -1 : a.movedIn > b.movedIn ? 1 : 0;
