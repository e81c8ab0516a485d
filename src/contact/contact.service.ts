import { Inject, Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Clock, dateOf } from '../kit/clock.js';
import { type Channel } from '../study/channel.js';
import { type WaveFile } from '../study/study.js';
import { IssueService } from '../wave/issue.service.js';
import { addTrouble } from '../vault/trouble.queries.js';
import { type Issue } from '../wave/issue.js';
import { type OpenWave } from '../wave/wave.service.js';
import { nameOf } from './attempt.js';
import { cameBack, lapseSending, lockByMessageId, noteContact, wasNoted } from './attempt.queries.js';
import { contactFacts } from './contact-facts.js';
import { type Decision } from './decide/decision.js';
import { decideByLook, type NextLook } from './decide/next-look.js';
import { zonesFor } from './decide/zones.js';
import { factsOfNext, factsOfPlanned, factsOfWished, type FactsRow, type Wanted } from './facts.queries.js';
import { type MemberMessage, memberMessages, nextLooks, pastOfCases } from './outlook.queries.js';
import { planAttempts, replanAttempts, waveInForce } from './plan.queries.js';
import { PlanService } from './plan.service.js';
import { fallsDue, timingsOf } from './timing.js';
import { type Outlook, type PlannedContact } from './planned-contact.js';
import { addStop } from './stop.queries.js';

/** A message that was marked as leaving this long ago, and of which nothing was heard, may or may not have left. */
const LEAVING_LAPSES_MS = 10 * 60_000;

const MEMBERS_A_PAGE = 500;

/** A planned step of a member, and what becomes of it. */
type PlannedStep = PlannedContact & { step: string; locale: string; decision: Decision };

type Eligible = { memberId: string } & Issue;

/** A report about a mail that left. */
export interface Report {
  messageId: string;
  kind: 'bounced' | 'blocked' | 'complaint' | 'refused' | 'soft';
  /** Such as `dsn_5.1.1`. */
  code: string;
}

/** Whom a message went to. */
export interface Addressee {
  studyId: string;
  memberId: string;
  channel: Channel;
}

