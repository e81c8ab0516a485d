import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { type FastifyRequest } from 'fastify';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { AppModule, type AppOptions } from './app.module.js';
import { sessionCookieName } from './access/cookie.js';
import { type Clock } from './kit/clock.js';
import { type Config } from './kit/config.js';
import { httpApplication, type HttpOptions } from './kit/http.node.js';
import { ROOT } from './kit/paths.node.js';
import { failurePage, studyOf } from './web/server/failure-page.js';
import { routePolicy } from './web/server/route-limits.js';
import { webAssets } from './web/server/web-assets.node.js';

/** Builds the application in its role and listens. Closing it drains: requests and jobs under way finish. */
export async function serve(
  config: Config,
  clock: Clock,
  options?: AppOptions,
  http: Pick<HttpOptions, 'limits' | 'clock'> = {},
): Promise<NestFastifyApplication> {
  const app = await httpApplication(AppModule.for(config, clock, config.role, options), config, {
    failurePage: (problem, request) => failurePage(problem, localeOf(request), webAssets(), studyOf(request)),
    policy: routePolicy(sessionCookieName(config.publicUrl)),
    ...http,
  });
  if (config.role !== 'worker') {
    await app.register(
      fastifyStatic as never,
      {
        root: join(ROOT.web, 'assets'),
        prefix: '/assets/',
        immutable: true,
        maxAge: '365d',
        index: false,
        decorateReply: false,
        preCompressed: true,
      } as never,
    );
    describeApi(app);
  }
  await app.listen(config.port, config.host);
  return app;
}

/** The language of the page that a request came from: in its address, or in the form that it sent. */
const localeOf = ({ url, body }: FastifyRequest): string =>
  /\/en(\/|$|\?)|[?&]lang=en/.test(url) || (body as { locale?: unknown } | undefined)?.locale === 'en'
    ? 'en'
    : 'ru';

/** OpenAPI as JSON at `/api/docs-json`. No page: Swagger's needs styles and scripts of its own that our policy refuses. */
function describeApi(app: NestFastifyApplication): void {
  const description = new DocumentBuilder()
    .setTitle('Onward')
    .setDescription(
      'Longitudinal follow-up surveys. Failures are RFC 9457 problem details with a stable `code`.',
    )
    .setVersion('1')
    .addCookieAuth('__Host-onward')
    .addCookieAuth('__Host-onward-staff', undefined, 'staff')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A token of an analyst' }, 'token')
    .build();
  SwaggerModule.setup('api/docs', app, () => SwaggerModule.createDocument(app, description), {
    ui: false,
    raw: ['json'],
  });
}
