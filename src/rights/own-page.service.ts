import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../access/audit.service.js';
import { tokenIn } from '../access/token.js';
import { hashOf, newToken } from '../access/token.node.js';
import { Clock } from '../kit/clock.js';
import { beginOwnSession, endOwnSession, keepOwnSession, takeProof } from './own-page.queries.js';
import { OwnPageClosed, ProofLapsed } from './rights.problems.js';

const MINUTE_MS = 60_000;
const IDLE_MS = 15 * MINUTE_MS;
/** How long a person's own page stays open at most, in seconds. */
export const OWN_PAGE_SECONDS = 30 * 60;

/**
 * The session of a person's own page. It begins with a proof of the mailbox that is minutes old, and is another one than that of the
 * questionnaire: whoever holds a personal link does not get in by it.
 */
@Injectable()
export class OwnPageService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /**
   * Opens a session for the proof that a person posted: the token from the link's fragment, or the whole link pasted. It uses it up.
   * @returns the token of the session
   * @throws ProofLapsed
   */
  async open(posted: unknown): Promise<string> {
    const token = tokenIn(posted);
    if (token === undefined) throw ProofLapsed({});
    const now = this.clock.now();
    const session = newToken();
    await this.db.transaction(async (tx) => {
      const proof = await takeProof(tx, hashOf(token), now, false);
      if (!proof) throw ProofLapsed({});
      const { memberId, studyId } = proof;
      await beginOwnSession(tx, {
        tokenHash: session.hash,
        memberId,
        idleUntil: new Date(now.getTime() + IDLE_MS),
        endsAt: new Date(now.getTime() + OWN_PAGE_SECONDS * 1000),
      });
      const actor = { kind: 'member', memberId } as const;
      const subject = { kind: 'member', id: memberId } as const;
      await this.audit.append(tx, { act: 'member.opened_page', actor, studyId, subject });
    });
    return session.token;
  }

  /** Whose page it is. Each look keeps it open for another quarter of an hour. @throws OwnPageClosed */
  async memberBehind(sessionToken: string | undefined): Promise<string> {
    const now = this.clock.now();
    const idleUntil = new Date(now.getTime() + IDLE_MS);
    const memberId = sessionToken && (await keepOwnSession(this.db, hashOf(sessionToken), now, idleUntil));
    if (!memberId) throw OwnPageClosed({});
    return memberId;
  }

  /** Shuts the page. Safe to repeat. */
  async end(sessionToken: string | undefined): Promise<void> {
    if (sessionToken) await endOwnSession(this.db, hashOf(sessionToken));
  }
}
