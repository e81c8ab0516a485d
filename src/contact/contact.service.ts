import { createHash } from 'node:crypto';
import { Inject, Injectable, OnApplicationShutdown } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { newToken } from '../access/token.node.js';
import { addDays, Clock, dateOf } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import { messages } from '../kit/metrics.node.js';
import { errorCode } from '../kit/error-code.js';
import { log } from '../kit/log.node.js';
import { Problem } from '../kit/problem.js';
import { isDatabaseAway } from '../kit/sql.js';
import { plausibleZones, type Study, StudyService } from '../study/study.service.js';
import { type Channel } from '../vault/contact-value.js';
import { NoAddress } from '../vault/vault.problems.js';
import { VaultService } from '../vault/vault.service.js';
import { WaveService, type OpenWave } from '../wave/wave.service.js';
import {
  addPersonalLink,
  type AttemptRow,
  lapseSending,
  lockDueAttempt,
  markInvited,
  markUndeliverable,
  planAttempts,
  plannedAttempts,
  settleAttempt,
} from './contact.queries.js';
import { type ContactFacts, decide, type PlannedContact } from './decision.js';
import { renderLetter } from './letter.js';
import { contactZones } from './zones.js';
import { type Delivery, type Mail, Mailer } from './mailer.node.js';

/** With the back-off that is two days: a mail server that is away over a night loses nothing. */
const MOST_TRIES = 20;
const LONGEST_BACK_OFF_MINUTES = 240;
const CLAIM_LAPSES_MS = 10 * 60_000;

