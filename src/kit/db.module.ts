import { DynamicModule, Global, Inject, Module, OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from './config.js';
import { type EntityClass, mainDataSource } from './db.node.js';

/** The main database: one TypeORM DataSource for the process. The vault's is `vault/`'s own. */
@Global()
@Module({})
export class DbModule implements OnApplicationShutdown {
  static with(entities: EntityClass[]): DynamicModule {
    return {
      module: DbModule,
      providers: [
        {
          provide: DataSource,
          inject: [CONFIG],
          useFactory: (config: Config) => mainDataSource(config.databaseUrl, entities).initialize(),
        },
      ],
      exports: [DataSource],
    };
  }

  constructor(@Inject(DataSource) private readonly db: DataSource) {}

  async onApplicationShutdown(): Promise<void> {
    await this.db.destroy();
  }
}
