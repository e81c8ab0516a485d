import { monthOf, monthsFrom, type Month } from './month.js';
import { type History, type Spell } from './spell.js';

/**
 * The spell in which a person lived at a date, as far as is known: an open spell goes on until something else is reported
 * (its `lastConfirmedOn` tells how old that knowledge is). Undefined before the first spell and in a gap.
 * @param date  YYYY-MM-DD or YYYY-MM
 */
export function residenceAt({ spells }: History, date: string): Spell | undefined {
  const month = monthOf(date);
  return spells.find(({ movedIn, movedOut }) => movedIn <= month && (movedOut === null || month < movedOut));
}

/** The spell that is open, if the present place is known. */
export function openSpell({ spells }: History): Spell | undefined {
  const last = spells.at(-1);
  return last?.movedOut === null ? last : undefined;
}

/** A stay in one country: its spells that follow each other without a gap. `movedOut` is null while it goes on. */
export interface Stay {
  country: string;
  movedIn: Month;
  movedOut: Month | null;
}

/** Stays by country, in the order of time. Moves within a country do not end one; an unknown month does. */
export function staysOf({ spells }: History): Stay[] {
  const stays: Stay[] = [];
  for (const { country, movedIn, movedOut } of spells) {
    const last = stays.at(-1);
    if (last && last.country === country && last.movedOut === movedIn) last.movedOut = movedOut;
    else stays.push({ country, movedIn, movedOut });
  }
  return stays;
}

/**
 * The country of usual residence at a date: where the person has lived for at least 12 months, or lives and means to stay for
 * at least 12. A shorter stay elsewhere does not end it until 12 months have passed since it was left.
 * @param date          YYYY-MM-DD or YYYY-MM; months count from the month of moving in to the month of the date
 * @param meansToStay   the person said that they mean to stay where they live for 12 months or longer
 * @returns ISO 3166-1 alpha-3, or undefined where no country meets the rule
 * @see United Nations, Principles and Recommendations for Population and Housing Censuses, Revision 3 (2017), usual residence
 *      (the 12-month criterion); Recommendations on Statistics of International Migration, Revision 1 (1998), box 1
 */
export function twelveMonthResidence(
  history: History,
  date: string,
  meansToStay = false,
): string | undefined {
  const month = monthOf(date);
  const stays = staysOf(history).filter(({ movedIn }) => movedIn <= month);
  const present = stays.at(-1);
  if (meansToStay && present && isGoingOn(present, month)) return present.country;
  return stays.findLast(
    (stay) =>
      monthsFrom(stay.movedIn, endBy(stay, month)) >= 12 &&
      (isGoingOn(stay, month) || monthsFrom(endBy(stay, month), month) < 12),
  )?.country;
}

/**
 * The country of a short-term stay at a date: the person lives there, has done so for at least 3 months and fewer than 12, and does
 * not mean to stay for 12. It is a stay, not a change of residence, which is still what `twelveMonthResidence` says.
 * @param date  as for `twelveMonthResidence`, and so `meansToStay`
 * @see Recommendations on Statistics of International Migration, Revision 1 (1998), box 1: short-term migrants; the 2021 revision
 *      of its concepts no longer counts them as migrants
 */
export function threeMonthResidence(history: History, date: string, meansToStay = false): string | undefined {
  const month = monthOf(date);
  const present = staysOf(history).find((stay) => stay.movedIn <= month && isGoingOn(stay, month));
  if (!present || meansToStay) return undefined;
  const months = monthsFrom(present.movedIn, month);
  return months >= 3 && months < 12 ? present.country : undefined;
}

const isGoingOn = ({ movedOut }: Stay, month: Month): boolean => movedOut === null || month < movedOut;

/** Where a stay had ended by a month, that end; else the month itself. */
const endBy = ({ movedOut }: Stay, month: Month): Month =>
  movedOut !== null && movedOut < month ? movedOut : month;