/** Plans what a wave sends, and tells what will become of it. What is due is sent by `SenderService`. */
@Injectable()
export class ContactService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IssueService) private readonly issuing: IssueService,
    @Inject(PlanService) private readonly plans: PlanService,
  ) {}

  /** Plans the wave's steps for cases newly issued. Part of the caller's transaction. */
  async plan(tx: EntityManager, wave: OpenWave, memberIds: readonly string[]): Promise<number> {
    return planAttempts(tx, wave.id, timingsOf(wave.file), memberIds);
  }

  /**
   * Moves what is not sent to where the plan and the dates of a wave have it now, and plans steps that are new. Part of the
   * transaction that changed them.
   * @returns how many messages were moved or planned
   */
  async replan(tx: EntityManager, waveId: string): Promise<number> {
    const timings = timingsOf((await waveInForce(tx, waveId)).file);
    const moved = await replanAttempts(tx, waveId, timings);
    return moved + (await planAttempts(tx, waveId, timings, null));
  }

  /**
   * What would become of the messages of a wave if an instant were now: a line for each planned step, and for every other member of
   * the study the one reason why nothing is planned. The sender asks the same decision of the same facts. Changes nothing.
   */
  async *dryRun(waveId: string, at: Date): AsyncGenerator<PlannedContact> {
    const { studyId, letter, file } = await waveInForce(this.db, waveId);
    let page: Eligible[] = [];
    for await (const member of this.issuing.eligibility(studyId, letter, at)) {
      page.push(member);
      if (page.length < MEMBERS_A_PAGE) continue;
      yield* this.linesOfPage(waveId, file, page, at);
      page = [];
    }
    yield* this.linesOfPage(waveId, file, page, at);
  }

  private async *linesOfPage(
    waveId: string,
    file: WaveFile,
    members: readonly Eligible[],
    at: Date,
  ): AsyncGenerator<PlannedContact> {
    const cases = members.flatMap((member) =>
      !member.issue && member.reason === 'has_case' ? [member.memberId] : [],
    );
    const wished = members.flatMap((member) => (member.issue ? this.wanted(waveId, file, member, at) : []));
    const rows = [
      // Of whoever has no case here, too: what other waves send them counts for the same caps.
      ...(await factsOfPlanned(this.db, [...cases, ...wished.map(({ member_id }) => member_id)], at)),
      ...(await factsOfWished(this.db, wished, at)),
    ];
    const byMember = new Map<string, FactsRow[]>();
    for (const row of rows) byMember.set(row.member_id, [...(byMember.get(row.member_id) ?? []), row]);
    const past = await pastOfCases(this.db, waveId, cases);
    for (const member of members) {
      const { memberId } = member;
      const lines = await this.linesOf(byMember.get(memberId) ?? [], waveId, at);
      const before = past.get(memberId);
      if (lines.length > 0) yield* lines;
      else if (before)
        yield {
          memberId,
          step: before.step,
          channel: before.channel,
          locale: undefined,
          zones: [],
          decision: before.outlook,
        };
      else if (!member.issue)
        yield {
          memberId,
          step: undefined,
          channel: undefined,
          locale: undefined,
          zones: [],
          decision: { kind: 'no_case', reason: member.reason, words: member.words },
        };
    }
  }

  /** The messages of a wave that are looked at soonest. */
  async next(waveId: string, limit: number, at: Date): Promise<PlannedStep[]> {
    const rows = await factsOfNext(this.db, waveId, limit, at);
    const looks = await nextLooks(this.db, rows, at);
    return Promise.all(rows.map((row) => this.lineOf(row, [], at, looks)));
  }

  /** All messages of a member, what became of them, and what would become of those that are planned. */
  async messagesOf(
    memberId: string,
    at = this.clock.now(),
  ): Promise<(MemberMessage & { outlook: Outlook })[]> {
    const [messages, planned] = await Promise.all([
      memberMessages(this.db, memberId),
      factsOfPlanned(this.db, [memberId], at),
    ]);
    const lines = await this.linesOf(planned, undefined, at);
    const outlooks = new Map(
      inTurn(planned).map((row, index) => [`${row.wave_id}/${row.step}`, lines[index]?.decision]),
    );
    return messages.map((message) => ({
      ...message,
      outlook: outlooks.get(`${message.waveId}/${message.step}`) ?? message.past,
    }));
  }

  /**
   * What a report about a mail does. After a bounce or a block the next channel that the person consented to takes its place; a
   * complaint stops the channel; a refusal that does not speak against the address ends the message; a delay is noted. The same report
   * again changes nothing.
   * @returns whose message it was; undefined for one of which nothing is known
   */
  async trouble({ messageId, kind, code }: Report): Promise<Addressee | undefined> {
    const now = this.clock.now();
    return this.db.transaction(async (tx) => {
      const attempt = await lockByMessageId(tx, messageId);
      if (!attempt) return undefined;
      const whose = { studyId: attempt.study_id, memberId: attempt.member_id, channel: 'email' as const };
      const mail = { ...attempt, channel: whose.channel };
      if (await wasNoted(tx, mail, kind, code)) return whose;
      await noteContact(tx, mail, kind, code, now);
      if (kind === 'soft') return whose;
      // By another channel it has left since: what the mail came to changes nothing about that.
      const isMail = attempt.channel === whose.channel;
      if (kind === 'refused') {
        if (isMail) await cameBack(tx, attempt, 'failed', code, now);
        return whose;
      }
      await addTrouble(tx, [{ ...whose, kind, reason: code, sinceOn: dateOf(now) }]);
      if (kind === 'complaint') await addStop(tx, mail, 'all', dateOf(now));
      else if (isMail) await cameBack(tx, attempt, 'planned', code, now);
      return whose;
    });
  }

  /** Messages that a crash left half-way become unknown; a person decides about them. */
  async lapse(): Promise<number> {
    const now = this.clock.now();
    return lapseSending(this.db, new Date(now.getTime() - LEAVING_LAPSES_MS), now);
  }

  /** The steps that a member who has no case would get if it were issued at an instant. */
  private wanted(
    waveId: string,
    file: WaveFile,
    { memberId, closesAt }: { memberId: string; closesAt: Date },
    at: Date,
  ): Wanted[] {
    return timingsOf(file).map((timing) => ({
      member_id: memberId,
      wave_id: waveId,
      step: timing.step,
      falls_due_at: fallsDue(timing, { memberId, from: at, closesAt }),
      closes_at: closesAt,
    }));
  }

  /**
   * The lines of one member, in the order in which they would be sent: what leaves counts for the frequency caps of the next.
   * @param waveId  the wave whose lines are wanted; undefined is all
   */
  private async linesOf(
    rows: readonly FactsRow[],
    waveId: string | undefined,
    at: Date,
  ): Promise<PlannedContact[]> {
    const lines: PlannedContact[] = [];
    const leaving: Date[] = [];
    const looks = await nextLooks(this.db, rows, at);
    for (const row of inTurn(rows)) {
      const line = await this.lineOf(row, leaving, at, looks);
      if (line.decision.kind === 'send') leaving.push(at);
      if (waveId === undefined || row.wave_id === waveId) lines.push(line);
    }
    return lines;
  }

  private async lineOf(
    row: FactsRow,
    leaving: readonly Date[],
    at: Date,
    looks: ReadonlyMap<string, NextLook>,
  ): Promise<PlannedStep> {
    const known = contactFacts(row, await this.plans.of(row));
    const facts = { ...known, recent: [...known.recent, ...leaving] };
    const decision = decideByLook(facts, at, looks.get(nameOf(row)));
    return {
      memberId: row.member_id,
      step: row.step,
      channel: channelOf(decision),
      locale: row.locale,
      zones: zonesFor(facts),
      decision,
    };
  }
}

/** A member's messages in the order in which senders take them: what fell due first goes first, by whatever channel. */
const inTurn = (rows: readonly FactsRow[]): FactsRow[] =>
  [...rows].sort(
    (a, b) =>
      a.falls_due_at.getTime() - b.falls_due_at.getTime() ||
      compare(a.wave_id, b.wave_id) ||
      compare(a.step, b.step),
  );

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const channelOf = (decision: Decision): Channel | undefined =>
  decision.kind === 'suppress' ? undefined : decision.channel;
