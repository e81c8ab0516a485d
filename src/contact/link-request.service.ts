import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { newToken } from '../access/token.node.js';
import { addDays, Clock, HOUR_MS } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import { faultOf, log } from '../kit/log.node.js';
import { Problem } from '../kit/problem.js';
import { isDatabaseAway } from '../kit/sql.js';
import { type MemberStatus } from '../panel/member-status.js';
import { lockMember, memberPages } from '../panel/panel.queries.js';
import { type Study, StudyService } from '../study/study.service.js';
import { normalContact } from '../vault/contact-value.js';
import { sealBox } from '../vault/sealed-box.node.js';
import { InvalidContact, VaultUnreadable } from '../vault/vault.problems.js';
import { VaultService } from '../vault/vault.service.js';
import { type ChannelSender, type Message } from './channel.js';
import { renderLetter } from './letter.js';
import {
  addAskedLink,
  addProof,
  admitRequest,
  answerableWave,
  anyRequestDue,
  askedStudy,
  type ClaimedRequest,
  claimRequest,
  clearRequests,
  endRequest,
  isStillClaimed,
  publishedKeys,
  publishKey,
  putOffRequest,
  type RequestPurpose,
  storeOwnRequest,
  storeRequest,
} from './link-request.queries.js';
import { messageIdOf } from './message-id.node.js';
import { ownLetter } from './own-letters.js';

/** Injection token of the channel (a ChannelSender) by which links that people ask for are sent. */
export const MAIL_CHANNEL = Symbol('mail channel');

/** RFC 5321: 64 octets, @, 255 octets. Everything else about an address is the vault's to say. */
const LONGEST_ADDRESS = 320;
/** Requests of a study that wait or ended within a minute: more are let go, so that nobody fills the table. */
const MOST_AT_ONCE = 200;
/** Links that one member is sent within a day: whoever knows an address must not be able to flood it. */
const MOST_A_DAY = 3;
/** Longer than a mail server's time-outs together: a claim lapses when its process is gone, not while it waits. */
const CLAIM_MS = 120_000;
/** How long a proof of a mailbox can be used. */
const PROOF_MS = 30 * 60_000;
/** With the back-off that is half a day. */
const MOST_TRIES = 10;
const LONGEST_BACK_OFF_MINUTES = 240;
const VAULT_AWAY_MS = 60_000;

/** What a try came to. `again`: it may have arrived or not, and is sent again. `away`: the next request would fare no better now. */
type Outcome =
  { ends: 'sent' | 'nobody' | 'too_many' | 'failed' } | { again: 'a try' | 'no try'; away: boolean };

/**
 * A new link for whoever lost theirs. Asking is done by a process without the vault, which cannot know whose an address is: it does the
 * same, and takes the same time, for every address. A worker finds the member and writes, at least once: until a mail server has
 * taken the message it is sent again, with the same Message-ID, by which a double is known.
 */
