import { replyIn, statusIn, type Verdict, verdictOf } from './status-code.js';

/** What a report says of a message. `none`: nothing that matters, such as an automatic answer or a receipt. */
export type ReportKind = Verdict | 'complaint' | 'none';

export interface Said {
  kind: ReportKind;
  /** Such as `dsn_5.1.1` or `arf_abuse`: for people and statistics, never with anybody's words. */
  code: string;
}

export const NOTHING: Said = { kind: 'none', code: 'none' };
/** Where several recipients stand behind one address, it is dead only if all of them are. */
const MILDEST_FIRST: readonly ReportKind[] = ['none', 'soft', 'refused', 'bounced'];

/**
 * Reads the fields of a delivery status notification (RFC 3464): the first group is about the message, each other about a recipient.
 */
export function readDeliveryStatus(text: string): Said {
  const recipients = fieldGroups(text).filter((fields) => fields.has('action') || fields.has('status'));
  const said = recipients.map(recipientSaid);
  return MILDEST_FIRST.flatMap((kind) => said.filter((one) => one.kind === kind))[0] ?? NOTHING;
}

function recipientSaid(fields: Map<string, string>): Said {
  const action = (fields.get('action') ?? 'failed').toLowerCase();
  const words = (fields.get('diagnostic-code') ?? '').replace(/^\s*[\w-]+\s*;\s*/, '');
  const given = statusIn(fields.get('status') ?? '');
  // Exim always says 5.0.0: the remote server's own words know more.
  const status = given === undefined || /^\d\.0\.0$/.test(given) ? (statusIn(words) ?? given) : given;
  if (/^(delivered|relayed|expanded)/.test(action)) return NOTHING;
  const code = `dsn_${status ?? 'unknown'}`;
  if (action.startsWith('delayed')) return { kind: 'soft', code };
  return { kind: verdictOf({ status, reply: replyIn(words), words }), code };
}

const COMPLAINTS = new Set(['abuse', 'fraud', 'opt-out', 'opt-out-list']);

/** Reads a complaint (RFC 5965); reports of viruses, failed signatures or "not spam" are none. */
export function readFeedback(text: string): Said {
  const type = fieldGroups(text)[0]?.get('feedback-type')?.toLowerCase() ?? '';
  return COMPLAINTS.has(type) ? { kind: 'complaint', code: `arf_${type}` } : NOTHING;
}

/** Where a bounce without a report begins to repeat the message. */
const RETURNED = /^-{2,}.*\b(copy of|original message|returned|headers)\b.*$/im;

/** Reads what a mail server wrote for people, qmail's and old Exim's way, before the copy of the message. */
export function readPlainBounce(text: string): Said {
  const words = text.slice(0, RETURNED.exec(text)?.index).replace(/\s+/g, ' ');
  const status = statusIn(words);
  const reply = replyIn(words);
  if (/\b(delayed|will be retried|will keep trying|no action is required)\b/i.test(words))
    return { kind: 'soft', code: `dsn_${status ?? '4.0.0'}` };
  const kind = verdictOf({ status, reply, words });
  if (status === undefined && reply === undefined && kind !== 'bounced') return NOTHING;
  return { kind, code: `dsn_${status ?? reply ?? '5.0.0'}` };
}

/** Groups of header-like fields between empty lines; names in small letters, folded lines joined. */
function fieldGroups(text: string): Map<string, string>[] {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/\n[ \t]*\n/)
    .map((group) => {
      const lines = group.replace(/\n[ \t]+/g, ' ').split('\n');
      return new Map(
        lines.flatMap((line) => {
          const field = /^([\w-]+):\s*(.*)$/.exec(line);
          return field?.[1] === undefined ? [] : [[field[1].toLowerCase(), field[2] ?? '']];
        }),
      );
    })
    .filter((fields) => fields.size > 0);
}
