/**
 * What stands now of a member's consents, as a relation with a row for each purpose that they ever decided about: the last decision
 * counts, whether it was made in a wave or outside of them.
 * @param member  an SQL expression of the member's id
 */
export const standingConsents = (member: string): string => `
  (SELECT DISTINCT ON (purpose) purpose, given, text_version, locale, decided_on
   FROM (SELECT purpose, given, text_version, locale, decided_on, nr FROM consent WHERE member_id = ${member}
         UNION ALL
         SELECT purpose, given, text_version, locale, decided_on, nr FROM consent_change WHERE member_id = ${member}) AS decided
   ORDER BY purpose, nr DESC)`;
