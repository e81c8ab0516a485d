import { Inject, Injectable } from '@nestjs/common';
import { Api, GrammyError, HttpError } from 'grammy';
import { type Agent } from 'node:http';
import { CONFIG, type Config } from '../../kit/config.js';
import { errorCode } from '../../kit/error-code.js';
import { type BotFault } from './fault.js';
import { NoWebhookSecret, TelegramNotConfigured, TelegramRefused } from './telegram.problems.js';
import { UPDATES, WEBHOOK_PATH } from './update.js';

/** What the Bot API answered. grammY's errors hold the token's URL or the payload, so none of them leaves this file. */
export type BotAnswer<Result> = { ok: true; result: Result } | { ok: false; fault: BotFault };

/** Seconds for a request that is answered at once. */
const ANSWER_SECONDS = 30;
/** Seconds that Telegram keeps a request for updates open while there are none. */
const POLL_SECONDS = 25;

/** grammY's own kind of signal: the browser's, but for the parts that came later. */
type Signal = Parameters<Api['getMe']>[0];

/** The bot: the few methods of the Bot API that are used, by grammY. */
@Injectable()
export class TelegramBot {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Whether this process may speak for the bot. */
  get configured(): boolean {
    return this.config.telegram !== undefined;
  }

  /** Whether updates are asked for; else they are posted to the webhook. */
  get polls(): boolean {
    return this.configured && this.config.telegram?.webhookSecret === undefined;
  }

  /** @throws TelegramNotConfigured */
  get apiRoot(): string {
    return this.settings.apiRoot;
  }

  /**
   * Sends a plain text without previews, which cannot be forwarded.
   * @param over  sends it by this agent's connection
   */
  send(chatId: string, text: string, over?: Agent): Promise<BotAnswer<unknown>> {
    return answerOf(
      this.api(ANSWER_SECONDS, over).sendMessage(chatId, text, {
        link_preview_options: { is_disabled: true },
        protect_content: true,
      }),
    );
  }

  /** Updates from `offset` on, which confirms all before it. Waits for the first. */
  updates(
    offset: number | undefined,
    ending: AbortSignal,
  ): Promise<BotAnswer<readonly { update_id: number }[]>> {
    return answerOf(
      this.api(POLL_SECONDS + ANSWER_SECONDS).getUpdates(
        { ...(offset === undefined ? {} : { offset }), timeout: POLL_SECONDS, allowed_updates: UPDATES },
        ending as Signal,
      ),
    );
  }

  /** Without this Telegram refuses to be asked for updates, where it once posted them. */
  deleteWebhook(ending: AbortSignal): Promise<BotAnswer<unknown>> {
    return answerOf(this.api(ANSWER_SECONDS).deleteWebhook({}, ending as Signal));
  }

  /**
   * Has Telegram post updates to a process behind an address; those that wait are kept. One at a time, so that they come in their order.
   * @param root  without a path; default: the address that respondents open
   * @returns the whole address
   * @throws TelegramNotConfigured, NoWebhookSecret, TelegramRefused
   */
  async setWebhook(root = this.config.publicUrl): Promise<string> {
    const secret = this.settings.webhookSecret;
    if (!secret) throw NoWebhookSecret({});
    const url = new URL(WEBHOOK_PATH, root).href;
    const answer = await answerOf(
      this.api(ANSWER_SECONDS).setWebhook(url, {
        secret_token: secret,
        allowed_updates: UPDATES,
        max_connections: 1,
        drop_pending_updates: false,
      }),
    );
    if (!answer.ok) throw TelegramRefused({ fault: answer.fault.code });
    return url;
  }

  private api(timeoutSeconds: number, agent?: Agent): Api {
    const { token, apiRoot } = this.settings;
    // A redirect would carry the request, and the token in its address, to somewhere else.
    const baseFetchConfig = { redirect: 'error', ...(agent ? { agent } : {}) } as const;
    return new Api(token, { apiRoot, timeoutSeconds, sensitiveLogs: false, baseFetchConfig });
  }

  /** @throws TelegramNotConfigured */
  private get settings(): NonNullable<Config['telegram']> {
    if (!this.config.telegram) throw TelegramNotConfigured({});
    return this.config.telegram;
  }
}

async function answerOf<Result>(call: Promise<Result>): Promise<BotAnswer<Result>> {
  try {
    return { ok: true, result: await call };
  } catch (cause) {
    return { ok: false, fault: faultOf(cause) };
  }
}

function faultOf(cause: unknown): BotFault {
  if (cause instanceof GrammyError)
    return {
      code: `telegram_${cause.error_code}`,
      status: cause.error_code,
      description: cause.description,
      retryAfterSeconds: cause.parameters.retry_after,
    };
  if (!(cause instanceof HttpError)) throw cause;
  const code = `telegram_${errorCode(cause.error) ?? 'no_answer'}`;
  return { code, status: undefined, description: '', retryAfterSeconds: undefined };
}
