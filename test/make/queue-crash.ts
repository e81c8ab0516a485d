// A process that takes a job and never ends it, to be killed: `… queue-crash.ts`, told the queue by its environment.
import { readConfig } from '../../src/kit/config.js';
import { QueueService } from '../../src/kit/queue.service.js';

new QueueService(readConfig(process.env)).work([
  {
    name: 'contract.do',
    handle: () => {
      process.stdout.write('taken\n');
      return new Promise<void>(() => undefined);
    },
  },
]);
