/** Moving on never ends a membership; only leaving the study and death do. */
export type MemberStatus = 'active' | 'withdrawn' | 'dead';
