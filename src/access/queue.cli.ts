import { DataSource } from 'typeorm';
import { type AddCommands } from '../kit/cli.js';
import { QueueService } from '../kit/queue.service.js';
import { BY, shellActor } from './actor-shell.node.js';
import { AuditService } from './audit.service.js';

export const queueCommands: AddCommands = (program, out, inApp) => {
  const queue = program.command('queue').description('the job queue');
  queue
    .command('drop')
    .description(
      'empty the queue; harmless at any time, since what is owed stands in tables and the sweep finds it',
    )
    .option(...BY)
    .action(async ({ by }: { by?: string }) => {
      await inApp(async (services) => {
        await services(DataSource).transaction((tx) =>
          services(AuditService).append(tx, { act: 'queue.dropped', actor: shellActor(by) }),
        );
        await services(QueueService).drop();
        out.line('The queue is empty. What is owed will be picked up within a minute.');
      });
    });
};