/** Plans what a wave sends and sends what is due, at most once each. */
@Injectable()
export class ContactService implements OnApplicationShutdown {
  private readonly mailer: Mailer;

  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(WaveService) private readonly waves: WaveService,
    @Inject(VaultService) private readonly vault: VaultService,
  ) {
    this.mailer = new Mailer(config.smtpUrl, config.sendsPerMinute);
  }

  onApplicationShutdown(): void {
    this.mailer.close();
  }

  /** Plans the wave's steps for cases newly issued, counted from `from`. Part of the caller's transaction. */
  async plan(tx: EntityManager, wave: OpenWave, from: Date): Promise<number> {
    return planAttempts(
      tx,
      wave.id,
      wave.file.contactPlan.map(({ step, afterDays }) => ({
        step,
        channel: 'email',
        dueAt: addDays(from, afterDays),
      })),
    );
  }

  /** What would become of every planned message if its moment were now or when it falls due. Changes nothing. */
  async *dryRun(waveId: string, now: Date): AsyncGenerator<PlannedContact> {
    const { wave, study } = await this.waveAndStudy(waveId);
    const page = 1000;
    let last: AttemptRow | undefined;
    for (;;) {
      const rows = await plannedAttempts(this.db, waveId, page, last);
      for (const row of rows) {
        const facts = factsOf(row, wave, study);
        yield {
          memberId: row.member_id,
          step: row.step,
          channel: row.channel,
          locale: row.locale,
          zones: facts.zones,
          decision: decide(facts, now),
        };
      }
      if (rows.length < page) return;
      last = rows.at(-1);
    }
  }

  /** Sends what is due in a wave until nothing is left or the process ends. Any number of these may run at once. */
  async sendDue(waveId: string, ending: AbortSignal): Promise<void> {
    const { wave, study } = await this.waveAndStudy(waveId);
    while (!ending.aborted && (await this.sendOne(wave, study)));
  }

  /** Messages that a crash left half-way become unknown; a person decides about them. */
  async lapse(): Promise<number> {
    return lapseSending(this.db, new Date(this.clock.now().getTime() - CLAIM_LAPSES_MS));
  }

  /** @returns false when nothing was due */
  private async sendOne(wave: OpenWave, study: Study): Promise<boolean> {
    const now = this.clock.now();
    const claimed = await this.db.transaction((tx) => this.claim(tx, wave, study, now));
    if (claimed === 'nothing_due') return false;
    if (claimed === 'settled') return true;
    const mail = await this.made(claimed, wave, study);
    if (mail === 'not_now') return false;
    if (mail !== 'settled') await this.settle(claimed.attempt, await this.mailer.send(mail));
    return true;
  }

  /** Reads the conditions under the lock and commits `sending` before anything leaves. */
  private async claim(
    tx: EntityManager,
    wave: OpenWave,
    study: Study,
    now: Date,
  ): Promise<Claimed | 'settled' | 'nothing_due'> {
    const attempt = await lockDueAttempt(tx, wave.id, now);
    if (!attempt) return 'nothing_due';
    const decision = decide(factsOf(attempt, wave, study), now);
    if (decision.kind === 'suppress') {
      await settleAttempt(tx, attempt, { state: 'suppressed', reason: decision.reason });
      return 'settled';
    }
    if (decision.kind === 'wait') {
      await settleAttempt(tx, attempt, { state: 'planned', reason: decision.reason, dueAt: decision.until });
      return 'settled';
    }
    const link = newToken();
    const stop = newToken();
    await addPersonalLink(tx, attempt, link.hash, stop.hash);
    await settleAttempt(tx, attempt, {
      state: 'sending',
      claimedAt: now,
      tries: attempt.tries + 1,
      locale: attempt.locale,
    });
    return { attempt, link: link.token, stop: stop.token };
  }

  /**
   * The message of a claim. Where it cannot be made nothing has left: it is planned again or has failed. While the vault
   * is away nobody's message can be made; that is no try, and no more are begun now.
   */
  private async made(claimed: Claimed, wave: OpenWave, study: Study): Promise<Mail | 'settled' | 'not_now'> {
    const { attempt } = claimed;
    try {
      const channel = attempt.channel as Channel;
      const to = await this.vault.reach(study.id, attempt.member_id, channel);
      if (to === undefined) throw NoAddress({ channel }); // with another master key, that would be everyone
      return await this.mailTo(to, claimed, wave, study);
    } catch (cause) {
      const code = cause instanceof Problem ? cause.code : (errorCode(cause) ?? 'not_made');
      log.error({ error: code }, 'a message could not be made and waits');
      const away = isDatabaseAway(cause);
      await this.settle(
        { ...attempt, tries: away ? attempt.tries - 1 : attempt.tries },
        { kind: 'later', code },
      );
      return away ? 'not_now' : 'settled';
    }
  }

  private async mailTo(
    to: string,
    { attempt, link, stop }: Claimed,
    wave: OpenWave,
    study: Study,
  ): Promise<Mail> {
    const { publicUrl, mailFrom } = this.config;
    const locale = attempt.locale;
    const unsubscribeUrl = `${publicUrl}/stop/${locale}/${stop}`;
    const step = wave.file.contactPlan.find((planned) => planned.step === attempt.step);
    const letter = await this.studies.letter(study.id, step?.letter ?? attempt.step, locale);
    const [from, until] = wave.file.minutes;
    return {
      to,
      from: mailFrom,
      messageId: messageIdOf(attempt, publicUrl),
      unsubscribeUrl,
      letter: renderLetter(
        letter,
        {
          link: `${publicUrl}/go/${study.file.code}/${wave.letter}/${locale}#${link}`,
          unsubscribeLink: unsubscribeUrl,
          minutes: from < until ? `${from}–${until}` : String(until),
          closesOn: new Intl.DateTimeFormat(locale, {
            day: 'numeric',
            month: 'long',
            timeZone: 'UTC',
          }).format(attempt.closes_at),
        },
        locale,
      ),
    };
  }

  private async settle(attempt: AttemptRow, delivery: Delivery): Promise<void> {
    const now = this.clock.now();
    messages.inc({ outcome: delivery.kind });
    if (delivery.kind === 'sent') {
      await this.db.transaction(async (tx) => {
        await settleAttempt(tx, attempt, {
          state: 'sent',
          sentAt: now,
          messageId: messageIdOf(attempt, this.config.publicUrl),
        });
        await markInvited(tx, attempt, dateOf(now));
      });
    } else if (delivery.kind === 'later' && attempt.tries + 1 < MOST_TRIES) {
      const backOffMinutes = Math.min(2 ** (attempt.tries + 1), LONGEST_BACK_OFF_MINUTES);
      await settleAttempt(this.db.manager, attempt, {
        state: 'planned',
        reason: delivery.code,
        dueAt: new Date(now.getTime() + backOffMinutes * 60_000),
        tries: attempt.tries + 1,
      });
    } else if (delivery.kind === 'refused' && delivery.bounced) {
      await this.db.transaction(async (tx) => {
        await settleAttempt(tx, attempt, { state: 'failed', reason: delivery.code });
        await markUndeliverable(tx, attempt, dateOf(now));
      });
    } else {
      const state = delivery.kind === 'unknown' ? 'unknown' : 'failed';
      await settleAttempt(this.db.manager, attempt, { state, reason: delivery.code });
    }
  }

  private async waveAndStudy(waveId: string): Promise<{ wave: OpenWave; study: Study }> {
    const wave = await this.waves.opened(waveId);
    return { wave, study: await this.studies.get(wave.studyId) };
  }
}

interface Claimed {
  attempt: AttemptRow;
  link: string;
  stop: string;
}

/** The facts of an attempt, from its row, its wave and its study. */
export function factsOf(row: AttemptRow, wave: OpenWave, study: Study): ContactFacts {
  return {
    caseState: row.case_state,
    memberStatus: row.member_status,
    channel: row.channel,
    memberChannels: row.member_channels,
    stopped: row.stopped,
    studyPaused: row.study_paused,
    waveClosed: row.wave_closed,
    waveClosesAt: row.closes_at,
    dueAt: row.due_at,
    isInvitation: wave.file.contactPlan[0]?.step === row.step,
    zones: contactZones(
      { timeZone: row.time_zone, country: row.residence_country, region: row.residence_region },
      plausibleZones(study.file, row.host_country),
      wave.file.contactHours,
      row.due_at,
    ),
    hours: wave.file.contactHours,
  };
}

/** The same for every try of one message, so that a mail server that got it twice can tell. */
const messageIdOf = ({ member_id, wave_id, step }: AttemptRow, publicUrl: string): string => {
  const id = createHash('sha256').update(`${member_id}/${wave_id}/${step}`).digest('hex').slice(0, 32);
  return `<${id}@${new URL(publicUrl).hostname}>`;
};