@Injectable()
export class LinkRequestService {
  private readonly warned = new Map<string, Date>();

  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(VaultService) private readonly vault: VaultService,
    @Inject(MAIL_CHANNEL) private readonly mail: ChannelSender,
  ) {}

  /**
   * Takes a request down. Tells nothing of what became of it, and throws for nothing that a person may have typed.
   * @param locale  of the page; where the study has no such locale, its first one
   */
  async ask(
    studyCode: string,
    address: unknown,
    locale: string,
    purpose: 'interview' | 'own_page' = 'interview',
  ): Promise<void> {
    const text = typeof address === 'string' ? address.trim() : '';
    if (text === '' || text.length > LONGEST_ADDRESS || !/^[\w-]{1,64}$/.test(studyCode)) return;
    const study = await askedStudy(this.db, studyCode);
    if (!study) return;
    if (!study.public_key)
      return this.warn('no worker has published a sealing key: a request for a link was let go');
    const id = randomUUID();
    const sealed = sealedAddress(study.public_key, text, { study: study.id, purpose: purposeOf(id) });
    const inLocale = study.locales.includes(locale) ? locale : (study.locales[0] ?? locale);
    const request = { id, studyId: study.id, sealed, locale: inLocale, purpose };
    if (!(await storeRequest(this.db, request, this.clock.now(), MOST_AT_ONCE)))
      this.warn('too many requests for links at once: some were let go');
  }

  /**
   * The same for who is known by a session of their own: the link to their page goes to the address that the vault has of them. One that
   * waits already is enough.
   */
  async askOwn(member: { memberId: string; studyId: string; locale: string }): Promise<void> {
    await storeOwnRequest(this.db.manager, { id: randomUUID(), ...member }, this.clock.now());
  }

  /** Lets processes without the vault seal addresses for it: a key for each study. Safe to repeat. @throws NoVaultAccess */
  async publishKeys(): Promise<void> {
    for (const { id, public_key } of await publishedKeys(this.db)) {
      const key = await this.vault.sealingKey(id);
      if (!public_key?.equals(key)) await publishKey(this.db, id, key);
    }
  }

  /**
   * What a sweep does: keys for new studies, and letting go of what is old.
   * @returns whether there is anything to `work` on
   */
  async tend(): Promise<boolean> {
    await this.publishKeys();
    await clearRequests(this.db, this.clock.now());
    return anyRequestDue(this.db, this.clock.now());
  }

  /** Answers what is due until nothing is left or the process ends. Any number of these may run at once. */
  async work(ending: AbortSignal): Promise<void> {
    while (!ending.aborted) {
      const now = this.clock.now();
      const lapsesAt = new Date(now.getTime() + CLAIM_MS);
      const request = await claimRequest(this.db, randomUUID(), now, lapsesAt);
      if (!request) return;
      const outcome = await this.tried(request);
      await this.conclude(request, outcome);
      if ('away' in outcome && outcome.away) return;
    }
  }

  private async conclude(request: ClaimedRequest, outcome: Outcome): Promise<void> {
    const now = this.clock.now();
    if ('ends' in outcome) return endRequest(this.db, request, outcome.ends, now);
    if (outcome.again === 'no try')
      return putOffRequest(
        this.db,
        { ...request, tries: request.tries - 1 },
        new Date(now.getTime() + VAULT_AWAY_MS),
      );
    if (request.tries >= MOST_TRIES) return endRequest(this.db, request, 'failed', now);
    const minutes = Math.min(2 ** request.tries, LONGEST_BACK_OFF_MINUTES);
    return putOffRequest(this.db, request, new Date(now.getTime() + minutes * 60_000));
  }

  private async tried(request: ClaimedRequest): Promise<Outcome> {
    if (request.tries > MOST_TRIES) return { ends: 'failed' }; // each try ended its process
    try {
      return await this.answered(request);
    } catch (cause) {
      const error = cause instanceof Problem ? cause.code : faultOf(cause);
      log.error({ error }, 'a request for a link could not be answered');
      if (cause instanceof Problem && cause.code === VaultUnreadable.code) return { ends: 'failed' };
      const away = isDatabaseAway(cause);
      return { again: away ? 'no try' : 'a try', away };
    }
  }

  private async answered(request: ClaimedRequest): Promise<Outcome> {
    const found = await this.recipient(request);
    if (!found) return { ends: 'nobody' };
    const study = await this.studies.get(request.study_id);
    const link = newToken();
    const admitted = await this.admitted(request, found.memberId, study.file.code, link.hash);
    if ('ends' in admitted) return admitted;
    const url = admitted.path && `${this.config.publicUrl}${admitted.path}#${link.token}`;
    const delivery = await this.mail.send(await this.message(request, study, found.address, url), () =>
      isStillClaimed(this.db, request),
    );
    if (delivery.kind === 'sent') return { ends: 'sent' };
    if (delivery.kind !== 'held') log.warn({ error: delivery.code }, 'a link was not delivered');
    if (delivery.kind === 'refused') return { ends: 'failed' };
    return { again: 'a try', away: delivery.kind === 'later' && delivery.away };
  }

  /** Whom the message goes to, and where; undefined for nobody. @throws VaultUnreadable */
  private async recipient(
    request: ClaimedRequest,
  ): Promise<{ memberId: string; address: string } | undefined> {
    const { study_id: studyId, member_id: known, sealed } = request;
    const address = sealed
      ? await this.addressIn({ ...request, sealed })
      : known && (await this.vault.reach(studyId, known, 'email'));
    if (!address || (await this.isSuppressed(studyId, address))) return undefined;
    // A first try notes whose request it is; only what came without an address, or changes one, was known before.
    const memberId =
      known ?? (await this.vault.findMember(studyId, 'email', address, memberPages(this.db, studyId)));
    return memberId ? { memberId, address } : undefined;
  }

  /** @returns undefined for what is no address; @throws VaultUnreadable */
  private async addressIn({
    id,
    study_id,
    sealed,
  }: Pick<ClaimedRequest, 'id' | 'study_id'> & { sealed: Buffer }): Promise<string | undefined> {
    const text = await this.vault.openSealed(study_id, purposeOf(id), sealed);
    try {
      return normalContact('email', text.toString('utf8'));
    } catch (cause) {
      if (cause instanceof Problem && cause.code === InvalidContact.code) return undefined;
      throw cause;
    }
  }

  /** An address that must not be written to. That somebody stopped messages does not hold back what they ask for. */
  private async isSuppressed(studyId: string, address: string): Promise<boolean> {
    const [suppressed] = await this.vault.suppressed(studyId, [{ channel: 'email', value: address }]);
    return suppressed === true;
  }

  /**
   * Stores the link, an interview's only where there is something to answer. A link of an earlier try stays: that message may have
   * arrived.
   * @returns the path that the link leads to
   */
  private admitted(
    request: ClaimedRequest,
    memberId: string,
    studyCode: string,
    linkHash: Buffer,
  ): Promise<{ path: string | undefined } | { ends: 'nobody' | 'too_many' }> {
    const now = this.clock.now();
    const { purpose, locale } = request;
    return this.db.transaction(async (tx) => {
      const status = await lockMember(tx, memberId);
      if (!status || !WRITTEN_TO[purpose].includes(status)) return { ends: 'nobody' };
      if (!(await admitRequest(tx, request, memberId, addDays(now, -1), MOST_A_DAY)))
        return { ends: 'too_many' };
      if (purpose === 'address_changed') return { path: undefined };
      // A change that was asked for anew, or is done, proves nothing any more.
      if (purpose === 'new_address' && request.change_id === null) return { ends: 'nobody' };
      if (purpose !== 'interview') {
        const expiresAt = new Date(now.getTime() + PROOF_MS);
        await addProof(tx, memberId, linkHash, expiresAt, request.change_id);
        return { path: `${PROOF_PATHS[purpose]}/${locale}` };
      }
      const wave = await answerableWave(tx, memberId, now);
      if (!wave) return { path: undefined };
      await addAskedLink(tx, memberId, wave.id, linkHash, newToken().hash);
      return { path: `/go/${studyCode}/${wave.letter}/${locale}` };
    });
  }

  /** @throws LetterMissing, LetterPlaceholderUnknown */
  private async message(
    { id, locale, purpose }: ClaimedRequest,
    { id: studyId }: Study,
    to: string,
    link: string | undefined,
  ): Promise<Message> {
    const letter =
      purpose === 'interview'
        ? await this.studies.letter(studyId, link ? 'new-link' : 'nothing-open', locale)
        : ownLetter(purpose, locale);
    return {
      to,
      messageId: messageIdOf(id, this.config.publicUrl),
      locale,
      letter: renderLetter(letter, link ? { link } : {}, locale),
      unsubscribeUrl: undefined,
    };
  }

  /** At most once an hour for each reason, so that nobody fills the log either. */
  private warn(words: string): void {
    const now = this.clock.now();
    const last = this.warned.get(words);
    if (last && now.getTime() - last.getTime() < HOUR_MS) return;
    this.warned.set(words, now);
    log.warn(words);
  }
}

/** Where a link to a proof of the mailbox leads, without the language of its page. */
const PROOF_PATHS = { own_page: '/mine/open', new_address: '/mine/address' } as const;

/** Whoever has left may still see, copy and erase what is kept of them. */
const WRITTEN_TO: Record<RequestPurpose, readonly MemberStatus[]> = {
  interview: ['active'],
  own_page: ['active', 'withdrawn'],
  new_address: ['active'],
  address_changed: ['active', 'withdrawn'],
};

/** An address for the vault's eyes, filled up, so that the box does not tell how long it is; what is around it does not count. */
export const sealedAddress = (
  publicKey: Buffer,
  address: string,
  of: { study: string; purpose: string },
): Buffer => sealBox(publicKey, Buffer.from(address.padEnd(LONGEST_ADDRESS)), of);

/** A box is bound to its request: moved to another one it cannot be opened. */
export const purposeOf = (requestId: string): string => `link request ${requestId}`;
