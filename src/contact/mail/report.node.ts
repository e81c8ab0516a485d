import { type ParsedMail, simpleParser } from 'mailparser';
import { messageIdByAddress, messageIdInText } from './bounce-address.js';
import { NOTHING, readDeliveryStatus, readFeedback, readPlainBounce, type Said } from './dsn.js';

/** What came back about a message of ours. */
export interface MailReport extends Said {
  /** The message that it is about; undefined where it names none of ours. */
  messageId: string | undefined;
}

export interface OurMail {
  /** The address behind whose name message ids stand; undefined where bounces come to the sender. */
  bounces: string | undefined;
  /** The right side of our message ids. */
  host: string;
}

/** The most of a message that is read, 256 KiB: what matters stands at its beginning. */
export const REPORT_BYTES = 256 * 1024;

/** Reads a raw message from the mailbox of bounces. Anything that is no report, however odd, is of the kind `none`. */
export async function readReport(raw: Buffer, ours: OurMail): Promise<MailReport> {
  const text = raw.subarray(0, REPORT_BYTES);
  const mail = await parsed(text);
  if (!mail) return { ...NOTHING, messageId: undefined };
  const said = saidBy(mail);
  return { ...said, messageId: said.kind === 'none' ? undefined : messageIdOf(mail, text, ours) };
}

/** Whatever the parser refuses (a thousand nested parts, say) it would refuse another time, too: no mail server's report is like that. */
const parsed = (raw: Buffer): Promise<ParsedMail | undefined> =>
  simpleParser(raw, { keepDeliveryStatus: true, skipTextToHtml: true, skipImageLinks: true }).catch(
    () => undefined,
  );

function saidBy(mail: ParsedMail): Said {
  const status = partOf(mail, 'message/delivery-status');
  const feedback = partOf(mail, 'message/feedback-report');
  const type = headerOf(mail, 'content-type');
  if (/^multipart\/report/i.test(type)) {
    if (feedback !== undefined) return readFeedback(feedback);
    return readDeliveryStatus(status ?? '');
  }
  return isPlainBounce(mail) ? readPlainBounce(mail.text ?? '') : NOTHING;
}

/** A bounce without a report comes from the mail system; answers of a person's own program do, too, but say that they are. */
function isPlainBounce(mail: ParsedMail): boolean {
  if (headerOf(mail, 'x-failed-recipients') !== '') return true;
  const automatic =
    /auto-(replied|generated)/i.test(headerOf(mail, 'auto-submitted')) ||
    headerOf(mail, 'x-autoreply') !== '' ||
    headerOf(mail, 'x-autorespond') !== '' ||
    /auto_reply/i.test(headerOf(mail, 'precedence'));
  return !automatic && /(^|[\s<"])(mailer-daemon|postmaster)@/i.test(headerOf(mail, 'from'));
}

const RECIPIENTS = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'to'];

/** By the address that the report came to, else by what it returns of the message. */
function messageIdOf(mail: ParsedMail, raw: Buffer, { bounces, host }: OurMail): string | undefined {
  const whole = raw.toString('latin1');
  const addressed = RECIPIENTS.map((name) => headerOf(mail, name)).join('\n');
  if (bounces !== undefined) {
    const id = messageIdByAddress(bounces, host, addressed) ?? messageIdByAddress(bounces, host, whole);
    if (id !== undefined) return id;
  }
  const decoded = [mail.text ?? '', ...mail.attachments.map(({ content }) => content.toString('latin1'))];
  for (const text of [whole, ...decoded]) {
    const id = messageIdInText(host, text);
    if (id !== undefined) return id;
  }
  return undefined;
}

const partOf = (mail: ParsedMail, type: string): string | undefined =>
  mail.attachments.find(({ contentType }) => contentType === type)?.content.toString('utf8');

/** All lines of a header, unfolded, one value a line. */
const headerOf = (mail: ParsedMail, name: string): string =>
  mail.headerLines
    .filter(({ key }) => key === name)
    .map(({ line }) =>
      line
        .slice(line.indexOf(':') + 1)
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .join('\n');
