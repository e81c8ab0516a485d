import {
  chooseAccount,
  commandAs,
  mayPass,
  userOf,
  type AccountFacts,
} from '../../../src/kit/embedded-account.js';
import { parsePostmasterFile, serverArguments } from '../../../src/kit/embedded-settings.js';

const root = { uid: 0, gid: 0 };
const alice = { uid: 1000, gid: 1000 };
const service = { uid: 101, gid: 104 };
const facts = (more: Partial<AccountFacts>): AccountFacts => ({
  me: root,
  iHaveAName: () => true,
  serviceUser: service,
  canReach: () => true,
  canUnshare: () => true,
  canSetpriv: () => true,
  ...more,
});

describe('the account of the embedded PostgreSQL', () => {
  test.each<[string, Partial<AccountFacts>, ReturnType<typeof chooseAccount>]>([
    ['an ordinary user runs it as itself', { me: alice }, { way: 'self', ...alice }],
    [
      'a user id without a name gets a namespace',
      { me: alice, iHaveAName: () => false },
      { way: 'unshare', ...alice },
    ],
    ['root steps down to the service user', {}, { way: 'setuid', ...service }],
    ['data of an ordinary user stay theirs under root', { dataOwner: alice }, { way: 'setuid', ...alice }],
    ['data of root go to the service user', { dataOwner: root }, { way: 'setuid', ...service }],
    ['root in a closed home gets a namespace', { canReach: () => false }, { way: 'unshare', ...root }],
    ['a system without service user too', { serviceUser: undefined }, { way: 'unshare', ...root }],
    [
      'without namespaces the service user keeps the right to pass',
      { canReach: () => false, canUnshare: () => false },
      { way: 'setpriv', ...service },
    ],
    [
      'there may be no way',
      { canReach: () => false, canUnshare: () => false, canSetpriv: () => false },
      undefined,
    ],
    ['Windows has no user ids', { me: undefined }, { way: 'self' }],
  ])('%s', (_, more, expected) => {
    expect(chooseAccount(facts(more))).toEqual(expected);
  });

  test('only the ways that need a helper name one in the command', () => {
    expect(commandAs({ way: 'setuid', ...service }, 'initdb', ['-D', 'x'])).toEqual(['initdb', ['-D', 'x']]);
    expect(commandAs({ way: 'unshare', ...root }, 'initdb', [])).toEqual([
      'unshare',
      ['--user', '--map-user=1', '--map-group=1', 'initdb'],
    ]);
    expect(commandAs({ way: 'setpriv', ...service }, 'initdb', [])[1]).toEqual(
      expect.arrayContaining(['--reuid=101', '--regid=104', '--clear-groups']),
    );
  });

  test('a 0700 home bars others but not its owner', () => {
    const home = { ...alice, mode: 0o40700 };
    const open = { ...root, mode: 0o40755 };
    expect(mayPass(alice, [home, open])).toBe(true);
    expect(mayPass(service, [home, open])).toBe(false);
    expect(mayPass({ uid: 7, gid: 1000 }, [{ ...alice, mode: 0o40701 }])).toBe(false);
  });

  test('users are found by their whole name', () => {
    const passwd = 'postgres2:x:5:6::/:/bin/sh\npostgres:x:101:104::/:/bin/sh\nnobody:*:-2:-2::/:/x\n';
    expect(userOf(passwd, 'postgres')).toEqual(service);
    expect(userOf(passwd, 'nobody')).toEqual({ uid: 4294967294, gid: 4294967294 });
    expect(userOf(passwd, 'pos')).toBeUndefined();
  });
});

describe('what PostgreSQL says about itself', () => {
  test('postmaster.pid is read whole, half and empty', () => {
    expect(parsePostmasterFile('42\n/d\n1\n5433\n\n127.0.0.1\n  1 2\nready   \n')).toEqual({
      pid: 42,
      port: 5433,
      status: 'ready',
    });
    expect(parsePostmasterFile('42\n/d\n')).toEqual({ pid: 42, port: 0, status: 'unknown' });
    expect(parsePostmasterFile('')).toBeUndefined();
  });

  test('no setting makes it listen elsewhere unless asked, and the chosen port wins', () => {
    const args = serverArguments('/d', 5000, { fsync: 'off', port: '1' });
    expect(args).toEqual(expect.arrayContaining(['listen_addresses=127.0.0.1', 'fsync=off', 'port=5000']));
    expect(args).not.toContain('port=1');
  });
});
