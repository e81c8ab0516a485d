import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../access/audit.service.js';
import { Clock, dateOf } from '../../kit/clock.js';
import { log } from '../../kit/log.node.js';
import { Problem } from '../../kit/problem.js';
import { addConsentChanges } from '../../consent/consent.queries.js';
import { lockMember, memberPages } from '../../panel/panel.queries.js';
import { StudyService } from '../../study/study.service.js';
import { writesToBoth } from '../../vault/both-databases.queries.js';
import { addTrouble, type ChannelTrouble } from '../../vault/trouble.queries.js';
import { ContactTaken } from '../../vault/vault.problems.js';
import { VaultService } from '../../vault/vault.service.js';
import { TelegramBot } from './bot.node.js';
import { type ChatReply, sayInChat } from './replies.js';
import { startCodeHash, telegramWords, type TelegramWords } from './start-code.node.js';
import {
  claimCode,
  clearBlocked,
  markSeen,
  openChannel,
  reachedBy,
  stopTelegram,
} from './telegram.queries.js';
import { readUpdate, type TelegramUpdate } from './update.js';

type Chat = NonNullable<TelegramUpdate['chat']>;

/** What the bot answers, and in which language. */
interface Answer {
  words: ChatReply;
  locale: string;
}

/** Works off what people do in their chat with the bot, in a process with access to the vault. */
@Injectable()
export class UpdateService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(VaultService) private readonly vault: VaultService,
    @Inject(TelegramBot) private readonly bot: TelegramBot,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /**
   * Works off an update, once, however often it comes. All that it changes here commits with the note that it was seen, and the vault
   * before that: a crash in between leaves the code as it was, Telegram sends the update again, and storing the same chat again changes
   * nothing. Only the reply may be lost; who then tries the code again is told that the chat is joined.
   */
  async takeUpdate(body: unknown): Promise<void> {
    const update = readUpdate(body);
    if (!update) {
      log.warn('Telegram sent something that is no update; it is left aside');
      return;
    }
    const { updateId, chat } = update;
    const answer = await this.db.transaction(async (tx) => {
      if (!(await markSeen(tx, updateId, this.today()))) return undefined;
      return chat && this.act(tx, chat);
    });
    if (!chat || !answer) return;
    const said = await this.bot.send(String(chat.id), sayInChat(answer.locale, answer.words));
    if (!said.ok) log.warn({ code: said.fault.code }, 'the bot could not answer; what was asked is done');
  }

  private async act(tx: EntityManager, chat: Chat): Promise<Answer | undefined> {
    const { act, language } = chat;
    if (act.kind === 'start' && act.code !== undefined) {
      const joined = await this.join(tx, String(chat.id), act.code);
      if (joined) return { words: 'joined', locale: joined };
    }
    const members = await this.membersOf(String(chat.id));
    const known = await reachedBy(tx, members);
    const locale = known[0]?.locale ?? language;
    switch (act.kind) {
      case 'start':
        await clearBlocked(tx, members);
        // A second tap on the same link, a reply that was lost, a chat that was blocked for a while: it is joined still.
        if (known.some(({ stopped }) => !stopped)) return { words: 'joined', locale };
        return { words: act.code === undefined ? 'how' : 'unknown', locale };
      case 'stop':
        await stopTelegram(tx, members, this.today());
        for (const memberId of members) await this.noteStop(tx, memberId);
        return { words: 'stopped', locale };
      case 'words':
        return { words: 'words', locale };
      case 'blocked':
        await addTrouble(
          tx,
          members.map((memberId) => blockedSince(memberId, this.today())),
        );
        return undefined;
      case 'unblocked':
        await clearBlocked(tx, members);
        return undefined;
    }
  }

  /** Joins a chat to the membership that a code stands for. @returns its locale, or undefined where the code is not good */
  private async join(tx: EntityManager, chatId: string, code: string): Promise<string | undefined> {
    const words = await this.wordsByStudy();
    const versions = new Set([undefined, ...[...words.values()].flat().map(({ version }) => version)]);
    const hashes = [...versions].map((version) => startCodeHash(code, version));
    const claimed = await claimCode(tx, hashes, this.today());
    if (!claimed) return undefined;
    const asked = words.get(claimed.study_id) ?? [];
    const shown = asked.find(({ version }) => startCodeHash(code, version).equals(claimed.code_hash));
    if (!shown && asked.length > 0) return undefined; // the words have changed since
    if ((await lockMember(tx, claimed.member_id)) !== 'active') return undefined;
    await writesToBoth(tx);
    try {
      await this.vault.put(claimed.study_id, claimed.member_id, 'telegram', chatId);
    } catch (cause) {
      // Another membership has this chat. Whose that is nobody is told; for the owner of the chat it is joined.
      if (cause instanceof Problem && cause.code === ContactTaken.code) return undefined;
      throw cause;
    }
    await openChannel(tx, claimed.member_id);
    if (shown) {
      const given = { purpose: shown.id, given: true, version: shown.version };
      const { member_id: memberId, locale } = claimed;
      await addConsentChanges(tx, memberId, [given], { locale, on: this.today(), way: 'own_page' });
    }
    return claimed.locale;
  }

  /** The members who are reached by a chat: at most one in each study. */
  private async membersOf(chatId: string): Promise<string[]> {
    const members: string[] = [];
    for (const { id } of await this.studies.all()) {
      const member = await this.vault.findMember(id, 'telegram', chatId, memberPages(this.db, id));
      if (member !== undefined) members.push(member);
    }
    return members;
  }

  private async wordsByStudy(): Promise<Map<string, TelegramWords[]>> {
    return new Map((await this.studies.all()).map(({ id, file }) => [id, telegramWords(file)]));
  }

  private noteStop(tx: EntityManager, memberId: string): Promise<void> {
    return this.audit.append(tx, {
      act: 'messages.stopped',
      actor: { kind: 'member', memberId },
      subject: { kind: 'member', id: memberId },
      detail: { channel: 'telegram', purpose: 'all' },
    });
  }

  private today(): string {
    return dateOf(this.clock.now());
  }
}

const blockedSince = (memberId: string, sinceOn: string): ChannelTrouble => ({
  memberId,
  channel: 'telegram',
  kind: 'blocked',
  reason: 'telegram_kicked',
  sinceOn,
});
