import { Body, Controller, Get, Module, Post, type Type } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Clock } from '../../src/kit/clock.js';
import { readConfig } from '../../src/kit/config.js';
import { findFreePort } from '../../src/kit/embedded-process.node.js';
import { HTTP_LIMITS, type HttpLimits, type RoutePolicy } from '../../src/kit/http-limits.js';
import { httpApplication } from '../../src/kit/http.node.js';

@Controller()
class EchoController {
  @Get('echo')
  get() {
    return { ok: true };
  }
  @Post('echo')
  echo(@Body() body: unknown) {
    return { body };
  }
  @Post('stop')
  stop() {
    return { stopped: true };
  }
  @Get('bug')
  bug() {
    throw new Error('canary-of-a-bug');
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

export interface BareOptions {
  limits?: Partial<HttpLimits>;
  policy?: Partial<RoutePolicy>;
  env?: Record<string, string>;
  clock?: Clock;
  /** In place of routes that echo. */
  module?: Type;
}

/** The HTTP layer alone, over routes that only echo: real sockets, no database. */
export async function bareHttp(
  options: BareOptions = {},
): Promise<{ app: NestFastifyApplication; port: number; url: string }> {
  const port = await findFreePort();
  const config = readConfig({
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    STAFF_SECRET: Buffer.alloc(32, 6).toString('base64'),
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'panel@synthetic.example',
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    ONWARD_ROLE: 'web',
    ...options.env,
  });
  const app = await httpApplication(options.module ?? EchoModule, config, {
    failurePage: ({ detail }) => `<p>${detail}</p>`,
    policy: {
      limitOf: () => undefined,
      sessionIn: () => undefined,
      ignoresMultipart: (route) => route === '/stop',
      ...options.policy,
    },
    limits: { ...HTTP_LIMITS, ...options.limits },
    ...(options.clock ? { clock: options.clock } : {}),
  });
  await app.listen(port, '127.0.0.1');
  return { app, port, url: `http://127.0.0.1:${port}` };
}
