// The application without pages and without work, as the command line runs it.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../../dist/src/app.module.js';
import { SystemClock } from '../../dist/src/kit/clock.node.js';
import { readConfig } from '../../dist/src/kit/config.js';
import { log, NestLog } from '../../dist/src/kit/log.node.js';

/** @returns what `work` returns, given a finder of services; the application is closed then */
export async function inApp(env, work) {
  log.level = 'error';
  const module = AppModule.for(readConfig(env), new SystemClock(), 'cli');
  const app = await NestFactory.createApplicationContext(module, {
    logger: new NestLog(),
    abortOnError: false,
  });
  try {
    return await work((token) => app.get(token, { strict: false }));
  } finally {
    await app.close();
  }
}
