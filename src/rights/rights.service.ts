import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { NoSession } from '../access/access.problems.js';
import { type Actor } from '../access/actor.js';
import { AuditService } from '../access/audit.service.js';
import { ConsentService, type ConsentShown } from '../consent/consent.service.js';
import { addStop } from '../contact/stop.queries.js';
import { Clock, dateOf } from '../kit/clock.js';
import { PauseService } from '../panel/pause.service.js';
import { type PlaceNow, ResidenceService } from '../residence/residence.service.js';
import { type Channel } from '../study/channel.js';
import { CaseService } from '../wave/case.service.js';
import { ErasureService } from './erasure.service.js';
import { type Receipt, type RightsAct } from './receipt.js';
import { ReceiptService } from './receipt.service.js';
import { channelsAt, type PauseChoice, pauseOf, type StopPlace } from './rights.js';
import { HasLeft } from './rights.problems.js';
import {
  lockOwnMember,
  type OwnMember,
  ownMember,
  removeStops,
  setLocale,
  shutWaysIn,
  stoppedChannels,
} from './rights.queries.js';

/** What of an entry in the log is not the member, who is both actor and subject. */
type Noted =
  | { act: 'messages.stopped' | 'messages.stop_undone'; detail: { channel: string; purpose: string } }
  | { act: 'member.language_chosen'; detail: { locale: string } };

/** Why cases end, in their histories. */
const LEFT = 'left on their own page';

/**
 * What members do for themselves. Each act is one transaction with its entries in the audit log and its receipt, and holds from its
 * commit on: senders hold the member's row, too, when a message leaves.
 */
@Injectable()
export class RightsService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(PauseService) private readonly pauses: PauseService,
    @Inject(ConsentService) private readonly consents: ConsentService,
    @Inject(CaseService) private readonly cases: CaseService,
    @Inject(ResidenceService) private readonly residence: ResidenceService,
    @Inject(ErasureService) private readonly erasure: ErasureService,
    @Inject(ReceiptService) private readonly receipts: ReceiptService,
  ) {}

  /** The member themselves, as far as this process may know them. @throws NoSession for who is none */
  async memberOf(memberId: string): Promise<OwnMember> {
    const member = await ownMember(this.db.manager, memberId);
    if (!member) throw NoSession({});
    return member;
  }

  /** Every consent of the study in the words for this member, with what stands now. @throws NoSession */
  async consentsOf(memberId: string): Promise<ConsentShown[]> {
    return this.consents.shown(this.db.manager, await this.memberOf(memberId));
  }

  /** The channels in which they stopped something. */
  stoppedChannels(memberId: string): Promise<Channel[]> {
    return stoppedChannels(this.db.manager, memberId);
  }

  /** No messages for a while. @throws NoSession, HasLeft */
  pause(memberId: string, choice: PauseChoice): Promise<Receipt> {
    return this.act(memberId, 'pause', (tx) =>
      this.pauses.pauseIn(tx, memberId, pauseOf(choice, this.clock.now()), asSelf(memberId)),
    );
  }

  /** Every pause ends today. @throws NoSession, HasLeft */
  resume(memberId: string): Promise<Receipt> {
    return this.act(memberId, 'resume', (tx) => this.pauses.resumeIn(tx, memberId, asSelf(memberId)));
  }

  /** No messages any more, everywhere or in one channel; everything else stays. @throws NoSession, HasLeft */
  stopMessages(memberId: string, place: StopPlace): Promise<Receipt> {
    return this.act(memberId, 'stop', async (tx) => {
      for (const channel of channelsAt(place)) {
        await addStop(tx, { member_id: memberId, channel }, 'all', this.today());
        await this.note(tx, memberId, { act: 'messages.stopped', detail: { channel, purpose: 'all' } });
      }
    });
  }

  /** Messages again, whatever was stopped there before. @throws NoSession, HasLeft */
  restartMessages(memberId: string, place: StopPlace): Promise<Receipt> {
    return this.act(memberId, 'restart', async (tx) => {
      for (const stop of await removeStops(tx, memberId, channelsAt(place)))
        await this.note(tx, memberId, { act: 'messages.stop_undone', detail: stop });
    });
  }

  /**
   * Gives and withdraws consents, in the words of the page.
   * @returns undefined where all of it stood so already
   * @throws NoSession, HasLeft, UnknownConsent
   */
  decide(
    memberId: string,
    wanted: ReadonlyMap<string, boolean>,
    locale: string,
  ): Promise<Receipt | undefined> {
    return this.db.transaction(async (tx) => {
      const member = await this.locked(tx, memberId);
      const how = { locale, way: 'own_page', actor: asSelf(memberId) } as const;
      const changed = await this.consents.change(tx, member, wanted, how);
      return changed.length === 0 ? undefined : this.receipt(tx, member, 'consents');
    });
  }

  /** @param locale  one of the study's; @throws NoSession, HasLeft */
  chooseLanguage(memberId: string, locale: string): Promise<Receipt> {
    return this.act(memberId, 'language', async (tx) => {
      await setLocale(tx, memberId, locale);
      await this.note(tx, memberId, { act: 'member.language_chosen', detail: { locale } });
    });
  }

  /** Where they live now. @throws NoSession, HasLeft, InvalidPlace */
  async move(memberId: string, place: PlaceNow): Promise<Receipt> {
    const receipt = await this.act(memberId, 'move', (tx) =>
      this.residence.reportIn(tx, memberId, asSelf(memberId), place),
    );
    await this.residence.derive([memberId]);
    return receipt;
  }

  /**
   * Ends the membership: cases under way end as withdrawn, every link and session is shut, and nothing is sent any more. What was
   * answered stays, until they have it erased.
   * @throws NoSession, HasLeft
   */
  leave(memberId: string): Promise<Receipt> {
    return this.db.transaction(async (tx) => {
      const member = staying(await ownMember(tx, memberId)); // locked below, after their cases, as a submission locks them
      const actor = asSelf(memberId);
      await this.cases.endMembershipIn(tx, { memberId, as: 'withdrawn', reason: LEFT, actor });
      await shutWaysIn(tx, memberId);
      return this.receipt(tx, member, 'leave');
    });
  }

  /** Leaves nothing of them. Also for who has left before. @throws UnknownMember */
  erase(memberId: string): Promise<Receipt> {
    return this.erasure.erase(memberId, asSelf(memberId));
  }

  private act(
    memberId: string,
    act: RightsAct,
    work: (tx: EntityManager) => Promise<unknown>,
  ): Promise<Receipt> {
    return this.db.transaction(async (tx) => {
      const member = await this.locked(tx, memberId);
      await work(tx);
      return this.receipt(tx, member, act);
    });
  }

  private async locked(tx: EntityManager, memberId: string): Promise<OwnMember> {
    return staying(await lockOwnMember(tx, memberId));
  }

  private receipt(tx: EntityManager, { studyId }: OwnMember, act: RightsAct): Promise<Receipt> {
    return this.receipts.issue(tx, { studyId, act, on: this.today() });
  }

  private note(tx: EntityManager, memberId: string, entry: Noted): Promise<void> {
    const subject = { kind: 'member', id: memberId } as const;
    return this.audit.append(tx, { ...entry, actor: asSelf(memberId), subject });
  }

  private today(): string {
    return dateOf(this.clock.now());
  }
}

/** @throws NoSession, HasLeft */
function staying(member: OwnMember | undefined): OwnMember {
  if (!member) throw NoSession({});
  if (member.status !== 'active') throw HasLeft({});
  return member;
}

const asSelf = (memberId: string): Actor => ({ kind: 'member', memberId });
