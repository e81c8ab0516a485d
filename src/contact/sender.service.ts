import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { newToken } from '../access/token.node.js';
import { Clock, dateOf } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import { errorCode } from '../kit/error-code.js';
import { log } from '../kit/log.node.js';
import { messages } from '../kit/metrics.node.js';
import { Problem } from '../kit/problem.js';
import { Together } from '../kit/together.js';
import { isDatabaseAway } from '../kit/sql.js';
import { type Channel } from '../study/channel.js';
import { addTrouble } from '../vault/trouble.queries.js';
import { NoAddress } from '../vault/vault.problems.js';
import { type Reach, VaultService } from '../vault/vault.service.js';
import { keyOf, nameOf } from './attempt.js';
import { type ChannelSender, type Delivery, type Message } from './channel.js';
import { channelIsAway, channelIsBack, channelState, takeRate } from './channel-state.queries.js';
import { contactFacts } from './contact-facts.js';
import { decide } from './decide/decision.js';
import { type Leaving, leaves, settle } from './leave.queries.js';
import { LetterService } from './letter.service.js';
import { type DueRow, type Look, lookOf } from './look.js';
import { lockDue, noteLooks } from './look.queries.js';
import { messageIdOf } from './message-id.node.js';
import { type Outcome, outcomeOf } from './outcome.js';
import { PlanService } from './plan.service.js';

/** The channels that send by themselves. A letter on paper is none of them. */
export const SENDERS = Symbol('senders');

const TOGETHER = 32;
/** A few milliseconds that a message waits for others spare the database most of its commits. */
const LEAVING_LINGERS_MS = 5;
/** Nobody waits for this. A crash meanwhile leaves a message unknown, as it would a moment earlier. */
const SETTLING_LINGERS_MS = 25;
/** Messages claimed for each that may be on its way at once, so that the next is at hand. */
const CLAIMED_FOR_EACH = 2;
/** A claim lapses after this time: nothing of it has left, and whoever looks next takes it up. */
const CLAIM_MS = 60_000;
const LONGEST_AWAY_SECONDS = 600;
/** A server may ask to be left alone for longer than that, but not for ever. */
const LONGEST_ASKED_SECONDS = 86_400;

/** A message that is to leave, claimed by this process. */
interface Claimed {
  row: DueRow;
  claim: string;
  decidedAt: Date;
}

interface Looked {
  sends: Claimed[];
  /** Something else may be due right now. */
  more: boolean;
  /** No more may begin before the next slot of time. */
  waitMs: number;
}

