import { type ReportKind, type Spell } from './spell.js';
import { placesStated, rowOf, type StatedSpell } from './stated.js';

/** What one wave, or a report between waves, said about where a person lives and lived. */
export interface ResidenceReport {
  /** The wave's letter; null between waves. */
  sourceWave: string | null;
  /** YYYY-MM-DD. */
  reportedOn: string;
  kind: ReportKind;
  /** The places named, in the order given; none with `same`. */
  spells: readonly StatedSpell[];
}

/** The items of the residence module above its rows. `fix` has the rows of `spells`, for the whole history put right. */
const MODULE = { same: 'res_same', spells: 'spells', fix: 'spells_fix' } as const;

/**
 * What a questionnaire's answers report about residence.
 * @param sourceWave  the wave's letter; null where the module was answered between waves
 * @param reportedOn  YYYY-MM-DD
 * @returns undefined where they report nothing: the module was not shown, refused or left blank
 */
export function residenceReport(
  answers: Readonly<Record<string, unknown>>,
  sourceWave: string | null,
  reportedOn: string,
): ResidenceReport | undefined {
  const source = { sourceWave, reportedOn };
  switch (answers[MODULE.same]) {
    case 'same':
      return { ...source, kind: 'same', spells: [] };
    case 'moved':
      return { ...source, kind: 'moved', spells: placesStated(answers[MODULE.spells]) };
    case 'wrong':
      return { ...source, kind: 'corrected', spells: placesStated(answers[MODULE.fix]) };
    default: {
      const spells = placesStated(answers[MODULE.spells]);
      return spells.length === 0 ? undefined : { ...source, kind: 'reported', spells };
    }
  }
}

/**
 * Known spells as rows of the module, for `prev.spells`: left as they are, they are read back as the same statements. The legal
 * basis is left out: it is sensitive, and whoever holds the link would read it.
 */
export const rowsOf = (spells: readonly Pick<Spell, 'country' | 'region' | 'stated'>[]) =>
  spells.map(({ country, region, stated }) => rowOf({ country, region, legalBasis: null, movedIn: stated }));
