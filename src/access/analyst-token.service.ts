import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { addDays, Clock, dateOf } from '../kit/clock.js';
import { InvalidTokenWish, UnknownGrantStudy, UnknownToken } from './access.problems.js';
import { type Actor } from './actor.js';
import {
  insertToken,
  listTokens,
  noteUse,
  revokeToken,
  revokeTokensOf,
  tokenByHash,
  tokenById,
} from './analyst-token.queries.js';
import {
  type AnalystToken,
  plainName,
  type ReleaseKind,
  tokenOpens,
  type TokenUse,
  type TokenWish,
  wishFault,
} from './analyst-token.js';
import { type AuditEntry } from './audit-act.js';
import { AuditService } from './audit.service.js';
import { studyIdOf } from './staff.queries.js';
import { hashOf, newAnalystToken } from './token.node.js';

/** Tokens of analysts: made, listed, revoked, and asked for what they open. */
@Injectable()
export class AnalystTokenService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /** The id of a study that somebody named by its id or code. @throws UnknownGrantStudy */
  async studyNamed(named: string): Promise<string> {
    const id = await studyIdOf(this.db, named);
    if (id === undefined) throw UnknownGrantStudy({ study: named });
    return id;
  }

  /** @returns the token, which is told this once, and its id @throws InvalidTokenWish */
  async create(
    actor: Actor,
    studyId: string,
    wish: TokenWish,
  ): Promise<{ token: string; id: string; expiresAt: Date }> {
    const fault = wishFault(wish);
    if (fault !== undefined) throw InvalidTokenWish({ fault });
    const { token, hash } = newAnalystToken();
    const id = randomUUID();
    const createdAt = this.clock.now();
    const expiresAt = addDays(createdAt, wish.days);
    const { kind } = wish;
    await this.db.transaction(async (tx) => {
      const name = plainName(wish.name);
      await insertToken(tx, { id, studyId, kind, name, tokenHash: hash, createdAt, expiresAt });
      await this.audit.append(tx, {
        act: 'token.created',
        actor,
        studyId,
        subject: { kind: 'token', id },
        detail: { kind, expiresOn: dateOf(expiresAt) },
      });
    });
    return { token, id, expiresAt };
  }

  /** Those of a study, or all where none is named, those that have ended too. */
  async list(studyId?: string): Promise<AnalystToken[]> {
    return listTokens(this.db, studyId ?? null);
  }

  /**
   * Revokes a token: it opens nothing from the next request on.
   * @param studyId  the study that it must be of; left out: any
   * @returns whether it had not been revoked
   * @throws UnknownToken
   */
  async revoke(actor: Actor, id: string, studyId?: string): Promise<boolean> {
    const token = UUID.test(id) ? await tokenById(this.db, id) : undefined;
    if (!token || (studyId !== undefined && token.studyId !== studyId)) throw UnknownToken({});
    return this.db.transaction(async (tx) => {
      const gone = await revokeToken(tx, token.id, this.clock.now());
      if (gone) await this.audit.append(tx, revoked(actor, token.studyId, token));
      return gone;
    });
  }

  /** Revokes all tokens of a study. @returns how many were open */
  async revokeAll(actor: Actor, studyId: string): Promise<number> {
    return this.db.transaction(async (tx) => {
      const gone = await revokeTokensOf(tx, studyId, this.clock.now());
      for (const token of gone) await this.audit.append(tx, revoked(actor, studyId, token));
      return gone.length;
    });
  }

  /**
   * The token that a request showed, where it opens what the request asks for; the day of it is noted. Undefined, after the same work
   * each time, for one that is not known, has ended, or is for something else.
   */
  async opening(shown: string, use: TokenUse): Promise<AnalystToken | undefined> {
    const now = this.clock.now();
    const token = await tokenByHash(this.db, hashOf(shown));
    if (!token || !tokenOpens(token, use, now)) return undefined;
    const today = dateOf(now);
    if (token.usedOn !== today) await noteUse(this.db, token.id, today);
    return token;
  }
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

const revoked = (
  actor: Actor,
  studyId: string,
  { id, kind }: { id: string; kind: ReleaseKind },
): AuditEntry => ({
  act: 'token.revoked',
  actor,
  studyId,
  subject: { kind: 'token', id },
  detail: { kind },
});
