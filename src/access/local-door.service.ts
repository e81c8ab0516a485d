import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import { LocalOnly, StaffLinkLapsed } from './access.problems.js';
import { AuditService } from './audit.service.js';
import { type Role } from './role.js';
import { SignInService } from './sign-in.service.js';
import { StaffKeys } from './staff-keys.node.js';
import { ABSOLUTE_MS } from './staff-session.js';
import { acceptAccount, insertGrant, openAccount } from './staff.queries.js';
import { emailIndexOf } from './staff.service.js';
import { hashOf, newToken } from './token.node.js';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * A way in without a password, for an installation that its own machine alone can reach: the demo. Its links are known to the process
 * that made them and to no database. The account has no password, so this is its only way in.
 */
@Injectable()
export class LocalDoorService {
  private readonly links = new Map<string, string>();

  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(SignInService) private readonly signIns: SignInService,
  ) {}

  /** @returns a link that signs in once, with these roles in every study @throws LocalOnly */
  async newLink(email: string, roles: readonly Role[]): Promise<string> {
    const { publicUrl, host } = this.config;
    if (!LOOPBACK.has(new URL(publicUrl).hostname) || !LOOPBACK.has(host)) throw LocalOnly({});
    const keys = new StaffKeys(this.config.staffSecret);
    const now = this.clock.now();
    const accountId = await this.db.transaction(async (tx) => {
      const newId = randomUUID();
      const address = { emailIndex: emailIndexOf(keys, email), email: keys.seal(newId, 'email', email) };
      const id = await openAccount(tx, { id: newId, ...address }, now);
      await acceptAccount(tx, id, { passwordHash: null, totp: null, passkey: null, recoveryHashes: [] }, now);
      for (const role of roles) await insertGrant(tx, id, role, null, now);
      return id;
    });
    const { token, hash } = newToken();
    this.links.set(hash.toString('hex'), accountId);
    return `${publicUrl}/staff/demo#${token}`;
  }

  /** Uses a link up. No second factor is asked for in its session. @returns the session's token @throws StaffLinkLapsed */
  async enter(linkToken: string): Promise<string> {
    const link = hashOf(linkToken).toString('hex');
    const accountId = this.links.get(link);
    if (accountId === undefined) throw StaffLinkLapsed({});
    this.links.delete(link);
    return this.db.transaction(async (tx) => {
      await this.audit.append(tx, {
        act: 'staff.signed_in',
        actor: { kind: 'staff', accountId },
        subject: { kind: 'staff', id: accountId },
        detail: { factor: 'local_link' },
      });
      return this.signIns.begin(tx, accountId, ABSOLUTE_MS);
    });
  }
}
