import { type AddCommands } from './cli.js';
import { QueueService } from './queue.service.js';

export const queueCommands: AddCommands = (program, out, inApp) => {
  const queue = program.command('queue').description('the job queue');
  queue
    .command('drop')
    .description(
      'empty the queue; harmless at any time, since what is owed stands in tables and the sweep finds it',
    )
    .action(async () => {
      await inApp(async (services) => {
        await services(QueueService).drop();
        out.line('The queue is empty. What is owed will be picked up within a minute.');
      });
    });
};
