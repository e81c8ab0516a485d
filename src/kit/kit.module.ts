import { DynamicModule, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { CONFIG, Config } from './config.js';
import { DbModule } from './db.module.js';
import { type EntityClass } from './db.node.js';
import { QueueModule } from './queue.module.js';

/** What every process stands on: configuration, clock, main database, queue. */
@Module({})
export class KitModule {
  static with(config: Config, clock: Clock, entities: EntityClass[]): DynamicModule {
    return {
      module: KitModule,
      global: true,
      imports: [DbModule.with(entities), QueueModule],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: Clock, useValue: clock },
      ],
      exports: [CONFIG, Clock],
    };
  }
}
