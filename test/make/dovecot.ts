import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../src/kit/embedded-process.node.js';

/** An IMAP server of one test file, with one mailbox. */
export interface TestDovecot {
  /** Of the folder INBOX. */
  url: string;
  /** The Maildir behind it. */
  maildir: string;
  stop(): Promise<void>;
}

/** Starts Debian's `dovecot` with IMAP on a free port of 127.0.0.1. @throws a sentence when it is not installed */
export async function startDovecot(): Promise<TestDovecot> {
  const dir = await mkdtemp(join(tmpdir(), 'onward-dovecot-'));
  await chmod(dir, 0o755);
  const port = await findFreePort();
  const maildir = join(dir, 'mail');
  for (const folder of ['run', 'state', 'mail/new', 'mail/cur', 'mail/tmp'])
    await mkdir(join(dir, folder), { recursive: true });
  const { uid, gid, username } = userInfo();
  // As root, mail is read by an account that any Debian has: Dovecot lets no root into a mailbox.
  const reader = uid === 0 ? 'nobody' : String(uid);
  const group = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim();
  const config = join(dir, 'dovecot.conf');
  await writeFile(
    config,
    `base_dir = ${dir}/run
state_dir = ${dir}/state
log_path = ${dir}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = ${uid === 0 ? 'dovecot' : username}
default_internal_group = ${uid === 0 ? 'dovecot' : group}
default_login_user = ${uid === 0 ? 'dovenull' : username}
first_valid_uid = 1
mail_location = maildir:${maildir}
passdb {
  driver = static
  args = password=p@ss
}
userdb {
  driver = static
  args = uid=${reader} gid=${uid === 0 ? 'nogroup' : gid} home=${dir}
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
  ${uid === 0 ? '' : 'chroot ='}
}
service anvil {
  ${uid === 0 ? '' : 'chroot ='}
}
`,
  );
  if (uid === 0) await giveTo('nobody:nogroup', maildir);
  const server = spawn('/usr/sbin/dovecot', ['-F', '-c', config], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await new Promise<void>((ready, fail) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      fail(
        cause.code === 'ENOENT'
          ? new Error('dovecot is not installed. Install it first: apt-get install dovecot-imapd')
          : cause,
      ),
    );
    server.once('exit', (code) => fail(new Error(`dovecot ended with ${code}`)));
    const greeted = () => {
      const socket = createConnection(port, '127.0.0.1');
      socket.once('error', () => setTimeout(greeted, 50));
      socket.once('data', () => {
        socket.destroy();
        ready();
      });
    };
    greeted();
  });
  return {
    url: `imap://bounces:p%40ss@127.0.0.1:${port}/INBOX`,
    maildir,
    stop: async () => {
      server.removeAllListeners('exit');
      const gone = once(server, 'close');
      server.kill('SIGTERM');
      await gone;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function giveTo(owner: string, path: string): Promise<void> {
  const [code] = (await once(spawn('chown', ['-R', owner, path]), 'close')) as [number];
  if (code !== 0) throw new Error(`chown ended with ${code}`);
}
