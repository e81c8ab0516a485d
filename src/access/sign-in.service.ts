import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import { FactorRefused, PasswordUnfit, SignInDelayed, SignInRefused, StaffOnly } from './access.problems.js';
import { AddressDelay } from './address-delay.node.js';
import { AuditService } from './audit.service.js';
import { CODE_DELAY, PASSWORD_DELAY } from './delay.js';
import { askForPasskey, credentialIn, passkeyCounter } from './passkey.node.js';
import { hashPassword, isOutdated, passwordIs } from './password-hash.node.js';
import { passwordFault } from './password-rule.js';
import { recoveryCodeIn } from './recovery-code.node.js';
import { countTry, forgetFailures, forgiven } from './sign-in-delay.queries.js';
import { StaffKeys } from './staff-keys.node.js';
import {
  deleteSession,
  deleteSessionsOf,
  insertSession,
  lockedSession,
  type OpenSession,
  rotateSession,
  seenSession,
  setChallenge,
} from './staff-session.queries.js';
import { ABSOLUTE_MS, PROVEN_MS, SECOND_FACTOR_MS, type Stage, type StaffSession } from './staff-session.js';
import {
  accountByIndex,
  type AccountRow,
  consumeRecoveryCode,
  lockedAccount,
  passkeysOf,
  setPasskeyCounter,
  setPassword,
  setTotpStep,
} from './staff.queries.js';
import { emailIndexOf, normalAddress } from './staff.service.js';
import { hashOf, newToken } from './token.node.js';
import { totpStep } from './totp.node.js';

/** What somebody shows as their second factor: what they typed, or what their passkey signed, as JSON. */
export type Proof = { code: string } | { passkey: string };

export type Factor = 'totp' | 'recovery' | 'passkey';

/** A passkey's challenge as the browser's script takes it, as JSON; undefined where the account has no passkey. */
export type PasskeyRequest = string | undefined;

/**
 * Signing in: the password, then a second factor; and that factor once more where something asks for it. Whoever has no account meets the
 * same answers after the same time.
 */
@Injectable()
export class SignInService {
  /** Undefined where an address tells nobody apart: on this machine alone, and behind a proxy that was not declared. */
  private readonly addresses: AddressDelay | undefined;

  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {
    const tellsApart = config.publicUrl.startsWith('https:') && config.trustedProxies > 0;
    this.addresses = tellsApart ? new AddressDelay() : undefined;
  }

  /**
   * The first step.
   * @param address  where the request comes from; only a keyed hash of it is kept, in memory
   * @returns the token of a session that lets nobody do anything but show a second factor
   * @throws SignInDelayed, SignInRefused
   */
  async password(email: string, typed: string, address: string): Promise<string> {
    const now = this.clock.now();
    const wait = this.addresses?.wait(address, now) ?? 0;
    if (wait > 0) throw SignInDelayed({ retryAfterSeconds: Math.ceil(wait / 1000) });
    const keys = this.keys();
    const index = emailIndexOf(keys, normalAddress(email));
    const delay = passwordDelayOf(keys, index);
    await countTry(this.db, delay, PASSWORD_DELAY, now);
    const account = await accountByIndex(this.db, index);
    const isTheirs = await passwordIs(typed, account?.password_hash);
    if (!isTheirs || !account || account.revoked_at) {
      this.addresses?.failedFrom(address, now);
      throw SignInRefused({});
    }
    await forgiven(this.db, delay, now);
    if (isOutdated(account.password_hash ?? ''))
      await setPassword(this.db, account.id, await hashPassword(typed));
    const { token, hash } = newToken();
    const endsAt = new Date(now.getTime() + SECOND_FACTOR_MS);
    await insertSession(this.db, { tokenHash: hash, accountId: account.id, stage: 'password', endsAt }, now);
    return token;
  }

  /** What a passkey is to sign, for who showed the password or is signed in. @throws StaffOnly */
  async passkeyRequest(token: string | undefined, stage: Stage): Promise<PasskeyRequest> {
    return this.db.transaction(async (tx) => {
      const { hash, session } = await this.sessionAt(tx, token, stage);
      const passkeys = await passkeysOf(tx, session.accountId);
      if (passkeys.length === 0) return undefined;
      const request = await askForPasskey(this.config.publicUrl, passkeys);
      await setChallenge(tx, hash, request.challenge);
      return JSON.stringify(request);
    });
  }

  /**
   * The second step: ends the half-open session and begins a whole one.
   * @returns its token
   * @throws StaffOnly, SignInDelayed, FactorRefused
   */
  async secondFactor(token: string | undefined, proof: Proof, address: string): Promise<string> {
    return this.proved(token, 'password', proof, address, async (tx, session, factor, failedBefore) => {
      const next = await this.begin(tx, session.accountId, PROVEN_MS);
      await deleteSession(tx, hashOf(token ?? ''));
      const detail = { factor, failedBefore };
      await this.audit.append(tx, { act: 'staff.signed_in', ...byThemselves(session.accountId), detail });
      return next;
    });
  }

  /** The second factor once more. @returns another token for the same session @throws as `secondFactor` */
  async stepUp(token: string | undefined, proof: Proof, address: string): Promise<string> {
    return this.proved(token, 'signed_in', proof, address, async (tx, session, factor) => {
      const next = newToken();
      const until = new Date(this.clock.now().getTime() + PROVEN_MS);
      await rotateSession(tx, hashOf(token ?? ''), next.hash, until);
      await this.audit.append(tx, {
        act: 'staff.stepped_up',
        ...byThemselves(session.accountId),
        detail: { factor },
      });
      return next.token;
    });
  }

