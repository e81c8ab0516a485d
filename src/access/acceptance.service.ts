import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import {
  FactorRefused,
  PasswordUnfit,
  SignInRefused,
  StaffLinkLapsed,
  StaffOnly,
} from './access.problems.js';
import { AuditService } from './audit.service.js';
import { PASSWORD_DELAY } from './delay.js';
import { askForNewPasskey, newPasskeyIn, type Passkey } from './passkey.node.js';
import { hashPassword, passwordIs } from './password-hash.node.js';
import { passwordFault } from './password-rule.js';
import { newRecoveryCodes, recoveryCodeIn } from './recovery-code.node.js';
import { countTry, forgiven } from './sign-in-delay.queries.js';
import { type Proof, SignInService } from './sign-in.service.js';
import { StaffKeys } from './staff-keys.node.js';
import {
  accountOfSession,
  insertSession,
  lockedSession,
  type OpenSession,
  setChallenge,
  setOfferedSecret,
} from './staff-session.queries.js';
import { ENROLMENT_MS, PROVEN_MS } from './staff-session.js';
import {
  acceptAccount,
  accountOfLink,
  type AccountRow,
  consumeLink,
  type LinkPurpose,
  lockedAccount,
} from './staff.queries.js';
import { hashOf, newToken } from './token.node.js';
import { newTotpSecret, totpStep, totpUri } from './totp.node.js';

/** What a second factor can be set up with; the browser's script takes the passkey's request, as JSON. */
export interface FactorOffer {
  email: string;
  totpSecret: string;
  totpUri: string;
  passkey: string;
}

/**
 * Opening an invitation, or a link to a new second factor. The link is used up by a password that will do; what was chosen is the
 * account's only once a second factor stands beside it.
 */
@Injectable()
export class AcceptanceService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(SignInService) private readonly signIns: SignInService,
  ) {}

  /**
   * Opens a link with a new password (an invitation) or the present one (a new second factor).
   * @returns the token of a session that lets nobody do anything but set up a second factor
   * @throws StaffLinkLapsed, PasswordUnfit, SignInRefused, SignInDelayed; after the last three the link still holds
   */
  async open(purpose: LinkPurpose, linkToken: string, typed: string): Promise<string> {
    const now = this.clock.now();
    const link = hashOf(linkToken);
    const account = await accountOfLink(this.db, link, purpose, now);
    if (!account) throw StaffLinkLapsed({});
    const passwordHash =
      purpose === 'invitation' ? await this.chosen(account, typed) : await this.shown(account, typed);
    const { token, hash } = newToken();
    const endsAt = new Date(now.getTime() + ENROLMENT_MS);
    await this.db.transaction(async (tx) => {
      if (!(await lockedAccount(tx, account.id)) || !(await consumeLink(tx, link))) throw StaffLinkLapsed({});
      const session = {
        tokenHash: hash,
        accountId: account.id,
        stage: 'enrolment' as const,
        endsAt,
        passwordHash,
      };
      await insertSession(tx, session, now);
    });
    return token;
  }

  /** What to set up a second factor with; the secret stays the same as long as this goes on. @throws StaffOnly */
  async offer(token: string | undefined): Promise<FactorOffer> {
    return this.db.transaction(async (tx) => {
      const { hash, session, account } = await this.begun(tx, token);
      const keys = this.keys();
      const email = keys.open(account.id, 'email', account.email);
      const kept = session.totpSecret && keys.open(account.id, 'totp', session.totpSecret);
      const totpSecret = kept ?? newTotpSecret();
      if (kept === null) await setOfferedSecret(tx, hash, keys.seal(account.id, 'totp', totpSecret));
      const request = await askForNewPasskey(this.config.publicUrl, account.id, email);
      await setChallenge(tx, hash, request.challenge);
      return { email, totpSecret, totpUri: totpUri(totpSecret, email), passkey: JSON.stringify(request) };
    });
  }

  /**
   * Takes the first code, or the new passkey: the account is accepted, and its other sessions end.
   * @returns the token of a whole session, and the recovery codes, which are shown this once
   * @throws StaffOnly, FactorRefused
   */
  async accept(
    token: string | undefined,
    proof: Proof,
  ): Promise<{ session: string; recoveryCodes: string[] }> {
    const keys = this.keys();
    return this.db.transaction(async (tx) => {
      const { session, account } = await this.begun(tx, token);
      const passkey = 'passkey' in proof ? await this.passkeyMade(session, proof.passkey) : null;
      const totp = 'code' in proof ? this.totpMade(keys, session, proof.code) : null;
      if (!passkey && !totp) throw FactorRefused({});
      const recoveryCodes = newRecoveryCodes();
      const recoveryHashes = recoveryCodes.map((code) =>
        keys.hash('recovery', account.id, recoveryCodeIn(code) ?? ''),
      );
      const { passwordHash } = session;
      await acceptAccount(tx, account.id, { passwordHash, totp, passkey, recoveryHashes }, this.clock.now());
      await this.audit.append(tx, {
        act: 'staff.accepted',
        actor: { kind: 'staff', accountId: account.id },
        subject: { kind: 'staff', id: account.id },
        detail: { factor: passkey ? 'passkey' : 'totp' },
      });
      return { session: await this.signIns.begin(tx, account.id, PROVEN_MS), recoveryCodes };
    });
  }

  private async chosen(account: AccountRow, typed: string): Promise<string> {
    const fault = passwordFault(typed, this.keys().open(account.id, 'email', account.email));
    if (fault) throw PasswordUnfit({ fault });
    return hashPassword(typed);
  }

  private async shown(account: AccountRow, typed: string): Promise<null> {
    const delay = this.keys().hash('link', account.id);
    await countTry(this.db, delay, PASSWORD_DELAY, this.clock.now());
    if (!(await passwordIs(typed, account.password_hash))) throw SignInRefused({});
    await forgiven(this.db, delay, this.clock.now());
    return null;
  }

  private totpMade(keys: StaffKeys, { accountId, totpSecret }: OpenSession, code: string) {
    if (!totpSecret) return null;
    const step = totpStep(keys.open(accountId, 'totp', totpSecret), code, this.clock.now(), null);
    return step === undefined ? null : { secret: totpSecret, step };
  }

  private async passkeyMade({ challenge }: OpenSession, answer: string): Promise<Passkey | null> {
    if (challenge === null) return null;
    return (await newPasskeyIn(answer, challenge, this.config.publicUrl)) ?? null;
  }

  /** @throws StaffOnly */
  private async begun(
    tx: EntityManager,
    token: string | undefined,
  ): Promise<{ hash: Buffer; session: OpenSession; account: AccountRow }> {
    const hash = hashOf(token ?? '');
    const accountId = await accountOfSession(tx, hash);
    const account = accountId === undefined ? undefined : await lockedAccount(tx, accountId); // before its session, as everywhere
    const session = await lockedSession(tx, hash, ['enrolment'], this.clock.now());
    if (!account || !session) throw StaffOnly({ next: '/staff' });
    return { hash, session, account };
  }

  private keys(): StaffKeys {
    return new StaffKeys(this.config.staffSecret);
  }
}
