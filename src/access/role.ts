/**
 * What people of the staff do. `owner` grants (at the command line) and can stop everything; `researcher` designs, without contacts;
 * `field_manager` has contacts and sending, without answers; `analyst` gets checked exports only.
 */
export const ROLES = ['owner', 'researcher', 'field_manager', 'analyst'] as const;
export type Role = (typeof ROLES)[number];

/** A role in one study, or in every one. */
export interface Grant {
  role: Role;
  /** Null: every study, those to come too. */
  studyId: string | null;
  /** The study's short code in addresses; null as above. */
  studyCode: string | null;
}

/**
 * Whether grants let somebody act in one of these roles.
 * @param studyCode  the study that it is about; undefined: about none, and a grant in any will do
 */
export const mayAct = (
  grants: readonly Grant[],
  roles: readonly Role[],
  studyCode: string | undefined,
): boolean =>
  grants.some(
    (grant) =>
      roles.includes(grant.role) &&
      (studyCode === undefined || grant.studyCode === null || grant.studyCode === studyCode),
  );
