import { Inject, Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { type Actor, actorName } from '../access/actor.js';
import { AuditService } from '../access/audit.service.js';
import { Clock, dateOf } from '../kit/clock.js';
import { isMemberId } from '../panel/member-id.js';
import { AlreadyLeft, UnknownMember } from '../panel/panel.problems.js';
import { lockMember, setStatus } from '../panel/panel.queries.js';
import { markStale } from '../residence/residence.queries.js';
import { endAtClose } from './case-end.js';
import { addOverride, lockCase, lockCasesOf, noteEvent, type Override } from './case.queries.js';
import { DISPOSITION_CODES } from './disposition-code.js';
import { AAPOR_EDITION, dispositionOf } from './disposition.js';
import { ReasonMissing, UnknownCase, UnknownCode } from './wave.problems.js';
import { type CaseEnd, endCases, type OpenCase } from './wave.queries.js';
import { WaveService } from './wave.service.js';

/** A person who has died while a case was under way. */
const DECEASED = '2.31';

/** Whose membership ends, how, why, and by whom. */
export interface MembershipEnd {
  memberId: string;
  as: 'withdrawn' | 'dead';
  reason: string;
  actor: Actor;
}

/** What staff do to single cases and members. Every act is noted in the cases' histories with its reason. */
@Injectable()
export class CaseService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(WaveService) private readonly waves: WaveService,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /**
   * Puts a disposition in the place of the computed one; the last such decision counts. A case under way ends by it, unless it
   * says no more than the case's state does.
   * @throws UnknownCode, ReasonMissing, UnknownCase
   */
  async override(given: {
    waveId: string;
    memberId: string;
    code: string;
    reason: string;
    actor: Actor;
  }): Promise<{ ended: boolean }> {
    const { waveId, memberId, code } = given;
    const meaning = DISPOSITION_CODES.get(code);
    if (!meaning) throw UnknownCode({ code, codes: [...DISPOSITION_CODES.keys()] });
    const decision: Override = { ...said(given), waveId, memberId, code, ...this.dated() };
    const unknown = () => UnknownCase({ wave: waveId, member: memberId });
    if (!isMemberId(memberId)) throw unknown();
    return this.db.transaction(async (tx) => {
      const held = await lockCase(tx, memberId, waveId);
      if (!held) throw unknown();
      await addOverride(tx, decision);
      await markStale(tx, memberId); // what the case said about residence may count now, or no more
      const ends = held.under_way && code !== dispositionOf(held.state, undefined, held.ever_opened);
      await this.audit.append(tx, {
        act: 'case.overridden',
        actor: given.actor,
        subject: { kind: 'member', id: memberId },
        detail: { wave: waveId, code, ended: ends },
      });
      if (!ends) {
        await noteEvent(tx, decision, 'override');
        return { ended: false };
      }
      const end: CaseEnd = {
        memberId,
        waveId,
        event: 'override',
        state: meaning.state,
        disposition: dispositionOf(meaning.state, undefined, held.ever_opened),
        reason: decision.reason,
      };
      await endCases(tx, [end], AAPOR_EDITION, decision.on);
      return { ended: true };
    });
  }

  /**
   * Ends a membership. Cases under way end with it: as withdrawn, or, after a death, as at the close of their window with the
   * disposition of the deceased, unless the answers are enough for a partial interview. No message goes out any more.
   * @throws UnknownMember, AlreadyLeft for a member who has died, ReasonMissing
   */
  async endMembership(given: MembershipEnd): Promise<{ ended: number }> {
    return this.db.transaction((tx) => this.endMembershipIn(tx, given));
  }

  /** The same in a transaction that has locked nothing of the member yet. */
  async endMembershipIn(tx: EntityManager, given: MembershipEnd): Promise<{ ended: number }> {
    const { memberId, as } = given;
    const why = said(given);
    if (!isMemberId(memberId)) throw UnknownMember({ member: memberId });
    await lockCasesOf(tx, memberId); // before the member, as a submission locks them
    const status = await lockMember(tx, memberId);
    if (!status) throw UnknownMember({ member: memberId });
    if (status === 'dead' && as !== 'dead') throw AlreadyLeft({ member: memberId });
    await setStatus(tx, memberId, as);
    const open = await lockCasesOf(tx, memberId);
    const ends = await Promise.all(open.map((each) => this.endOf(each, as)));
    const { edition, on } = this.dated();
    await endCases(
      tx,
      ends.map((end) => ({ ...end, reason: why.reason })),
      edition,
      on,
    );
    if (as === 'dead') await this.overrideAsDeceased(tx, ends, why);
    await this.audit.append(tx, {
      act: 'member.ended',
      actor: given.actor,
      subject: { kind: 'member', id: memberId },
      detail: { as, cases: open.length },
    });
    return { ended: open.length };
  }

  private async endOf(open: OpenCase, as: 'withdrawn' | 'dead'): Promise<CaseEnd> {
    const of = { memberId: open.member_id, waveId: open.wave_id };
    if (as === 'withdrawn')
      return {
        ...of,
        event: 'withdraw',
        state: 'withdrawn',
        disposition: dispositionOf('withdrawn', undefined, open.ever_opened),
      };
    const { partialRule } = await this.waves.opened(open.wave_id);
    return {
      ...of,
      ...endAtClose(
        { state: open.state, answeredShare: open.answered_share, everOpened: open.ever_opened },
        partialRule,
      ),
    };
  }

  private async overrideAsDeceased(tx: EntityManager, ends: CaseEnd[], why: Said): Promise<void> {
    for (const { memberId, waveId, state } of ends) {
      if (state === 'partial') continue;
      const decision: Override = { ...why, memberId, waveId, code: DECEASED, ...this.dated() };
      await addOverride(tx, decision);
      await noteEvent(tx, decision, 'override');
    }
  }

  private dated(): Pick<Override, 'edition' | 'on'> {
    return { edition: AAPOR_EDITION, on: dateOf(this.clock.now()) };
  }
}

type Said = Pick<Override, 'reason' | 'by'>;

/** @throws ReasonMissing */
function said({ reason, actor }: { reason: string; actor: Actor }): Said {
  const by = actorName(actor);
  if (!reason.trim() || !by.trim()) throw ReasonMissing({});
  return { reason: reason.trim(), by: by.trim() };
}
