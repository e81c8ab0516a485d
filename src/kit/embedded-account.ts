/**
 * Under whose identity the embedded PostgreSQL runs. PostgreSQL refuses root and users without a name, and the
 * account must be able to enter every folder on the way to the binaries and the data.
 */
export type AccountWay =
  /** as the user who started us */
  | 'self'
  /** we are root and step down to `uid` */
  | 'setuid'
  /** a user namespace of its own: still our user outside (so a 0700 home is no obstacle), user 1 inside */
  | 'unshare'
  /** we are root and step down to `uid`, which keeps the right to pass closed folders */
  | 'setpriv';

/** `uid` and `gid` own the data as seen from outside; undefined where the system has no such ids (Windows). */
export interface Account {
  way: AccountWay;
  uid?: number;
  gid?: number;
}

export interface Identity {
  uid: number;
  gid: number;
}

/** What the choice depends on; the questions are asked only when the answer matters. */
export interface AccountFacts {
  /** effective user; undefined on Windows */
  me?: Identity;
  iHaveAName(): boolean;
  /** owner of data that exist already */
  dataOwner?: Identity;
  /** `postgres` or `nobody` of this system */
  serviceUser?: Identity;
  canReach(who: Identity): boolean;
  canUnshare(): boolean;
  canSetpriv(who: Identity): boolean;
}

/** The first way that works, or undefined. Data of an ordinary user stay that user's, also when root starts us. */
export function chooseAccount(facts: AccountFacts): Account | undefined {
  const { me } = facts;
  if (me === undefined) return { way: 'self' };
  if (me.uid !== 0) {
    if (facts.iHaveAName()) return { way: 'self', ...me };
    return facts.canUnshare() ? { way: 'unshare', ...me } : undefined;
  }
  const other = facts.dataOwner && facts.dataOwner.uid !== 0 ? facts.dataOwner : facts.serviceUser;
  if (other && facts.canReach(other)) return { way: 'setuid', ...other };
  if (facts.canUnshare()) return { way: 'unshare', ...me };
  if (other && facts.canSetpriv(other)) return { way: 'setpriv', ...other };
  return undefined;
}

/** Command line for `program` under the account; `spawn` itself steps down in the way `setuid`. */
export function commandAs(account: Account, program: string, args: string[]): [string, string[]] {
  switch (account.way) {
    case 'self':
    case 'setuid':
      return [program, args];
    case 'unshare':
      return ['unshare', ['--user', '--map-user=1', '--map-group=1', program, ...args]];
    case 'setpriv':
      return [
        'setpriv',
        [
          `--reuid=${account.uid}`,
          `--regid=${account.gid}`,
          '--clear-groups',
          '--inh-caps=+dac_override',
          '--ambient-caps=+dac_override',
          program,
          ...args,
        ],
      ];
  }
}

export interface FileRights {
  uid: number;
  gid: number;
  /** permission bits as of stat(2) */
  mode: number;
}

/** Whether `who` may enter every one of these folders (or read and run, for files). Groups beyond the main one are not asked. */
export function mayPass(who: Identity, chain: FileRights[]): boolean {
  return chain.every(({ uid, gid, mode }) => {
    const bits = uid === who.uid ? mode >> 6 : gid === who.gid ? mode >> 3 : mode;
    return (bits & 0o1) === 0o1;
  });
}

/** Reads one user of a passwd(5) file. */
export function userOf(passwd: string, name: string): Identity | undefined {
  for (const line of passwd.split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name && uid && gid) return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
  }
  return undefined;
}
