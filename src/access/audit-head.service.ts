import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { Clock } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import { claimSlot, slotOf } from '../kit/cron.queries.js';
import { faultOf, log } from '../kit/log.node.js';
import { appendHead } from './audit-heads.node.js';
import { publicKeyText, signHead, type SignedHead, signingKey } from './audit-key.node.js';
import { NoSigningKey } from './audit.problems.js';
import { headNow } from './audit.queries.js';

const LOOK_EVERY_SECONDS = 60;
const EVERY_SECONDS = 3600;

/** Carries the head of the log out of the database, signed: whoever cuts or rewrites the log later contradicts it. */
@Injectable()
export class AuditHeadService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Interval(LOOK_EVERY_SECONDS * 1000)
  async everyHour(): Promise<void> {
    if (!this.config.masterKeys) return;
    try {
      if (await claimSlot(this.db, 'audit.head', slotOf(this.clock.now(), EVERY_SECONDS)))
        await this.export();
    } catch (cause) {
      log.error(
        { error: faultOf(cause) },
        'the head of the audit log could not be exported; the next hour will',
      );
    }
  }

  /** Where heads go, as AUDIT_HEADS says. */
  get file(): string | undefined {
    return this.config.auditHeads;
  }

  /** The head as it is now, signed. @throws NoSigningKey */
  async signed(): Promise<SignedHead> {
    const key = this.key();
    return signHead({ ...(await headNow(this.db)), at: this.clock.now().toISOString() }, key);
  }

  /** Appends the head to the file, by default that of AUDIT_HEADS where there is one, and logs it. @throws NoSigningKey */
  async export(file: string | undefined = this.file): Promise<SignedHead> {
    const head = await this.signed();
    if (file !== undefined) await appendHead(file, head);
    log.info({ nr: head.nr, hash: head.hash }, 'head of the audit log');
    return head;
  }

  /** The public key that heads are checked with, in base64. @throws NoSigningKey */
  publicKey(): string {
    return publicKeyText(this.key());
  }

  /** Of the newest master key: what older ones signed stays good for whoever keeps their public keys. */
  private key() {
    const newest = this.config.masterKeys?.[0];
    if (!newest) throw NoSigningKey({});
    return signingKey(newest.key);
  }
}
