import { z } from 'zod';
import { InvalidConfiguration } from './config.problems.js';
import { type MasterKey, masterKeysIn } from './master-keys.js';

const url = (what: string, protocols: string[]) =>
  z
    .string({ error: `is missing: ${what}` })
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
      error: `must be ${what}, beginning with ${protocols.map((p) => `${p}//`).join(' or ')}`,
    });

const port = z.coerce.number({ error: 'must be a port number' }).int().min(0).max(65535);

const isLoopback = (host: string) => ['localhost', '127.0.0.1', '[::1]'].includes(host);

/** A process in the web role runs without any access to the vault; every other one needs both. */
const vaultSchema = z.object({
  VAULT_DATABASE_URL: url('the PostgreSQL address of the vault, with its own role', [
    'postgres:',
    'postgresql:',
  ]),
  VAULT_MASTER_KEY: z
    .string({
      error: 'is missing: 32 random bytes in base64 (openssl rand -base64 32), kept off the databases',
    })
    .refine((text) => masterKeysIn(text) !== undefined, {
      error:
        'must be 32 bytes in base64, or several such keys, newest first, each behind its version: 2:…,1:…',
    }),
  VAULT_MASTER_KEY_FILE: z.string().optional(),
});

/** A process that serves the staff's pages, or makes accounts at the command line. A worker does neither. */
const staffSchema = z.object({
  STAFF_SECRET: z
    .string({
      error: 'is missing: 32 random bytes in base64 (openssl rand -base64 32), kept off the database',
    })
    .refine((text) => Buffer.from(text, 'base64').length === 32, { error: 'must be 32 bytes in base64' }),
});

const schema = z.object({
  DATABASE_URL: url('the PostgreSQL address of the main database', ['postgres:', 'postgresql:']),
  DATABASE_OWNER_URL: url('the address of the main database with the role that owns it', [
    'postgres:',
    'postgresql:',
  ]).optional(),
  REDIS_URL: url('the address of a Redis server', ['redis:', 'rediss:']).optional(),
  SMTP_URL: url('the address of the mail server', ['smtp:', 'smtps:']),
  MAIL_FROM: z
    .string({ error: 'is missing: the sender of every message, such as "Panel <panel@example.org>"' })
    .refine((text) => /^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/.test(text), {
      error: 'must hold one e-mail address',
    }),
  PUBLIC_URL: url('the address that respondents open', ['https:', 'http:']).refine(
    (text) => !URL.canParse(text) || text.startsWith('https:') || isLoopback(new URL(text).hostname),
    { error: 'must begin with https://; plain http is for this machine only' },
  ),
  ONWARD_ROLE: z.enum(['web', 'worker', 'all'], { error: 'must be web, worker or all' }).default('all'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(8080),
  LOG_LEVEL: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'], {
      error: 'must be silent, error, warn, info or debug',
    })
    .default('info'),
  AUDIT_HEADS: z.string().optional(),
  TOMBSTONES: z.string().optional(),
  SENDS_PER_MINUTE: z.coerce.number({ error: 'must be a number of messages' }).int().min(1).default(600),
  SMTP_CONNECTIONS: z.coerce
    .number({ error: 'must be a number of connections, 1 to 100' })
    .int()
    .min(1)
    .max(100)
    .default(32),
  MAIL_BOUNCES: z
    .string()
    .regex(/^[^\s@+]+@[^\s@]+$/, { error: 'must be one plain address; +… is put behind its name' })
    .optional(),
  DKIM_DOMAIN: z.string().optional(),
  DKIM_SELECTOR: z.string().optional(),
  DKIM_KEY_FILE: z.string().optional(),
  BOUNCE_MAILBOX: url('the mailbox to which bounces are delivered', ['imaps:', 'imap:', 'file:']).optional(),
  INBOUND_KEY: z.string().min(20, { error: 'must have at least 20 characters' }).optional(),
  TELEGRAM_TOKEN: z
    .string()
    .regex(/^\d+:[\w-]{30,}$/, { error: 'must be a token as @BotFather gives it' })
    .optional(),
  TELEGRAM_BOT: z
    .string()
    .regex(/^\w{5,32}$/, { error: 'must be the name of the bot, without @' })
    .optional(),
  TELEGRAM_API_ROOT: url('the address of the Bot API', ['https:', 'http:']).default(
    'https://api.telegram.org',
  ),
  TELEGRAM_WEBHOOK_SECRET: z
    .string()
    .regex(/^[\w-]{20,256}$/, { error: 'must have 20 to 256 letters, digits, _ and -' })
    .optional(),
  TRUSTED_PROXIES: z.coerce.number({ error: 'must be a number of proxies' }).int().min(0).max(10).default(0),
});

/** What is set together or not at all. */
const DKIM = ['DKIM_DOMAIN', 'DKIM_SELECTOR', 'DKIM_KEY_FILE'];

/** What the backup commands read, and nothing else: a process that serves or works never has the key of backups. */
export const BACKUP_VARIABLES = ['BACKUP_KEY', 'BACKUP_KEY_FILE'] as const;