  /** The session of a token, unless it is over. */
  async session(token: string | undefined): Promise<StaffSession | undefined> {
    return token === undefined ? undefined : seenSession(this.db, hashOf(token), this.clock.now());
  }

  async signOut(token: string | undefined): Promise<void> {
    if (token !== undefined) await deleteSession(this.db, hashOf(token));
  }

  /** Puts another password in place of an account's; all of its sessions end. @throws SignInRefused, SignInDelayed, PasswordUnfit */
  async changePassword(accountId: string, present: string, wished: string): Promise<void> {
    const keys = this.keys();
    const account = await this.db.transaction((tx) => lockedAccount(tx, accountId));
    if (!account) throw StaffOnly({ next: '/staff' });
    const email = keys.open(account.id, 'email', account.email);
    const delay = passwordDelayOf(keys, emailIndexOf(keys, email));
    await countTry(this.db, delay, PASSWORD_DELAY, this.clock.now());
    if (!(await passwordIs(present, account.password_hash))) throw SignInRefused({});
    await forgiven(this.db, delay, this.clock.now());
    const fault = passwordFault(wished, email);
    if (fault) throw PasswordUnfit({ fault });
    const passwordHash = await hashPassword(wished);
    await this.db.transaction(async (tx) => {
      await setPassword(tx, accountId, passwordHash);
      await deleteSessionsOf(tx, accountId);
    });
  }

  /** Begins a whole session. @param provenMs  how long its second factor counts as just proved @returns its token */
  async begin(tx: EntityManager, accountId: string, provenMs: number): Promise<string> {
    const now = this.clock.now();
    const { token, hash } = newToken();
    const at = (ms: number) => new Date(now.getTime() + ms);
    const times = { endsAt: at(ABSOLUTE_MS), provenUntil: at(provenMs) };
    await insertSession(tx, { tokenHash: hash, accountId, stage: 'signed_in', ...times }, now);
    return token;
  }

  /** Does what a second factor is shown for, in the transaction that takes it. A code that is wrong counts toward the delay. */
  private async proved<Result>(
    token: string | undefined,
    stage: Stage,
    proof: Proof,
    address: string,
    act: (tx: EntityManager, session: OpenSession, factor: Factor, failedBefore: number) => Promise<Result>,
  ): Promise<Result> {
    const { session: begun } = await this.db.transaction((tx) => this.sessionAt(tx, token, stage));
    const keys = this.keys();
    const delay = keys.hash('code', begun.accountId);
    const now = this.clock.now();
    if ('code' in proof) await countTry(this.db, delay, CODE_DELAY, now);
    return this.db.transaction(async (tx) => {
      const account = await lockedAccount(tx, begun.accountId);
      const { session } = await this.sessionAt(tx, token, stage);
      if (!account) throw StaffOnly({ next: '/staff' });
      const factor = await this.factorShown(tx, account, session, proof);
      if (!factor) {
        this.addresses?.failedFrom(address, now);
        throw FactorRefused({});
      }
      if ('code' in proof) await forgiven(tx, delay, now);
      const email = keys.open(account.id, 'email', account.email);
      const failed = await forgetFailures(tx, [delay, passwordDelayOf(keys, emailIndexOf(keys, email))]);
      return act(tx, session, factor, failed);
    });
  }

  private async factorShown(
    tx: EntityManager,
    account: AccountRow,
    { challenge }: OpenSession,
    proof: Proof,
  ): Promise<Factor | undefined> {
    if ('passkey' in proof) {
      const credential = credentialIn(proof.passkey);
      const known = await passkeysOf(tx, account.id);
      const passkey = known.find(({ credentialId }) => credential?.equals(credentialId));
      if (!passkey || challenge === null) return undefined;
      const counter = await passkeyCounter(proof.passkey, challenge, this.config.publicUrl, passkey);
      if (counter === undefined) return undefined;
      await setPasskeyCounter(tx, passkey.credentialId, counter);
      return 'passkey';
    }
    const keys = this.keys();
    const recovery = recoveryCodeIn(proof.code);
    if (recovery !== undefined) {
      const isTheirs = await consumeRecoveryCode(tx, account.id, keys.hash('recovery', account.id, recovery));
      return isTheirs ? 'recovery' : undefined;
    }
    if (!account.totp_secret) return undefined;
    const secret = keys.open(account.id, 'totp', account.totp_secret);
    const step = totpStep(secret, proof.code, this.clock.now(), account.totp_step);
    if (step === undefined) return undefined;
    await setTotpStep(tx, account.id, step);
    return 'totp';
  }

  /** @throws StaffOnly */
  private async sessionAt(
    tx: EntityManager,
    token: string | undefined,
    stage: Stage,
  ): Promise<{ hash: Buffer; session: OpenSession }> {
    const hash = hashOf(token ?? '');
    const session = await lockedSession(tx, hash, [stage], this.clock.now());
    if (!session) throw StaffOnly({ next: '/staff' });
    return { hash, session };
  }

  private keys(): StaffKeys {
    return new StaffKeys(this.config.staffSecret);
  }
}

const passwordDelayOf = (keys: StaffKeys, emailIndex: Buffer): Buffer =>
  keys.hash('password', emailIndex.toString('hex'));

/** An act of somebody on their own account. */
const byThemselves = (accountId: string) => ({
  actor: { kind: 'staff' as const, accountId },
  subject: { kind: 'staff' as const, id: accountId },
});