/** Works a channel off: claims what is due, makes it, lets it leave at most once, and settles what became of it. */
@Injectable()
export class SenderService implements OnApplicationShutdown {
  /** Messages that are ready at the same time share one commit, and so do those that have left. */
  private readonly leaving = new Together<Leaving, boolean>(
    (all) => leaves(this.db, this.clock.now(), all),
    TOGETHER,
    () => pause(LEAVING_LINGERS_MS),
  );
  private readonly settling = new Together<Outcome, void>(
    async (all) => {
      await settle(this.db, all, this.clock.now());
      return all.map(() => undefined);
    },
    TOGETHER,
    () => pause(SETTLING_LINGERS_MS),
  );

  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(PlanService) private readonly plans: PlanService,
    @Inject(LetterService) private readonly letters: LetterService,
    @Inject(VaultService) private readonly vault: VaultService,
    @Inject(SENDERS) private readonly senders: readonly ChannelSender[],
  ) {}

  private get channels(): Channel[] {
    return this.senders.map(({ channel }) => channel);
  }

  async onApplicationShutdown(): Promise<void> {
    for (const sender of this.senders) await sender.close();
  }

  /**
   * Sends what is due on a channel until nothing is left or the process ends. Any number of these may run at once. While the channel's
   * server is left alone, only what cannot go by it in any case finds its other channel.
   */
  async sendDue(channel: Channel, ending: AbortSignal): Promise<void> {
    const sender = this.senders.find((one) => one.channel === channel);
    if (!sender) return;
    while (!ending.aborted) {
      const { retryAt, failures } = await channelState(this.db, channel);
      const left = retryAt !== null && retryAt > this.clock.now();
      const limit = CLAIMED_FOR_EACH * sender.concurrency;
      const { sends, more, waitMs } = await this.look(channel, limit, left ? 'elsewhere' : 'all');
      if (left && sends.length === 0 && more) continue;
      const away = await this.sendAll(sender, sends, failures > 0);
      if (away || (sends.length === 0 && !more)) return;
      if (waitMs > 0) await pause(waitMs, undefined, { signal: ending }).catch(() => undefined); // it ends
    }
  }

  /** Decides about what is due, under the locks, and claims what is to leave. Nothing has left when this is done. */
  private async look(channel: Channel, limit: number, which: 'all' | 'elsewhere'): Promise<Looked> {
    const now = this.clock.now();
    return this.db.transaction(async (tx) => {
      const rows = await lockDue(tx, { channel, limit, now, which, channels: this.channels });
      const looks: Look[] = [];
      const wanting: DueRow[] = [];
      const members = new Set<string>();
      for (const row of rows) {
        if (row.busy || members.has(row.member_id)) continue; // one message to a member at a time: the next one sees it
        const look = await this.lookAt(row, now);
        if (look !== 'send') looks.push(look);
        else {
          members.add(row.member_id);
          wanting.push(row);
        }
      }
      const { granted, nextSlotMs } =
        wanting.length > 0
          ? await takeRate(this.db, channel, this.config.sendsPerMinute, wanting.length)
          : { granted: 0, nextSlotMs: 0 };
      const sends = wanting
        .slice(0, granted)
        .map((row): Claimed => ({ row, claim: randomUUID(), decidedAt: now }));
      const claims = sends.map(({ row, claim }): Look => ({
        ...keyOf(row),
        state: 'planned',
        channel,
        dueAt: new Date(now.getTime() + CLAIM_MS),
        reason: row.last_reason,
        event: null,
        words: null,
        claim,
      }));
      await noteLooks(tx, [...looks, ...claims], now);
      return {
        sends,
        more: looks.length > 0 || wanting.length > 0,
        waitMs: granted < wanting.length ? nextSlotMs : 0,
      };
    });
  }

  private async lookAt(row: DueRow, now: Date): Promise<Look | 'send'> {
    const decision = decide(contactFacts(row, await this.plans.of(row)), now);
    if (decision.kind === 'send' && decision.channel === row.channel) return 'send';
    return lookOf(row, decision, now);
  }

  /** @returns whether the server was found away */
  private async sendAll(sender: ChannelSender, sends: Claimed[], wasAway: boolean): Promise<boolean> {
    if (sends.length === 0) return false;
    let reached: Map<Claimed, Reach>;
    try {
      reached = await this.reach(sends, sender.channel);
    } catch (cause) {
      const code = codeOf(cause);
      log.error({ error: code }, 'addresses cannot be read now; messages wait');
      await Promise.all(sends.map((sent) => this.conclude(sent, { kind: 'later', code, away: true })));
      await this.isAway(sender.channel, { code });
      return true;
    }
    const deliveries = await Promise.all(
      sends.map(async (claimed) => {
        const delivery = await this.send(sender, claimed, reached.get(claimed));
        await this.conclude(claimed, delivery);
        return delivery;
      }),
    );
    const away = deliveries.find((delivery) => delivery.kind === 'later' && delivery.away);
    if (away?.kind === 'later') await this.isAway(sender.channel, away);
    else if (wasAway && deliveries.some(({ kind }) => kind === 'sent'))
      await channelIsBack(this.db, sender.channel);
    return away !== undefined;
  }

  private async reach(sends: readonly Claimed[], channel: Channel): Promise<Map<Claimed, Reach>> {
    const reached = new Map<Claimed, Reach>();
    for (const studyId of new Set(sends.map(({ row }) => row.study_id))) {
      const of = sends.filter(({ row }) => row.study_id === studyId);
      const wanted = of.map(({ row }) => ({ memberId: row.member_id, channel }));
      for (const [at, reach] of (await this.vault.reachMany(studyId, wanted)).entries()) {
        const claimed = of[at];
        if (claimed) reached.set(claimed, reach);
      }
    }
    return reached;
  }

  private async send(
    sender: ChannelSender,
    { row, claim, decidedAt }: Claimed,
    reached: Reach | undefined,
  ): Promise<Delivery> {
    const { channel } = sender;
    try {
      if (reached && 'none' in reached && reached.none === 'suppressed') {
        await addTrouble(this.db.manager, [
          { memberId: row.member_id, channel, kind: 'suppressed', sinceOn: this.today() },
        ]);
        return { kind: 'held' }; // decided anew: by another channel, or not at all
      }
      if (!reached || 'none' in reached) throw NoAddress({ channel }); // with another master key, that would be everyone
      const link = newToken();
      const stop = newToken();
      const messageId = messageIdOf(nameOf(row), this.config.publicUrl);
      const message: Message = {
        to: reached.to,
        messageId,
        locale: row.locale,
        ...(await this.letters.filled(row, await this.plans.of(row), { link: link.token, stop: stop.token })),
      };
      return await sender.send(message, () =>
        this.leaving.do({
          ...keyOf(row),
          claim,
          fingerprint: row.fingerprint,
          decidedAt,
          locale: row.locale,
          messageId,
          linkHash: link.hash,
          stopHash: stop.hash,
        }),
      );
    } catch (cause) {
      const code = codeOf(cause);
      log.error({ error: code }, 'a message could not be made and waits');
      return { kind: 'later', code, away: isDatabaseAway(cause) };
    }
  }

  /** Settles what became of a message. Where even that fails, it stays as it is: claimed, or leaving and then unknown. */
  private async conclude({ row, claim }: Claimed, delivery: Delivery): Promise<void> {
    messages.inc({ outcome: delivery.kind });
    const now = this.clock.now();
    try {
      if (delivery.kind === 'refused' && delivery.trouble)
        await addTrouble(this.db.manager, [
          {
            memberId: row.member_id,
            channel: row.channel,
            kind: delivery.trouble,
            reason: delivery.code,
            sinceOn: this.today(),
          },
        ]);
      await this.settling.do({ ...outcomeOf(row, delivery, now), claim });
    } catch (cause) {
      log.error({ error: codeOf(cause) }, 'what became of a message could not be noted');
    }
  }

  private async isAway(
    channel: Channel,
    { code, retryAfterSeconds = 0 }: { code: string; retryAfterSeconds?: number },
  ): Promise<void> {
    await channelIsAway(this.db, channel, code, this.clock.now(), (failures) =>
      Math.max(
        Math.min(5 * 2 ** failures, LONGEST_AWAY_SECONDS),
        Math.min(retryAfterSeconds, LONGEST_ASKED_SECONDS),
      ),
    );
  }

  private today(): string {
    return dateOf(this.clock.now());
  }
}

const codeOf = (cause: unknown): string =>
  cause instanceof Problem ? cause.code : (errorCode(cause) ?? 'not_made');
