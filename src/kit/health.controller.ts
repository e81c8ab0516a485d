import { Controller, Get, Header, HttpStatus, Inject, Optional, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { registry } from './metrics.node.js';
import { QueueService } from './queue.service.js';

/** More that must answer before a process is ready; a worker adds the vault. */
export const READINESS = Symbol('readiness');
export type Readiness = Record<string, () => Promise<void>>;

const PATIENCE_MS = 3000;

@ApiTags('operations')
@Controller()
export class HealthController {
  private readonly more: Readiness;

  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(QueueService) private readonly queue: QueueService,
    @Optional() @Inject(READINESS) more: object | null,
  ) {
    this.more = { ...more };
  }

  @Get('health/live')
  @ApiOperation({ summary: 'The process runs.' })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @ApiOperation({ summary: 'Databases and queue answer; 503 and which does not, otherwise.' })
  async ready(
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ status: string; checks: Record<string, string> }> {
    const probes: Readiness = {
      database: async () => void (await this.db.query('SELECT 1')),
      queue: () => this.queue.ping(),
      ...this.more,
    };
    const checks = Object.fromEntries(
      await Promise.all(
        Object.entries(probes).map(async ([name, probe]) => [name, await answers(probe)] as const),
      ),
    );
    const ready = Object.values(checks).every((state) => state === 'ok');
    if (!ready) void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: ready ? 'ok' : 'not ready', checks };
  }

  @Get('metrics')
  @Header('content-type', registry.contentType)
  @ApiOperation({
    summary: 'Prometheus metrics of this process: requests, sends, memory. No figure about people.',
  })
  metrics(): Promise<string> {
    return registry.metrics();
  }
}

async function answers(probe: () => Promise<void>): Promise<'ok' | 'no answer'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'no answer'>((resolve) => {
    timer = setTimeout(() => resolve('no answer'), PATIENCE_MS);
  });
  try {
    return await Promise.race([probe().then(() => 'ok' as const), late]);
  } catch {
    return 'no answer';
  } finally {
    clearTimeout(timer);
  }
}
