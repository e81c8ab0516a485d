import { z } from 'zod';

/** The updates that Telegram is asked for; it keeps all others to itself. */
export const UPDATES = ['message', 'my_chat_member'] as const;

/** Where Telegram posts updates, in a process with access to the vault. */
export const WEBHOOK_PATH = '/telegram/webhook';

/** What a person did in their chat with the bot. A chat's number is all that is read of who they are. */
export type ChatAct =
  | { kind: 'start'; code: string | undefined }
  | { kind: 'stop' }
  | { kind: 'words' }
  | { kind: 'blocked' }
  | { kind: 'unblocked' };

export interface TelegramUpdate {
  updateId: number;
  /** Undefined where the update is about nothing that concerns us, such as a group. */
  chat: { id: number; language: string; act: ChatAct } | undefined;
}

const CHAT = z.looseObject({ id: z.int(), type: z.string() });
const FROM = z.looseObject({ language_code: z.string().optional() }).optional();
const UPDATE = z.looseObject({
  update_id: z.int(),
  message: z.looseObject({ chat: CHAT, from: FROM, text: z.string().optional() }).optional(),
  my_chat_member: z
    .looseObject({ chat: CHAT, from: FROM, new_chat_member: z.looseObject({ status: z.string() }) })
    .optional(),
});

/**
 * Reads an update as the Bot API sends it.
 * @returns undefined for what is no update
 * @see https://core.telegram.org/bots/api#update
 */
export function readUpdate(body: unknown): TelegramUpdate | undefined {
  const parsed = UPDATE.safeParse(body);
  if (!parsed.success) return undefined;
  const { update_id: updateId, message, my_chat_member: membership } = parsed.data;
  const about = message ?? membership;
  const act = message ? actIn(message.text) : membership && actOf(membership.new_chat_member.status);
  if (!about || !act || about.chat.type !== 'private') return { updateId, chat: undefined };
  return { updateId, chat: { id: about.chat.id, language: about.from?.language_code ?? '', act } };
}

/** The link `t.me/<bot>?start=CODE` arrives as the message `/start CODE`. */
function actIn(text = ''): ChatAct {
  const [command, code] = text.trim().split(/\s+/, 2);
  if (command === '/start') return { kind: 'start', code };
  return command === '/stop' ? { kind: 'stop' } : { kind: 'words' };
}

/** In a private chat `kicked` is the person blocking the bot, and `member` their unblocking it. */
function actOf(status: string): ChatAct | undefined {
  if (status === 'kicked') return { kind: 'blocked' };
  return status === 'member' ? { kind: 'unblocked' } : undefined;
}
