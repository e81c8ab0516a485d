import { moveClass, type MoveClass } from './move.js';
import { type Month } from './month.js';
import { type Dating, type History } from './spell.js';
import { type Precision } from './stated.js';

/** A change of country between two spells that follow each other. */
export interface Move {
  from: string;
  to: string;
  /** The month of arrival. */
  month: Month;
  /** The first month in which they may have left: earlier than `month` where a gap lies between the spells. */
  notBefore: Month;
  class: MoveClass;
  /** Of the month of arrival, and where it comes from. */
  precision: Precision;
  dating: Dating;
  /** The wave that stated the arrival; null between waves. */
  sourceWave: string | null;
}

/**
 * The moves that a history implies, in the order of time: one for each two spells in a row whose countries differ, across gaps
 * too, if it is a move of the study.
 * @param hosts  the study's host countries, ISO 3166-1 alpha-3
 */
export const movesOf = ({ spells }: History, hosts: readonly string[]): Move[] =>
  spells.flatMap(({ country: to, movedIn: month, precision, dating, sourceWave }, index) => {
    const before = spells[index - 1];
    const kind = before && moveClass(before.country, to, month, hosts);
    if (!kind) return [];
    const notBefore = before.movedOut ?? month;
    return [{ from: before.country, to, month, notBefore, class: kind, precision, dating, sourceWave }];
  });
