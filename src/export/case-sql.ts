import { CASE_STATES } from '../wave/case-state.js';
import { dispositionOf, type PartialRule } from '../wave/disposition.js';
import { type Column, date, text } from './column.js';
import { literal } from './sql-text.js';

/**
 * Issued cases; `decided` is the final disposition, staff's last decision before the computed one, and null while a case is
 * under way. `overridden` says whether staff decided: `export_override` holds their last decisions.
 */
export const CASES = `
  (SELECT i.*, o.disposition IS NOT NULL AS overridden, coalesce(o.disposition, i.disposition) AS decided
   FROM issued_case i
   LEFT JOIN export_override o ON o.member_id = i.member_id AND o.wave_id = i.wave_id)`;

/** Whether a final disposition is that of an interview, complete or partial. */
export const isInterview = (decided: string): string => `${decided} IN ('1.1', '1.2')`;

/** The disposition that counts: the final one, else the case as it stands by its state and the share of items answered. */
export function effectiveDisposition(
  { decided, state, share }: { decided: string; state: string; share: string },
  rule: PartialRule,
): string {
  const standing = CASE_STATES.map((each) => {
    const sufficient = dispositionOf(each, 'partial', true);
    const other = dispositionOf(each, 'insufficient', true);
    const sql =
      sufficient === other
        ? literal(other)
        : `CASE WHEN ${share} >= ${rule.breakOffBelow} THEN ${literal(sufficient)} ELSE ${literal(other)} END`;
    return `WHEN ${literal(each)} THEN ${sql}`;
  });
  return `coalesce(${decided}, CASE ${state} ${standing.join(' ')} END)`;
}

/**
 * The interviews of some waves, in the order of person and wave: `wave` is the wave's number, `d` the record.
 * `|| '{}'` in a subquery that OFFSET 0 keeps whole: each record is read from TOAST once, not once a column.
 */
export const interviewsOf = (waves: readonly { waveId: string; nr: number }[]): string => `
  (SELECT p.pidp, w.nr AS wave, m.host_country, c.decided AS disposition, r.locale, r.submitted_on,
          extract(year FROM coalesce(r.submitted_on, r.saved_on))::int AS year, r.record || '{}'::jsonb AS d, r.children
   FROM (VALUES ${waves.map(({ waveId, nr }) => `(${literal(waveId)}, ${nr})`).join(', ')}) AS w(id, nr)
   JOIN response r ON r.wave_id = w.id
   JOIN export_pidp p ON p.member_id = r.member_id
   JOIN ${CASES} AS c ON c.member_id = r.member_id AND c.wave_id = r.wave_id AND ${isInterview('c.decided')}
   JOIN member m ON m.id = p.member_id
   ORDER BY p.pidp, w.nr OFFSET 0)`;

/** What every row about an interview says of it; cells are those of `interviewsOf`. */
export const interviewColumns = (
  prefix = '',
  { disposition, submittedOn, locale } = {
    disposition: 't.disposition',
    submittedOn: 't.submitted_on',
    locale: 't.locale',
  },
): Column[] => [
  text(`${prefix}disp`, disposition, { en: 'Final disposition (AAPOR)', ru: 'Итог случая (код AAPOR)' }),
  date(`${prefix}intdate`, submittedOn, {
    en: 'Date on which the answers were sent; empty where the wave closed before',
    ru: 'Дата отправки ответов; пусто, если волна закрылась раньше',
  }),
  text(`${prefix}intlang`, locale, { en: 'Language of the interview', ru: 'Язык интервью' }),
];
