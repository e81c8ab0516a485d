import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig, VARIABLES } from '../../src/kit/config.js';
import { COMPOSE, COMPOSE_TEXT, composeVariables, environmentOf, imageHealthCheck } from '../make/compose.js';
import { textOf, TOP } from '../make/repository.js';

const services = Object.entries(COMPOSE.services);
const { postgres, redis, migrate, web, worker } = COMPOSE.services;
const dockerfile = web.build?.dockerfile_inline ?? '';

describe('.env.example', () => {
  const lines = textOf('.env.example').split('\n');
  const documented = lines.flatMap((line, index) => {
    const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, value, above: lines[index - 1] ?? '' }];
  });

  test('documents every variable that a process or docker compose reads, and no other, once', () => {
    const known = [...new Set([...VARIABLES, ...composeVariables()])];
    expect(documented.map(({ name }) => name).sort()).toEqual(known.sort());
    expect(documented.filter(({ above }) => !above.startsWith('# '))).toEqual([]);
  });

  test('holds no secret, and the defaults that hold without it', () => {
    const secret = /KEY|PASSWORD|SECRET|_URL$/;
    expect(documented.filter(({ name, value }) => secret.test(name) && value !== '')).toEqual([]);
    const needed = {
      DATABASE_URL: 'postgres://a@b/c',
      SMTP_URL: 'smtp://a',
      MAIL_FROM: 'a@b.example',
      PUBLIC_URL: 'https://a.example',
      VAULT_DATABASE_URL: 'postgres://a@b/d',
      VAULT_MASTER_KEY: Buffer.alloc(32).toString('base64'),
      STAFF_SECRET: Buffer.alloc(32).toString('base64'),
    };
    const defaults = Object.fromEntries(
      documented.flatMap(({ name, value }) => (value && VARIABLES.includes(name) ? [[name, value]] : [])),
    ) as Record<string, string>;
    expect(Object.keys(defaults)).toEqual([
      'ONWARD_ROLE',
      'HOST',
      'PORT',
      'TRUSTED_PROXIES',
      'LOG_LEVEL',
      'SENDS_PER_MINUTE',
      'SMTP_CONNECTIONS',
    ]);
    expect(readConfig({ ...needed, ...defaults })).toEqual(readConfig(needed));
  });
});

