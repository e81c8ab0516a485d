/** Mail that comes back, in the shapes that mail servers give it. People and hosts are made up. */

export const BOUNCES = 'bounces@mail.panel.example';
export const HOST = 'panel.example';
export const MESSAGE_ID = '<0a1b2c3d@panel.example>';
export const VERP = 'bounces+0a1b2c3d@mail.panel.example';

const mail = (...lines: string[]): Buffer => Buffer.from(lines.join('\r\n'));

/** The head of our message, as it is given back. */
const RETURNED = [
  'From: Panel <panel@panel.example>',
  'To: someone@synthetic.example',
  'Subject: =?utf-8?B?0J7Qv9GA0L7RgQ==?=',
  `Message-ID: ${MESSAGE_ID}`,
  'Auto-Submitted: auto-generated',
];

interface Report {
  /** The address to which it comes back. */
  to?: string;
  /** The fields about the recipient. */
  fields: string[];
  from?: string;
  head?: string[];
  /** What the server tells people. */
  words?: string;
  /** The kind of the last part. */
  returned?: 'text/rfc822-headers' | 'message/rfc822' | 'none';
}

/** A multipart/report of a delivery (RFC 3462, RFC 3464). */
export const deliveryReport = ({
  to = VERP,
  fields,
  from = 'MAILER-DAEMON@mx.synthetic.example (Mail Delivery System)',
  head = [],
  words = 'This is the mail system at host mx.synthetic.example.',
  returned = 'text/rfc822-headers',
}: Report): Buffer =>
  mail(
    'Return-Path: <>',
    `From: ${from}`,
    `To: ${to}`,
    'Subject: Undelivered Mail Returned to Sender',
    'MIME-Version: 1.0',
    ...head,
    'Content-Type: multipart/report; report-type=delivery-status;',
    '\tboundary="b1/mx.synthetic.example"',
    '',
    'This is a MIME-encapsulated message.',
    '',
    '--b1/mx.synthetic.example',
    'Content-Description: Notification',
    'Content-Type: text/plain; charset=utf-8',
    '',
    words,
    '',
    '--b1/mx.synthetic.example',
    'Content-Description: Delivery report',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.synthetic.example',
    'Arrival-Date: Mon, 23 Nov 2026 10:00:00 +0000 (UTC)',
    '',
    ...fields,
    '',
    ...(returned === 'none'
      ? []
      : ['--b1/mx.synthetic.example', `Content-Type: ${returned}`, '', ...RETURNED, '', 'body']),
    '--b1/mx.synthetic.example--',
    '',
  );

const RECIPIENT = 'Final-Recipient: rfc822; someone@synthetic.example';
/** Where no address tells the message: the returned head has to. */
const PLAIN_TO = 'panel@panel.example';

