import { type Actor } from './actor.js';

interface ActDeclaration {
  /** For the reader of the log. */
  says: string;
  /** The only names of details that an entry of this act may carry. */
  details: readonly string[];
}

/**
 * Every act that the audit log knows. A detail is a count, a code, a date or a digest; an address, an answer, a token or the name of a
 * respondent is never one.
 */
export const AUDIT_ACTS = {
  'study.loaded': {
    says: 'A study was loaded from its files.',
    details: ['waves', 'discardEdits', 'keptLetters', 'keptPlans'],
  },
  'sending.paused': { says: 'All messages of a study were held back.', details: [] },
  'sending.resumed': { says: 'The messages of a study were let go on.', details: [] },
  'sending.fence_lifted': {
    says: 'A restored database was confirmed to be the one that sends.',
    details: ['overdue', 'unknown'],
  },
  'plan.edited': {
    says: 'Another contact plan was put in place of a wave’s.',
    details: ['steps', 'replanned', 'digest'],
  },
  'letter.edited': { says: 'Another text was put in place of a letter’s.', details: ['locale', 'digest'] },
  'close.moved': { says: 'The close of a wave was moved.', details: ['closesAt', 'replanned'] },
  'wave.opened': { says: 'A wave was opened, or gone on with.', details: ['closesAt', 'again'] },
  'wave.closed': { says: 'A wave was closed.', details: [] },
  'case.overridden': {
    says: 'A disposition was put in the place of the computed one.',
    details: ['wave', 'code', 'ended'],
  },
  'panel.enrolled': { says: 'People were brought into the panel.', details: ['people'] },
  'member.paused': { says: 'A member’s messages were paused.', details: ['fromOn', 'untilOn'] },
  'member.resumed': { says: 'The pauses of a member were ended.', details: ['ended'] },
  'member.ended': { says: 'A membership was ended.', details: ['as', 'cases'] },
  'member.erased': {
    says: 'A member was erased, with all that the study held of them.',
    details: ['cases', 'leaves'],
  },
  'contacts.revealed': {
    says: 'The addresses of a member were shown to somebody of the staff.',
    details: [],
  },
  'residence.reported': { says: 'A place where a member lives now was noted.', details: [] },
  'address.suppressed': { says: 'Addresses were put on the suppression list.', details: ['addresses'] },
  'trouble.cleared': {
    says: 'A member’s address takes messages again, and left the suppression list.',
    details: ['channel'],
  },
  'message.decided': {
    says: 'It was decided what became of a message of which nobody knew.',
    details: ['wave', 'step', 'as'],
  },
  'messages.stopped': { says: 'A member stopped messages.', details: ['channel', 'purpose'] },
  'messages.stop_undone': { says: 'A member took a stop of messages back.', details: ['channel', 'purpose'] },
  'consent.changed': {
    says: 'A consent was given or withdrawn outside of a wave.',
    details: ['purpose', 'given', 'version'],
  },
  'member.language_chosen': { says: 'A member chose the language of messages.', details: ['locale'] },
  'member.opened_page': { says: 'A member proved their mailbox and opened their own page.', details: [] },
  'member.copied': { says: 'A member took a copy of what the study holds of them.', details: ['format'] },
  'address.changed': {
    says: 'A member proved another e-mail address, and it took the place of the one before.',
    details: [],
  },
  'letters.exported': {
    says: 'Letters on paper, with their addresses, were written to a file.',
    details: ['letters', 'unreachable', 'digest'],
  },
  'data.export_begun': { says: 'An export of individual data was begun.', details: ['run', 'purpose'] },
  'data.exported': {
    says: 'Individual data were written to files.',
    details: ['run', 'files', 'rows', 'digest'],
  },
  'release.made': { says: 'A release of a study’s data was frozen.', details: ['kind', 'version', 'people'] },
  'release.exported': {
    says: 'The files of a release were written to a folder.',
    details: ['kind', 'version', 'files', 'erased', 'digest'],
  },
  'release.downloaded': {
    says: 'A file of a release was downloaded, or a part of it.',
    details: ['kind', 'version', 'file', 'from'],
  },
  'tracing.opened': { says: 'The search for a member was begun.', details: [] },
  'tracing.attempted': { says: 'An attempt to find a member was noted.', details: ['channel', 'outcome'] },
  'tracing.closed': { says: 'The search for a member was ended.', details: ['outcome'] },
  'keys.rotation_begun': {
    says: 'The members’ keys in the vault began to be put under another master key.',
    details: ['version', 'left'],
  },
  'keys.rotated': {
    says: 'The members’ keys in the vault were put under another master key.',
    details: ['version', 'rewrapped', 'left'],
  },
  'queue.dropped': { says: 'The job queue was emptied.', details: [] },
  'backup.begun': { says: 'A backup of both databases was begun.', details: ['madeAt'] },
  'backup.created': {
    says: 'A backup of both databases was written to a file.',
    details: ['madeAt', 'tables', 'rows', 'bytes'],
  },
  'backup.restored': {
    says: 'Both databases were restored from a backup; sending is fenced.',
    details: ['madeAt', 'tables', 'rows', 'erasedAgain'],
  },
  'answers.sealed': {
    says: 'Answers were sealed: from here on no revision among them can change or vanish unseen.',
    details: ['seal', 'count', 'root'],
  },
  'staff.invited': { says: 'Somebody was invited to the staff.', details: ['role', 'everyStudy'] },
  'staff.accepted': { says: 'An invitation was accepted.', details: ['factor'] },
  'staff.granted': { says: 'A role was granted.', details: ['role', 'everyStudy'] },
  'staff.grant_withdrawn': { says: 'A role was withdrawn.', details: ['role', 'everyStudy'] },
  'staff.revoked': { says: 'An account was closed, with all its sessions.', details: [] },
  'staff.second_factor_reset': { says: 'The second factor of an account was reset.', details: [] },
  'staff.signed_in': { says: 'Somebody of the staff signed in.', details: ['factor', 'failedBefore'] },
  'staff.sessions_ended': {
    says: 'Everybody of the staff was signed out.',
    details: ['sessions'],
  },
  'token.created': {
    says: 'A token was made that reads one kind of release of a study.',
    details: ['kind', 'expiresOn'],
  },
  'token.revoked': { says: 'A token was revoked.', details: ['kind'] },
  'links.revoked': {
    says: 'All personal links of a study were revoked, and its respondents’ sessions ended.',
    details: ['links', 'sessions'],
  },
  'sessions.ended': { says: 'The sessions of a study’s respondents were ended.', details: ['sessions'] },
  'staff.stepped_up': {
    says: 'Somebody of the staff proved their second factor again.',
    details: ['factor'],
  },
} as const satisfies Record<string, ActDeclaration>;

