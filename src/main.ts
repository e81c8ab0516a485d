import 'reflect-metadata';
import { SystemClock } from './kit/clock.node.js';
import { readConfig } from './kit/config.js';
import { withKeyFiles } from './kit/key-files.node.js';
import { log } from './kit/log.node.js';
import { migrate } from './kit/migrate.node.js';
import { Problem } from './kit/problem.js';
import { serve } from './serve.node.js';

const STOPS: NodeJS.Signals[] = ['SIGTERM', 'SIGINT'];

/** Production: configuration from the environment alone, databases brought up to date, then served until SIGTERM. */
try {
  const config = readConfig(withKeyFiles(process.env));
  log.level = config.logLevel;
  await migrate(config.databaseUrl, config.vaultDatabaseUrl, config.databaseOwnerUrl);
  const app = await serve(config, new SystemClock());
  for (const signal of STOPS)
    process.once(signal, () => log.info('draining: requests and jobs under way finish'));
  // Closes the application, which drains it, then exits 0: a signal raised anew would not end process 1 of a container.
  app.enableShutdownHooks(STOPS, { useProcessExit: true });
  log.info(
    { role: config.role, queue: config.redisUrl ? 'redis' : 'postgres', url: await app.getUrl() },
    'ready',
  );
} catch (cause) {
  process.stderr.write(
    `${cause instanceof Problem ? cause.message : `Onward cannot start: ${words(cause)}`}\n`,
  );
  process.exit(1);
}

function words(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown failure';
  const code = (cause as { code?: unknown }).code;
  return typeof code === 'string' ? `${cause.name} ${code}` : `${cause.name}: ${cause.message}`;
}
