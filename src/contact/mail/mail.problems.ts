import { problem } from '../../kit/problem.js';

type Nothing = Record<string, never>;

export const DkimKeyUnreadable = problem<{ file: string; error: string }>(
  'contact.dkim_key_unreadable',
  500,
  (d) =>
    `DKIM_KEY_FILE names ${d.file}, which cannot be used (${d.error}). It must be readable and hold an RSA private key in PEM; leave all DKIM_… variables empty to send unsigned.`,
);

export const InboundMailNotTaken = problem<Nothing>(
  'contact.inbound_mail_not_taken',
  404,
  () => 'No mail is taken here. Set INBOUND_KEY to have bounces posted.',
);

export const InboundKeyWrong = problem<Nothing>(
  'contact.inbound_key_wrong',
  401,
  () => 'The key is missing or wrong. Send INBOUND_KEY as "Authorization: Bearer …".',
);
