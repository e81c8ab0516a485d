/**
 * What a no says. `bounced`: nobody can be reached at the address; `soft`: not now, perhaps later; `refused`: this message or its
 * sender is not wanted, and the address may well live.
 */
export type Verdict = 'bounced' | 'soft' | 'refused';

/** One no of a mail server, or of a report about it. */
export interface Refusal {
  /** The enhanced status code of RFC 3463, such as `5.1.1`. */
  status: string | undefined;
  /** The reply code of RFC 5321, such as 550. */
  reply: number | undefined;
  /** The server's own words. */
  words: string;
}

/** Subject and detail by which RFC 3463 (and RFC 7505, and Microsoft's lists) say that the destination does not exist or is closed. */
const NOBODY = new Set(
  '1.0 1.1 1.2 1.3 1.4 1.6 1.10 1.351 2.1 4.1 4.4 4.310'.split(' '), // 4.1: how Exchange Online refuses who is not in its directory
);
/** A full mailbox, and time that ran out under way: the address is still there. */
const PASSING = new Set(['2.2', '4.7', '4.316']);
/** Codes that leave the cause open, and those that some providers give for every cause. */
const OPEN = new Set(['0.0', '2.0', '4.0', '5.0', '7.0', '7.1']);

/** How providers say "nobody here" where their code does not: among others Yandex ("550 5.7.1 No such user!"), mail.ru, Exim. */
const SAYS_NOBODY =
  /no such (user|mailbox|recipient|person|address|account)|(user|recipient|mailbox|account|address) (is )?(unknown|not found|does ?n[o']t exist)|unknown (user|recipient|mailbox|address|local part)|(invalid|bad destination) (mailbox|recipient)|no mailbox here by that name|email account that you tried to reach does not exist|host or domain name not found|unrouteable address/i;

/** Replies that are about the command's form, not the mailbox. */
const ABOUT_THE_COMMAND = new Set([500, 502, 504]);

/** Reads a refusal that was said of a message, perhaps after its content was seen: without a clear cause it is not the address's. */
export function verdictOf({ status, reply, words }: Refusal): Verdict {
  const detail = status?.slice(2) ?? '0.0';
  if ((status ?? String(reply ?? '5')).startsWith('4') || PASSING.has(detail)) return 'soft';
  if (NOBODY.has(detail)) return 'bounced';
  if (OPEN.has(detail) && SAYS_NOBODY.test(words)) return 'bounced';
  return 'refused';
}

/**
 * Reads a refusal of the recipient itself, before any content: 550 and its like then mean "mailbox unavailable" (RFC 5321 §4.2.3),
 * unless the enhanced code names something else.
 */
export function recipientVerdict(refusal: Refusal): Verdict {
  const { status, reply = 0 } = refusal;
  const open = status === undefined || /^5\.[025]\.0$/.test(status);
  if (open && reply === 552) return 'soft'; // more than the mailbox may hold
  return open && reply >= 500 && !ABOUT_THE_COMMAND.has(reply) ? 'bounced' : verdictOf(refusal);
}

/** The first enhanced status code in a server's words, such as `550 5.1.1 …` or `(#5.1.1)`. */
export const statusIn = (words: string): string | undefined =>
  /(?:^|[\s(#;:-])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/m.exec(words)?.[1];

/** The first SMTP reply code of a failure in a server's words. */
export function replyIn(words: string): number | undefined {
  const found = /(?:^|[\s;:(])([45][0-5]\d)(?=[ -])/m.exec(words)?.[1];
  return found === undefined ? undefined : Number(found);
}
