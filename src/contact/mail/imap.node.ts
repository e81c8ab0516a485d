import { ImapFlow } from 'imapflow';
import { REPORT_BYTES } from './report.node.js';

/**
 * Gives each unseen message of an IMAP folder to `take`, oldest first, and marks it seen once it was taken: a crash in between gives it
 * again. One that `take` refuses stays unseen. Beyond this machine the connection is encrypted or not made at all.
 * @param address  `imaps://user:password@host/INBOX`
 * @param take     resolves to false for a message that stays
 * @returns how many were taken
 */
export async function readImap(address: string, take: (raw: Buffer) => Promise<boolean>): Promise<number> {
  const url = new URL(address);
  const secure = url.protocol === 'imaps:';
  const onThisMachine = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const client = new ImapFlow({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (secure ? 993 : 143)),
    secure,
    ...(secure || onThisMachine ? {} : { doSTARTTLS: true }),
    auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 60_000,
  });
  client.on('error', () => undefined); // whoever waits for an answer is told, too
  await client.connect();
  try {
    const lock = await client.getMailboxLock(decodeURIComponent(url.pathname.slice(1)) || 'INBOX');
    try {
      return await takeUnseen(client, take);
    } finally {
      lock.release();
    }
  } finally {
    await client.logout().catch(() => client.close());
  }
}

async function takeUnseen(client: ImapFlow, take: (raw: Buffer) => Promise<boolean>): Promise<number> {
  const found = await client.search({ seen: false }, { uid: true });
  let taken = 0;
  for (const uid of found || []) {
    const message = await client.fetchOne(
      String(uid),
      { source: { start: 0, maxLength: REPORT_BYTES } },
      { uid: true },
    );
    if (!message || !message.source || !(await take(message.source))) continue;
    await client.messageFlagsAdd(String(uid), ['\\Seen'], { uid: true });
    taken += 1;
  }
  return taken;
}