/** Each sample with what it says. */
export const SAMPLES: Record<string, { raw: Buffer; kind: string; code: string }> = {
  'Postfix, unknown user': {
    raw: deliveryReport({
      head: ['Auto-Submitted: auto-replied'],
      fields: [
        RECIPIENT,
        'Original-Recipient: rfc822;someone@synthetic.example',
        'Action: failed',
        'Status: 5.1.1',
        'Remote-MTA: dns; mx.synthetic.example',
        'Diagnostic-Code: smtp; 550 5.1.1 <someone@synthetic.example>: Recipient address',
        '    rejected: User unknown in virtual mailbox table',
      ],
    }),
    kind: 'bounced',
    code: 'dsn_5.1.1',
  },
  'Postfix, given up after five days': {
    raw: deliveryReport({
      fields: [
        RECIPIENT,
        'Action: failed',
        'Status: 4.4.1',
        'Diagnostic-Code: X-Postfix; connect to mx.synthetic.example[192.0.2.1]:25: Connection timed out',
      ],
    }),
    kind: 'soft',
    code: 'dsn_4.4.1',
  },
  'Postfix, domain does not exist': {
    raw: deliveryReport({
      fields: [
        RECIPIENT,
        'Action: failed',
        'Status: 5.4.4',
        'Diagnostic-Code: X-Postfix; Host or domain name not found. Name service error',
      ],
    }),
    kind: 'bounced',
    code: 'dsn_5.4.4',
  },
  'Postfix, delayed': {
    raw: deliveryReport({
      fields: [
        RECIPIENT,
        'Action: delayed',
        'Status: 4.2.0',
        'Will-Retry-Until: Sat, 28 Nov 2026 10:00:00 +0000',
      ],
    }),
    kind: 'soft',
    code: 'dsn_4.2.0',
  },
  'Postfix, delivered after all': {
    raw: deliveryReport({ fields: [RECIPIENT, 'Action: delivered', 'Status: 2.0.0'] }),
    kind: 'none',
    code: 'none',
  },
  'Exim, which says 5.0.0 and lets the other server explain': {
    raw: deliveryReport({
      to: PLAIN_TO,
      from: 'Mail Delivery System <Mailer-Daemon@mx.synthetic.example>',
      head: ['X-Failed-Recipients: someone@synthetic.example', 'Auto-Submitted: auto-replied'],
      fields: [
        'Action: failed',
        RECIPIENT.replace('; ', ';'),
        'Status: 5.0.0',
        'Remote-MTA: dns; mx.synthetic.example',
        'Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.',
      ],
      returned: 'message/rfc822',
    }),
    kind: 'bounced',
    code: 'dsn_5.1.1',
  },
  'Exim, spam refused with a bare 550': {
    raw: deliveryReport({
      fields: [
        RECIPIENT,
        'Action: failed',
        'Status: 5.0.0',
        'Diagnostic-Code: smtp; 550 spam message rejected',
      ],
    }),
    kind: 'refused',
    code: 'dsn_5.0.0',
  },
  'Exchange Online, nobody': {
    raw: deliveryReport({
      to: PLAIN_TO,
      from: 'postmaster@synthetic.example',
      head: ['X-MS-Exchange-Message-Is-Ndr:', 'Auto-Submitted: auto-replied'],
      words: 'Your message to someone@synthetic.example couldn’t be delivered.',
      fields: [
        RECIPIENT.replace('; ', ';'),
        'Action: failed',
        'Status: 5.1.10',
        'Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
      ],
      returned: 'message/rfc822',
    }),
    kind: 'bounced',
    code: 'dsn_5.1.10',
  },
  'Exchange Online, refused at its edge': {
    raw: deliveryReport({
      fields: [
        RECIPIENT,
        'Action: failed',
        'Status: 5.4.1',
        'Diagnostic-Code: smtp;550 5.4.1 Recipient address rejected: Access denied.',
      ],
    }),
    kind: 'bounced',
    code: 'dsn_5.4.1',
  },
  'Gmail, over quota': {
    raw: deliveryReport({
      from: 'Mail Delivery Subsystem <mailer-daemon@mail.synthetic.example>',
      fields: [
        RECIPIENT,
        'Action: failed',
        'Status: 5.2.2',
        'Diagnostic-Code: smtp; 552-5.2.2 The recipient’s inbox is out of storage space.',
      ],
    }),
    kind: 'soft',
    code: 'dsn_5.2.2',
  },
  'Gmail, account closed': {
    raw: deliveryReport({
      to: PLAIN_TO,
      fields: [RECIPIENT, 'Action: failed', 'Status: 5.2.1', 'Diagnostic-Code: smtp; 550 5.2.1 is disabled'],
      returned: 'message/rfc822',
    }),
    kind: 'bounced',
    code: 'dsn_5.2.1',
  },
  'Gmail, not authenticated': {
    raw: deliveryReport({
      fields: [
        RECIPIENT,
        'Action: failed',
        'Status: 5.7.26',
        'Diagnostic-Code: smtp; 550-5.7.26 Your email has been blocked because the sender is unauthenticated.',
      ],
    }),
    kind: 'refused',
    code: 'dsn_5.7.26',
  },
  'Yandex, nobody by the code of a policy': {
    raw: deliveryReport({
      from: 'mailer-daemon@mail.synthetic.example',
      fields: [
        RECIPIENT,
        'Action: failed',
        'Status: 5.7.1',
        'Diagnostic-Code: smtp; 550 5.7.1 No such user! 1700000000-AbCdEf',
      ],
      returned: 'none',
    }),
    kind: 'bounced',
    code: 'dsn_5.7.1',
  },
  'Yandex, suspicion of spam': {
    raw: deliveryReport({
      fields: [
        RECIPIENT,
        'Action: failed',
        'Status: 5.7.1',
        'Diagnostic-Code: smtp; 554 5.7.1 [2] Message rejected under suspicion of SPAM',
      ],
    }),
    kind: 'refused',
    code: 'dsn_5.7.1',
  },
  'two behind one address, one of whom still has it': {
    raw: deliveryReport({
      fields: [
        'Final-Recipient: rfc822; one@synthetic.example',
        'Action: failed',
        'Status: 5.1.1',
        '',
        'Final-Recipient: rfc822; two@synthetic.example',
        'Action: failed',
        'Status: 5.2.2',
      ],
    }),
    kind: 'soft',
    code: 'dsn_5.2.2',
  },
  'qmail, without a report': {
    raw: mail(
      'Return-Path: <>',
      `Delivered-To: ${VERP}`,
      'From: MAILER-DAEMON@mx.synthetic.example',
      'To: undisclosed',
      'Subject: failure notice',
      '',
      'Hi. This is the qmail-send program at mx.synthetic.example.',
      "I'm afraid I wasn't able to deliver your message to the following addresses.",
      '',
      '<someone@synthetic.example>:',
      'Sorry, no mailbox here by that name. (#5.1.1)',
      '',
      '--- Below this line is a copy of the message.',
      '',
      ...RETURNED,
      '',
      'status 4.2.2 of something else',
    ),
    kind: 'bounced',
    code: 'dsn_5.1.1',
  },
  'old Exim, without a report': {
    raw: mail(
      'Return-path: <>',
      'X-Failed-Recipients: someone@synthetic.example',
      'Auto-Submitted: auto-replied',
      'From: Mail Delivery System <Mailer-Daemon@mx.synthetic.example>',
      `To: ${PLAIN_TO}`,
      'Subject: Mail delivery failed: returning message to sender',
      '',
      'A message that you sent could not be delivered to one or more of its',
      'recipients. This is a permanent error. The following address(es) failed:',
      '',
      '  someone@synthetic.example',
      '    Unrouteable address',
      '',
      '------ This is a copy of the message, including all the headers. ------',
      '',
      ...RETURNED,
    ),
    kind: 'bounced',
    code: 'dsn_5.0.0',
  },
  'a warning without a report': {
    raw: mail(
      'Return-path: <>',
      'From: Mailer-Daemon@mx.synthetic.example',
      `To: ${VERP}`,
      'Subject: Warning: message delayed 24 hours',
      '',
      'The message has not yet been delivered. Delivery attempts will be retried; no action is required on your part.',
    ),
    kind: 'soft',
    code: 'dsn_4.0.0',
  },
  'a complaint': {
    raw: mail(
      'From: <abuse@synthetic.example>',
      'To: <abuse@panel.example>',
      'Subject: complaint',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=feedback-report; boundary=b2',
      '',
      '--b2',
      'Content-Type: text/plain',
      '',
      'This is an abuse report for a message.',
      '',
      '--b2',
      'Content-Type: message/feedback-report',
      '',
      'Feedback-Type: abuse',
      'User-Agent: SomeFeedback/1.0',
      'Version: 1',
      '',
      '--b2',
      'Content-Type: message/rfc822',
      'Content-Disposition: inline',
      '',
      ...RETURNED,
      '',
      'body',
      '--b2--',
      '',
    ),
    kind: 'complaint',
    code: 'arf_abuse',
  },
  'a note that it was no spam': {
    raw: mail(
      'From: <abuse@synthetic.example>',
      `To: ${VERP}`,
      'Content-Type: multipart/report; report-type=feedback-report; boundary=b2',
      '',
      '--b2',
      'Content-Type: message/feedback-report',
      '',
      'Feedback-Type: not-spam',
      '',
      '--b2--',
      '',
    ),
    kind: 'none',
    code: 'none',
  },
  'an answer from a holiday': {
    raw: mail(
      'Return-Path: <>',
      'From: Someone <someone@synthetic.example>',
      `To: ${VERP}`,
      'Auto-Submitted: auto-replied (vacation)',
      'Subject: Re: away',
      '',
      'I am away. Error 550 5.1.1 user unknown is what you get from my old address.',
    ),
    kind: 'none',
    code: 'none',
  },
  'an automatic answer in a postmaster’s name': {
    raw: mail(
      'From: postmaster@synthetic.example',
      `To: ${VERP}`,
      'X-Autoreply: yes',
      '',
      '550 5.1.1 user unknown',
    ),
    kind: 'none',
    code: 'none',
  },
  'a receipt that it was read': {
    raw: mail(
      'From: someone@synthetic.example',
      `To: ${VERP}`,
      'Content-Type: multipart/report; report-type=disposition-notification; boundary=b3',
      '',
      '--b3',
      'Content-Type: message/disposition-notification',
      '',
      'Disposition: manual-action/MDN-sent-manually; displayed',
      '--b3--',
      '',
    ),
    kind: 'none',
    code: 'none',
  },
  'a letter from a person, with somebody’s bounce in it': {
    raw: mail(
      'From: someone@synthetic.example',
      `To: ${VERP}`,
      'Content-Type: multipart/mixed; boundary=b4',
      '',
      '--b4',
      'Content-Type: message/delivery-status',
      '',
      'Action: failed',
      'Status: 5.1.1',
      '--b4--',
      '',
    ),
    kind: 'none',
    code: 'none',
  },
};
