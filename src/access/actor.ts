/** Who acts: in the audit log, and in whatever a service asks of who called it. Ids are those of the tables. */
export type Actor =
  | { kind: 'staff'; accountId: string }
  /** An analyst's API token. */
  | { kind: 'token'; tokenId: string }
  /** A respondent exercising their rights. */
  | { kind: 'member'; memberId: string }
  /** Whoever works at the command line, as they name themselves. */
  | { kind: 'shell'; by: string }
  /** The application by itself: its schedule. */
  | { kind: 'system' };

/** What tells one actor from another of the same kind; null for the application itself. */
export function actorId(actor: Actor): string | null {
  switch (actor.kind) {
    case 'staff':
      return actor.accountId;
    case 'token':
      return actor.tokenId;
    case 'member':
      return actor.memberId;
    case 'shell':
      return actor.by;
    case 'system':
      return null;
  }
}

/** The actor in a word or two, for tables that keep who decided, and for people. */
export const actorName = (actor: Actor): string =>
  actor.kind === 'shell' ? actor.by : [actor.kind, actorId(actor)].filter((part) => part !== null).join(' ');