/** The names of all variables that a process reads; `.env.example` documents each. */
export const VARIABLES: readonly string[] = [
  ...[schema, vaultSchema, staffSchema].flatMap(({ shape }) => Object.keys(shape)),
  ...BACKUP_VARIABLES,
];

/** All that a process is told from outside. Secrets in it never enter a log. */
export interface Config {
  databaseUrl: string;
  /** The same database with the role that owns it and migrates it; undefined where the application's own role does. */
  databaseOwnerUrl: string | undefined;
  /** The way to people's addresses: undefined in the web role, which takes it from nobody, given or not. */
  vaultDatabaseUrl: string | undefined;
  /** Newest first. */
  masterKeys: readonly MasterKey[] | undefined;
  redisUrl: string | undefined;
  smtpUrl: string;
  mailFrom: string;
  publicUrl: string;
  /** What second factors and addresses of the staff are sealed under: undefined in the worker's role, which takes it from nobody. */
  staffSecret: Buffer | undefined;
  role: 'web' | 'worker' | 'all';
  host: string;
  port: number;
  logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  /** The file to which signed heads of the audit log are appended. */
  auditHeads: string | undefined;
  /** The file to which the vault appends who was erased, for a restore. */
  tombstones: string | undefined;
  /** The most messages that all processes together begin in a minute, on one channel. */
  sendsPerMinute: number;
  /** The most connections that one process has to the mail server at once. */
  smtpConnections: number;
  /** Bounces come back to this address, with the message's id behind its name; undefined: to the sender. */
  mailBounces: string | undefined;
  dkim: { domain: string; selector: string; keyFile: string } | undefined;
  /** `imaps://user:password@host/INBOX`, or `file:///…` of a Maildir. */
  bounceMailbox: string | undefined;
  /** The password by which a mail server posts bounces; undefined: none are taken. */
  inboundKey: string | undefined;
  /** Without a webhook's secret one process asks for updates. */
  telegram: { token: string; apiRoot: string; webhookSecret: string | undefined } | undefined;
  /** The name of the bot, by which people find it. */
  telegramBot: string | undefined;
  /** How many proxies of yours stand in front, each adding the address that it saw to X-Forwarded-For. */
  trustedProxies: number;
}

/** Injection token of the configuration. */
export const CONFIG = Symbol('config');

/**
 * Reads the configuration from environment variables.
 * @throws InvalidConfiguration naming every missing or wrong variable at once
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  const vault = given['ONWARD_ROLE'] === 'web' ? undefined : vaultSchema.safeParse(given);
  const staff = given['ONWARD_ROLE'] === 'worker' ? undefined : staffSchema.safeParse(given);
  const findings = [parsed, vault, staff].flatMap((result) =>
    (result?.error?.issues ?? []).map((issue) => `${issue.path.join('.')} ${issue.message}`),
  );
  const lacking = DKIM.filter((name) => !given[name]);
  if (lacking.length < DKIM.length)
    findings.push(...lacking.map((name) => `${name} is missing: it goes together with ${DKIM.join(', ')}`));
  if (given['TELEGRAM_TOKEN'] && !given['TELEGRAM_BOT'])
    findings.push('TELEGRAM_BOT is missing: the name of the bot whose token is given');
  if (!parsed.success || findings.length > 0) throw InvalidConfiguration({ findings });
  const c = parsed.data;
  return {
    databaseUrl: c.DATABASE_URL,
    databaseOwnerUrl: c.DATABASE_OWNER_URL,
    vaultDatabaseUrl: vault?.data?.VAULT_DATABASE_URL,
    redisUrl: c.REDIS_URL,
    smtpUrl: c.SMTP_URL,
    mailFrom: c.MAIL_FROM,
    publicUrl: c.PUBLIC_URL.replace(/\/$/, ''),
    masterKeys: vault?.data && masterKeysIn(vault.data.VAULT_MASTER_KEY),
    staffSecret: staff?.data && Buffer.from(staff.data.STAFF_SECRET, 'base64'),
    role: c.ONWARD_ROLE,
    host: c.HOST,
    port: c.PORT,
    logLevel: c.LOG_LEVEL,
    auditHeads: c.AUDIT_HEADS,
    tombstones: c.TOMBSTONES,
    sendsPerMinute: c.SENDS_PER_MINUTE,
    smtpConnections: c.SMTP_CONNECTIONS,
    mailBounces: c.MAIL_BOUNCES,
    dkim:
      c.DKIM_DOMAIN && c.DKIM_SELECTOR && c.DKIM_KEY_FILE
        ? { domain: c.DKIM_DOMAIN, selector: c.DKIM_SELECTOR, keyFile: c.DKIM_KEY_FILE }
        : undefined,
    bounceMailbox: c.BOUNCE_MAILBOX,
    inboundKey: c.INBOUND_KEY,
    telegram:
      c.TELEGRAM_TOKEN && c.ONWARD_ROLE !== 'web'
        ? {
            token: c.TELEGRAM_TOKEN,
            apiRoot: c.TELEGRAM_API_ROOT.replace(/\/$/, ''),
            webhookSecret: c.TELEGRAM_WEBHOOK_SECRET,
          }
        : undefined,
    telegramBot: c.TELEGRAM_BOT,
    trustedProxies: c.TRUSTED_PROXIES,
  };
}