export type AuditAct = keyof typeof AUDIT_ACTS;

/** What kinds of things an act is done to. */
export const AUDIT_SUBJECTS = [
  'member',
  'wave',
  'letter',
  'study',
  'staff',
  'token',
  'release',
  'sending',
] as const;

export type AuditDetail = string | number | boolean;

interface EntryOf<Act extends AuditAct> {
  act: Act;
  actor: Actor;
  studyId?: string;
  subject?: { kind: (typeof AUDIT_SUBJECTS)[number]; id: string };
  detail?: { [name in (typeof AUDIT_ACTS)[Act]['details'][number]]?: AuditDetail };
}

/** One act as it is appended to the log, with no other details than its act declares. */
export type AuditEntry = { [Act in AuditAct]: EntryOf<Act> }[AuditAct];

export const isAuditAct = (text: string): text is AuditAct => Object.hasOwn(AUDIT_ACTS, text);

const LONGEST = 200;

/**
 * What is wrong with an entry that the type could not keep out; undefined for a good one. A text that could be an address is refused:
 * none belongs in the log. The name that somebody gives at the command line is their own to choose.
 */
export function entryFault({ act, subject, studyId, detail = {} }: AuditEntry): string | undefined {
  if (!isAuditAct(act)) return 'is no declared act';
  const allowed: readonly string[] = AUDIT_ACTS[act].details;
  for (const [name, value] of Object.entries(detail) as [string, unknown][]) {
    if (!allowed.includes(name)) return `has a detail that is not declared: ${name}`;
    if (!(typeof value === 'boolean' || Number.isSafeInteger(value) || isPlain(value)))
      return `has a detail that is no count, code, date or digest: ${name}`;
  }
  if (subject && !(AUDIT_SUBJECTS.includes(subject.kind) && isPlain(subject.id)))
    return 'has no good subject';
  return studyId === undefined || isPlain(studyId) ? undefined : 'has no good study';
}

const isPlain = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= LONGEST && !/[@\p{Cc}]/u.test(value);

/** The details of an entry as they are kept and hashed: JSON with its names in the order of their code points; null for none. */
export function detailText(detail: AuditEntry['detail']): string | null {
  const pairs = Object.entries(detail ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
  return pairs.length === 0 ? null : JSON.stringify(Object.fromEntries(pairs));
}
