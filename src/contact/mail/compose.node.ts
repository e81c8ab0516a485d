import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Readable } from 'node:stream';
import DKIM from 'nodemailer/lib/dkim';
import MailComposer from 'nodemailer/lib/mail-composer';
import { type Config } from '../../kit/config.js';
import { errorCode } from '../../kit/error-code.js';
import { type Message } from '../channel.js';
import { bounceAddress } from './bounce-address.js';
import { DkimKeyUnreadable } from './mail.problems.js';
import { inShell } from './shell.node.js';
import { type Envelope } from './smtp-session.node.js';

export interface ComposedMail {
  envelope: Envelope;
  /** The whole message, signed where that is configured. */
  raw: Buffer;
}

/** Header fields that the signature covers; those that let a reader stop the mail are among them (RFC 8058 §4). */
const SIGNED =
  'From:To:Subject:Date:Message-ID:MIME-Version:Content-Type:Auto-Submitted:List-Unsubscribe:List-Unsubscribe-Post';

export type Compose = (message: Message) => Promise<ComposedMail>;

/**
 * Makes messages whole: text and HTML, headers, signature. No pixel, no name of a program, and no line of anybody's making in a header.
 * @throws DkimKeyUnreadable at once, not at the first message
 */
export function composer({
  mailFrom,
  mailBounces,
  dkim,
}: Pick<Config, 'mailFrom' | 'mailBounces' | 'dkim'>): Compose {
  const signer =
    dkim &&
    new DKIM({
      domainName: dkim.domain,
      keySelector: dkim.selector,
      privateKey: privateKey(dkim.keyFile),
      headerFieldNames: SIGNED,
    });
  return async ({ to, messageId, locale, letter, unsubscribeUrl }) => {
    const mail = new MailComposer({
      disableFileAccess: true,
      disableUrlAccess: true,
      from: mailFrom,
      to: { name: '', address: to }, // an address, never a list of them
      envelope: {
        from: mailBounces === undefined ? mailFrom : bounceAddress(mailBounces, messageId),
        to: { name: '', address: to },
      },
      subject: letter.subject,
      text: letter.text,
      html: await inShell(letter, locale),
      messageId,
      headers: {
        'Auto-Submitted': 'auto-generated',
        ...(unsubscribeUrl === undefined
          ? {}
          : {
              'List-Unsubscribe': `<${unsubscribeUrl}>`,
              'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
            }),
      },
    }).compile();
    if (signer) mail.processFunc((message: Readable) => signer.sign(message));
    const { from, to: recipients } = mail.getEnvelope();
    return { envelope: { from: from || '', to: [...recipients] }, raw: await mail.build() };
  };
}

/** Nodemailer sends unsigned, without a word, where its key does not fit: so the key is tried here. */
function privateKey(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    const type = createPrivateKey(pem).asymmetricKeyType;
    if (type !== 'rsa') throw Object.assign(new Error('not RSA'), { code: `a key of the type ${type}` });
    return pem;
  } catch (cause) {
    throw DkimKeyUnreadable({ file, error: errorCode(cause) ?? 'no private key in PEM' });
  }
}
