import { readConfig, VARIABLES } from '../../../src/kit/config.js';

const GOOD = {
  DATABASE_URL: 'postgres://onward:x@db/onward',
  VAULT_DATABASE_URL: 'postgres://onward_vault:x@db/onward_vault',
  VAULT_MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
  SMTP_URL: 'smtps://mail.example:465',
  MAIL_FROM: 'Panel <panel@example.org>',
  PUBLIC_URL: 'https://panel.example/',
  STAFF_SECRET: Buffer.alloc(32, 2).toString('base64'),
};
const findingsOf = (env: Record<string, string | undefined>): string[] => {
  try {
    readConfig(env);
    return [];
  } catch (cause) {
    return (cause as { details: { findings: string[] } }).details.findings;
  }
};

it('reads what is there and fills in the rest', () => {
  expect(readConfig(GOOD)).toEqual({
    databaseUrl: GOOD.DATABASE_URL,
    vaultDatabaseUrl: GOOD.VAULT_DATABASE_URL,
    masterKeys: [{ version: 1, key: Buffer.alloc(32, 1) }],
    redisUrl: undefined,
    smtpUrl: GOOD.SMTP_URL,
    mailFrom: GOOD.MAIL_FROM,
    publicUrl: 'https://panel.example',
    staffSecret: Buffer.alloc(32, 2),
    role: 'all',
    host: '127.0.0.1',
    port: 8080,
    trustedProxies: 0,
    logLevel: 'info',
    sendsPerMinute: 600,
    smtpConnections: 32,
  });
});

it.each(Object.keys(GOOD))('names %s where it is missing, or empty', (name) => {
  for (const absent of [undefined, ''])
    expect(findingsOf({ ...GOOD, [name]: absent })).toEqual([
      expect.stringMatching(`^${name} is missing: \\w`),
    ]);
});

it('names everything that is missing at once', () => {
  const findings = findingsOf({});
  expect(findings.map((finding) => finding.split(' ')[0]).sort()).toEqual(Object.keys(GOOD).sort());
});

it.each([
  ['DATABASE_URL', 'mysql://db/onward'],
  ['DATABASE_URL', 'onward'],
  ['VAULT_DATABASE_URL', 'http://db'],
  ['REDIS_URL', 'http://redis'],
  ['SMTP_URL', 'mail.example:25'],
  ['MAIL_FROM', 'Panel'],
  ['MAIL_FROM', 'panel@example.org\r\nBcc: x@example.org'],
  ['PUBLIC_URL', 'http://panel.example'],
  ['PUBLIC_URL', 'panel.example'],
  ['VAULT_MASTER_KEY', Buffer.alloc(31, 1).toString('base64')],
  ['VAULT_MASTER_KEY', 'secret'],
  ['STAFF_SECRET', Buffer.alloc(31, 1).toString('base64')],
  ['ONWARD_ROLE', 'both'],
  ['PORT', 'http'],
  ['PORT', '70000'],
  ['LOG_LEVEL', 'loud'],
  ['SENDS_PER_MINUTE', '0'],
  ['SENDS_PER_MINUTE', 'many'],
  ['SMTP_CONNECTIONS', '0'],
  ['SMTP_CONNECTIONS', '1000'],
])('names %s where it is wrong: %j', (name, value) => {
  const findings = findingsOf({ ...GOOD, [name]: value });
  expect(findings).toEqual([expect.stringMatching(`^${name} \\w`)]);
  if (value.length > 6) expect(findings.join()).not.toContain(value);
});

it('demands the staff’s secret of every process but a worker, which takes it from nobody', () => {
  const { STAFF_SECRET, ...rest } = GOOD;
  for (const role of ['web', 'all'])
    expect(findingsOf({ ...rest, ONWARD_ROLE: role })).toEqual([
      expect.stringMatching(/^STAFF_SECRET is missing/),
    ]);
  expect(readConfig({ ...rest, ONWARD_ROLE: 'worker', STAFF_SECRET }).staffSecret).toBeUndefined();
});

it('gives the web role no way to the vault, given or not', () => {
  expect(readConfig({ ...GOOD, ONWARD_ROLE: 'web' })).toMatchObject({
    vaultDatabaseUrl: undefined,
    masterKeys: undefined,
  });
  const { VAULT_DATABASE_URL, VAULT_MASTER_KEY, ...rest } = GOOD;
  expect(findingsOf({ ...rest, ONWARD_ROLE: 'web' })).toEqual([]);
  expect(findingsOf({ ...rest, ONWARD_ROLE: 'worker' })).toHaveLength(
    [VAULT_DATABASE_URL, VAULT_MASTER_KEY].length,
  );
});

it('plain http is for this machine alone', () => {
  for (const host of ['localhost', '127.0.0.1', '[::1]'])
    expect(findingsOf({ ...GOOD, PUBLIC_URL: `http://${host}:8080` })).toEqual([]);
});

it('every variable is known by its name', () => {
  expect(VARIABLES).toEqual(expect.arrayContaining(Object.keys(GOOD)));
});