describe('docker-compose.yml', () => {
  test('runs PostgreSQL 18, Redis, web and worker, each hardened, restarted and checked, once the database is up to date', () => {
    expect(Object.keys(COMPOSE.services).sort()).toEqual(['migrate', 'postgres', 'redis', 'web', 'worker']);
    expect(postgres.image).toMatch(/^postgres:18(\.|-|$)/);
    expect(redis.image).toMatch(/^redis:\d/);
    for (const [name, service] of services)
      expect(service).toMatchObject({
        restart: name === 'migrate' ? 'no' : 'unless-stopped',
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    expect(services.filter(([, { cap_add }]) => cap_add).map(([name]) => name)).toEqual(['postgres']);
    for (const service of [postgres, redis]) expect(service.healthcheck?.test.length).toBeGreaterThan(1);
    expect(migrate).toMatchObject({ image: 'onward', command: ['node', 'dist/src/cli.js', 'migrate'] });
    expect(web.depends_on?.['migrate']).toEqual({ condition: 'service_completed_successfully' });
    expect(worker.depends_on?.['web']).toEqual({ condition: 'service_healthy' });
    for (const service of [web, worker]) {
      expect(service.healthcheck).toBeUndefined(); // the image's own holds
      expect(service).toMatchObject({ init: true, command: ['node', 'dist/src/main.js'], image: 'onward' });
      for (const needed of ['postgres', 'redis'])
        expect(service.depends_on?.[needed]).toEqual({ condition: 'service_healthy' });
    }
  });

  test('waits longer for a process to end than a mail server may take', () => {
    const patience = Number(
      /socketTimeout: ([\d_]+)/.exec(textOf('src/contact/mail/smtp-session.node.ts'))?.[1]?.replace('_', ''),
    );
    for (const { stop_grace_period } of [web, worker])
      expect(parseInt(stop_grace_period) * 1000).toBeGreaterThan(patience);
  });

  test('keeps data on volumes, databases off every outer network, and pages on this machine', () => {
    expect(postgres.volumes).toEqual(['postgres:/var/lib/postgresql']);
    expect(redis.volumes).toEqual(['redis:/data']);
    expect(Object.keys(COMPOSE.volumes)).toEqual(['postgres', 'redis']);
    expect(COMPOSE.networks['data']).toEqual({ internal: true });
    for (const service of [postgres, redis, migrate]) expect(service.networks).toEqual(['data']);
    expect(services.filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['web']);
    for (const port of web.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  test('gives each process what it needs: the vault to the worker, the staff’s secret to the web, no process both', () => {
    const has = (service: typeof web, name: string) => name in service.environment;
    const ofVault = ['VAULT_DATABASE_URL', 'VAULT_MASTER_KEY'];
    for (const name of ofVault) expect([has(web, name), has(worker, name)]).toEqual([false, true]);
    expect([has(web, 'STAFF_SECRET'), has(worker, 'STAFF_SECRET')]).toEqual([true, false]);
    expect(JSON.stringify(web.environment)).not.toMatch(/VAULT/);
    for (const service of [web, worker]) expect(has(service, 'DATABASE_OWNER_URL')).toBe(false);
    for (const service of [web, worker, migrate])
      expect(Object.keys(service.environment).filter((name) => !VARIABLES.includes(name))).toEqual([]);

    const told = Object.fromEntries(composeVariables().map((name) => [name, 'a-word-of-letters-and-digits']));
    Object.assign(told, {
      SMTP_URL: 'smtps://mail.example',
      MAIL_FROM: 'a@b.example',
      PUBLIC_URL: 'https://panel.example',
      VAULT_MASTER_KEY: Buffer.alloc(32).toString('base64'),
      STAFF_SECRET: Buffer.alloc(32).toString('base64'),
      LOG_LEVEL: 'info',
      SENDS_PER_MINUTE: '60',
      SMTP_CONNECTIONS: '8',
      MAIL_BOUNCES: 'bounces@b.example',
      BOUNCE_MAILBOX: 'imaps://mail.example',
      TELEGRAM_TOKEN: `1:${'x'.repeat(35)}`,
      TELEGRAM_BOT: 'panel_bot',
      TELEGRAM_API_ROOT: 'https://bots.example',
    });
    expect(readConfig(environmentOf('web', told))).toMatchObject({
      role: 'web',
      host: '0.0.0.0',
      masterKeys: undefined,
      telegram: undefined,
      telegramBot: 'panel_bot',
    });
    expect(readConfig(environmentOf('migrate', told))).toMatchObject({
      vaultDatabaseUrl: undefined,
      databaseOwnerUrl: expect.stringContaining('//onward_owner:'),
    });
    expect(readConfig(environmentOf('worker', told))).toMatchObject({
      role: 'worker',
      vaultDatabaseUrl: expect.anything(),
      mailBounces: 'bounces@b.example',
      telegram: { apiRoot: 'https://bots.example' },
    });
  });

  test('holds no secret: whatever is one comes from outside, and its lack is told', () => {
    const values = services.flatMap(([, { environment }]) => Object.entries(environment));
    const secret = values.filter(([name]) => /KEY|PASSWORD|SECRET|AUTH|_URL$/.test(name));
    expect(secret.length).toBeGreaterThan(8);
    // What an installation can do without is empty where nobody gives it.
    expect(secret.filter(([, value]) => !/\$\{[A-Z_]+:(\?[^}]+|-)\}/.test(value))).toEqual([]);
    expect(COMPOSE_TEXT.match(/:\/\/\w*:[^$\s]/g)).toBeNull(); // no password in a URL
    expect([...COMPOSE_TEXT.matchAll(/(?<!\$)\$\{[A-Z_]+\}/g)]).toEqual([]); // each with a message or a default
    expect(COMPOSE.configs['two-databases'].content).not.toMatch(/PASSWORD '/);
  });

  test('its script makes the two databases that the processes are told', () => {
    const script = COMPOSE.configs['two-databases'].content;
    const urls = [migrate.environment['DATABASE_OWNER_URL'], worker.environment['VAULT_DATABASE_URL']];
    for (const url of urls) {
      const [, role, database] = /^postgres:\/\/(\w+):.*\/(\w+)$/.exec(url ?? '') ?? [];
      expect(script).toContain(`CREATE ROLE ${role} LOGIN`);
      expect(script).toContain(`CREATE DATABASE ${database} OWNER ${role} `);
      expect(script).toContain(`REVOKE CONNECT, TEMPORARY ON DATABASE ${database} FROM PUBLIC`);
    }
    for (const { environment } of [web, worker, migrate])
      expect(environment['DATABASE_URL']).toMatch(/^postgres:\/\/onward:.*\/onward$/);
    expect(script).toContain('GRANT CONNECT, TEMPORARY, CREATE ON DATABASE onward TO onward;');
  });
});

describe('the image', () => {
  const stages = dockerfile.split(/^(?=FROM )/m);

  test('is built from the lockfile without install scripts and runs without development packages, as nobody special', () => {
    const [build = '', run = ''] = stages;
    expect(stages).toHaveLength(2);
    expect(build).toMatch(/RUN npm ci --ignore-scripts[^]*RUN npm run build[^]*RUN npm prune --omit=dev/);
    expect(run).toMatch(/\nUSER node\n/);
    expect(run).toMatch(/\nCMD \["node", "dist\/src\/main\.js"\]\n$/);
    expect(run.indexOf('USER node')).toBeGreaterThan(run.lastIndexOf('COPY'));
    expect(worker.build).toEqual(web.build);
  });

  test('takes named paths only, which are there', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) =>
      (paths ?? '').split(' '),
    );
    expect(copied.length).toBeGreaterThan(5);
    expect(copied.filter((path) => path === '.' || !existsSync(join(TOP, path)))).toEqual([]);
    const [major] = /(?<=FROM node:)\d+/.exec(dockerfile) ?? [];
    expect((JSON.parse(textOf('package.json')) as { engines: { node: string } }).engines.node).toContain(
      `${major}.`,
    );
  });

  test('asks its own readiness', () => {
    expect(imageHealthCheck()).toEqual([
      'node',
      '-e',
      expect.stringContaining('127.0.0.1:8080/health/ready'),
    ]);
    for (const service of [web, worker]) expect(service.environment['PORT']).toBe('8080');
  });
});
