import { Inject, Injectable, OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../kit/config.js';
import { vaultDataSource } from '../kit/db.node.js';
import { NoVaultAccess } from './vault.problems.js';

/** A mark that counts on, kept in the vault beside the main database's: of two backups it tells which one is older. */
@Injectable()
export class SendingMarkService implements OnApplicationShutdown {
  private opening: Promise<DataSource> | undefined;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  async onApplicationShutdown(): Promise<void> {
    if (this.opening) await (await this.opening).destroy();
  }

  /** How far the vault has counted; 0 where it never has. @throws NoVaultAccess */
  async mark(): Promise<bigint> {
    const rows = await (
      await this.open()
    ).query<{ mark: string }[]>('SELECT mark::text AS mark FROM sending_mark');
    return BigInt(rows[0]?.mark ?? 0);
  }

  /** Counts on; never back. @throws NoVaultAccess */
  async countMark(to: bigint): Promise<void> {
    await (
      await this.open()
    ).query(
      `INSERT INTO sending_mark (single, mark) VALUES (true, $1)
       ON CONFLICT ON CONSTRAINT sending_mark_pk DO UPDATE SET mark = greatest(sending_mark.mark, excluded.mark)`,
      [to.toString()],
    );
  }

  private async open(): Promise<DataSource> {
    if (!this.config.vaultDatabaseUrl) throw NoVaultAccess({});
    this.opening ??= vaultDataSource(this.config.vaultDatabaseUrl)
      .initialize()
      .catch((cause: unknown) => {
        this.opening = undefined; // the next call tries again
        throw cause;
      });
    return this.opening;
  }
}
