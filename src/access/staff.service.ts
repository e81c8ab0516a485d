import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import { AccountExists, InvalidInvitation, UnknownAccount, UnknownGrantStudy } from './access.problems.js';
import { type Actor } from './actor.js';
import { AuditService } from './audit.service.js';
import { type Role } from './role.js';
import { StaffKeys } from './staff-keys.node.js';
import { INVITATION_MS } from './staff-session.js';
import { deleteAllSessions } from './staff-session.queries.js';
import {
  accountByIndex,
  type AccountRow,
  closeAccount,
  deleteGrant,
  deleteProofs,
  forgetPassword,
  insertGrant,
  type LinkPurpose,
  listAccounts,
  lockedAccount,
  openAccount,
  replaceLink,
  studyIdOf,
} from './staff.queries.js';
import { newToken } from './token.node.js';

/** A role in the study of this id or code; undefined: in every study. */
export interface GrantWish {
  role: Role;
  study: string | undefined;
}

/** An account as those who grant see it. */
export interface StaffAccount {
  id: string;
  email: string;
  state: 'invited' | 'active' | 'revoked';
  factors: ('totp' | 'passkey')[];
  recoveryCodes: number;
  grants: { role: Role; study: string | null }[];
}

const PATHS: Record<LinkPurpose, string> = { invitation: '/staff/accept', second_factor: '/staff/renew' };

/** Accounts of the staff and what they may do. Only the command line comes here: nobody grants over the network. */
@Injectable()
export class StaffService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /**
   * Invites somebody, or again who has not accepted.
   * @returns the link that they accept with, once, within 72 hours
   * @throws AccountExists, InvalidInvitation, UnknownGrantStudy, NoStaffSecret
   */
  async invite(actor: Actor, email: string, wish: GrantWish): Promise<string> {
    const address = normalAddress(email);
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address))
      throw InvalidInvitation({ fault: 'Give one e-mail address.' });
    const keys = this.keys();
    const emailIndex = emailIndexOf(keys, address);
    return this.db.transaction(async (tx) => {
      const studyId = await studyMeant(tx, wish.study);
      const known = await accountByIndex(tx, emailIndex);
      if (known?.accepted_at && !known.revoked_at) throw AccountExists({});
      const id = known?.id ?? randomUUID();
      const now = this.clock.now();
      const accountId = await openAccount(
        tx,
        { id, emailIndex, email: keys.seal(id, 'email', address) },
        now,
      );
      await insertGrant(tx, accountId, wish.role, studyId, now);
      await this.audit.append(tx, {
        act: 'staff.invited',
        actor,
        ...aboutGrant(accountId, wish.role, studyId),
      });
      return this.newLink(tx, accountId, 'invitation');
    });
  }

  /** @throws UnknownAccount, UnknownGrantStudy @returns whether the grant was not there yet */
  async grant(actor: Actor, email: string, wish: GrantWish): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const { id } = await this.open(tx, email);
      const studyId = await studyMeant(tx, wish.study);
      const made = await insertGrant(tx, id, wish.role, studyId, this.clock.now());
      const about = aboutGrant(id, wish.role, studyId);
      if (made) await this.audit.append(tx, { act: 'staff.granted', actor, ...about });
      return made;
    });
  }

  /** @throws UnknownAccount, UnknownGrantStudy @returns whether there was such a grant */
  async withdrawGrant(actor: Actor, email: string, wish: GrantWish): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const { id } = await this.open(tx, email);
      const studyId = await studyMeant(tx, wish.study);
      const gone = await deleteGrant(tx, id, wish.role, studyId);
      const about = aboutGrant(id, wish.role, studyId);
      if (gone) await this.audit.append(tx, { act: 'staff.grant_withdrawn', actor, ...about });
      return gone;
    });
  }

  /** Closes an account: its sessions end with this. @throws UnknownAccount */
  async revoke(actor: Actor, email: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const { id } = await this.open(tx, email);
      await deleteProofs(tx, id);
      await closeAccount(tx, id, this.clock.now());
      await this.audit.append(tx, { act: 'staff.revoked', actor, subject: { kind: 'staff', id } });
    });
  }

  /**
   * Takes an account's second factor and sessions away.
   * @param andPassword  the password, too: the link then asks for a new one
   * @returns the link to set up another factor with, together with the password
   * @throws UnknownAccount
   */
  async resetSecondFactor(actor: Actor, email: string, andPassword: boolean): Promise<string> {
    return this.db.transaction(async (tx) => {
      const { id } = await this.open(tx, email);
      await deleteProofs(tx, id);
      if (andPassword) await forgetPassword(tx, id);
      await this.audit.append(tx, {
        act: 'staff.second_factor_reset',
        actor,
        subject: { kind: 'staff', id },
      });
      return this.newLink(tx, id, andPassword ? 'invitation' : 'second_factor');
    });
  }

  /** Signs everybody out, those half way in too. @returns how many sessions have ended */
  async endSessions(actor: Actor): Promise<number> {
    return this.db.transaction(async (tx) => {
      const sessions = await deleteAllSessions(tx);
      await this.audit.append(tx, { act: 'staff.sessions_ended', actor, detail: { sessions } });
      return sessions;
    });
  }

  async list(): Promise<StaffAccount[]> {
    const keys = this.keys();
    return (await listAccounts(this.db)).map((row) => ({
      id: row.id,
      email: keys.open(row.id, 'email', row.email),
      state: row.revoked_at ? 'revoked' : row.accepted_at ? 'active' : 'invited',
      factors: [
        ...(row.totp_secret ? ['totp' as const] : []),
        ...(row.passkeys > 0 ? ['passkey' as const] : []),
      ],
      recoveryCodes: row.recovery_codes,
      grants: row.grants,
    }));
  }

  private keys(): StaffKeys {
    return new StaffKeys(this.config.staffSecret);
  }

  /** @throws UnknownAccount for an address without an account, or with a closed one */
  private async open(tx: EntityManager, email: string): Promise<AccountRow> {
    const account = await accountByIndex(tx, emailIndexOf(this.keys(), normalAddress(email)));
    const locked = account && (await lockedAccount(tx, account.id)); // before anything of it, as everywhere
    if (!locked) throw UnknownAccount({});
    return locked;
  }

  private async newLink(tx: EntityManager, accountId: string, purpose: LinkPurpose): Promise<string> {
    const { token, hash } = newToken();
    const lapsesAt = new Date(this.clock.now().getTime() + INVITATION_MS);
    await replaceLink(tx, { tokenHash: hash, accountId, purpose, lapsesAt });
    return `${this.config.publicUrl}${PATHS[purpose]}#${token}`;
  }
}

/** One writing for an address. */
export const normalAddress = (typed: string): string => typed.normalize('NFKC').trim().toLowerCase();

export const emailIndexOf = (keys: StaffKeys, address: string): Buffer => keys.hash('email', address);

async function studyMeant(tx: EntityManager, named: string | undefined): Promise<string | null> {
  if (named === undefined) return null;
  const id = await studyIdOf(tx, named);
  if (id === undefined) throw UnknownGrantStudy({ study: named });
  return id;
}

/** What the audit log keeps of a grant. */
const aboutGrant = (id: string, role: Role, studyId: string | null) => ({
  subject: { kind: 'staff' as const, id },
  ...(studyId === null ? {} : { studyId }),
  detail: { role, everyStudy: studyId === null },
});
