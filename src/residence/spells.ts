import { placesStated } from './stated.js';

/** A residence spell as a questionnaire reported it: `[movedIn, movedOut)`, months as the first of the month. */
export interface ReportedSpell {
  country: string;
  region: string | null;
  moved_in_on: string;
  moved_out_on: string | null;
  precision: 'month' | 'season' | 'year';
  legal_basis: string | null;
}

/**
 * The spells in a questionnaire's answers, in the order of time; each ends where the next begins, the last one is open.
 * Where a start is known by season or year only, the order in which people listed their places decides: such a spell
 * begins as early as its season or year allows, and not before the one listed before it.
 * A row without country or year is no spell: it says nothing that could be placed.
 */
export function spellsReported(answers: Readonly<Record<string, unknown>>): ReportedSpell[] {
  let before = '';
  const begun = placesStated(answers['spells']).flatMap(({ country, region, legalBasis, movedIn }) => {
    if (!movedIn || country === null || movedIn.precision === 'day') return [];
    const { from, to, precision } = movedIn;
    before = from < before && before <= to ? before : from;
    return [{ country, region, legal_basis: legalBasis, moved_in_on: `${before}-01`, precision }];
  });
  const ordered = begun
    .map((spell, index) => ({ spell, index }))
    .sort((a, b) => a.spell.moved_in_on.localeCompare(b.spell.moved_in_on) || a.index - b.index)
    .map(({ spell }) => spell);
  return ordered.map((spell, index) => ({ ...spell, moved_out_on: ordered[index + 1]?.moved_in_on ?? null }));
}
