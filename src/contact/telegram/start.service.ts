import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { NoSession } from '../../access/access.problems.js';
import { addDays, Clock, dateOf } from '../../kit/clock.js';
import { CONFIG, type Config } from '../../kit/config.js';
import { lockMember } from '../../panel/panel.queries.js';
import { residenceClass } from '../../residence/region.js';
import { StudyService } from '../../study/study.service.js';
import { newStartCode, startCodeHash, telegramWords, type TelegramWords } from './start-code.node.js';
import { TelegramNotConfigured } from './telegram.problems.js';
import { type CodeOwner, codeOwner, keepCode } from './telegram.queries.js';

const CODE_DAYS = 2;

/** The way from a member's own page to a chat: in the web role, which never learns of the chat. */
@Injectable()
export class StartService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(StudyService) private readonly studies: StudyService,
  ) {}

  /** The name of the bot; undefined where there is none, and Telegram is not offered. */
  get bot(): string | undefined {
    return this.config.telegramBot;
  }

  /**
   * The words by which this person is asked whether they may be written to by Telegram, by locale.
   * @returns undefined where the study asks for no such consent
   * @throws NoSession
   */
  async wordsFor(memberId: string): Promise<Record<string, string> | undefined> {
    return (await this.consentOf(await this.ownerOf(memberId)))?.text;
  }

  /**
   * A one-time code for joining a chat, and the link that brings it to the bot. It voids the member's earlier one.
   * @param locale  in which the words of the consent were shown
   * @throws NoSession, TelegramNotConfigured
   */
  async newCode(memberId: string, locale: string): Promise<{ code: string; link: string }> {
    if (!this.bot) throw TelegramNotConfigured({});
    const owner = await this.ownerOf(memberId);
    const consent = await this.consentOf(owner);
    const code = newStartCode();
    await this.db.transaction(async (tx) => {
      if ((await lockMember(tx, memberId)) !== 'active') throw NoSession({});
      const now = this.clock.now();
      await keepCode(tx, startCodeHash(code, consent?.version), memberId, locale, {
        today: dateOf(now),
        expiresOn: dateOf(addDays(now, CODE_DAYS)),
      });
    });
    return { code, link: `https://t.me/${this.bot}?start=${code}` };
  }

  private async ownerOf(memberId: string): Promise<CodeOwner> {
    const owner = await codeOwner(this.db, memberId);
    if (!owner) throw NoSession({});
    return owner;
  }

  private async consentOf({
    study_id,
    residence_country: country,
  }: CodeOwner): Promise<TelegramWords | undefined> {
    const { file } = await this.studies.get(study_id);
    const hosts = file.hostCountries.map(({ code }) => code);
    const residence = country ? residenceClass(country, dateOf(this.clock.now()), hosts) : undefined;
    const words = telegramWords(file);
    return (
      words.find((each) => residence !== undefined && each.residence === residence) ??
      words.find((each) => each.residence === undefined)
    );
  }
}
