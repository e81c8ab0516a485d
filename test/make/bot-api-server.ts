import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

/** What becomes of a message to a chat. */
export type ChatBehaviour =
  | 'ok'
  | 'blocked'
  | 'deactivated'
  | 'chat not found'
  | 'too long'
  | 'too many'
  | 'server error'
  | 'bad gateway'
  | 'hang'
  | 'hang up';

type Json = Record<string, unknown>;

/** A request that came in, with its parameters. */
export interface BotCall {
  method: string;
  parameters: Json;
}

/** A local server that speaks the Bot API over HTTP, for one bot. https://core.telegram.org/bots/api */
export interface BotApiServer {
  root: string;
  token: string;
  bot: string;
  /** Everything that was asked with the right token, in order. */
  calls: BotCall[];
  /** The texts that reached a chat. */
  textsTo(chat: number): string[];
  behave(chat: number, behaviour: ChatBehaviour): void;
  /** Every call is answered as if the token were unknown. */
  revokeToken(): void;
  /** Resolves once a condition on what came in holds, which is looked at after each call. */
  until(condition: () => boolean): Promise<void>;
  /** A message of a person to the bot, as an update; it waits for whoever asks. @returns the update's id */
  says(chat: number, text: string, language?: string): number;
  /** A person blocked the bot (`kicked`) or takes it back (`member`). */
  membership(chat: number, status: 'kicked' | 'member'): number;
  /** Posts an update to the webhook that was set, as often as it is called. @returns the status of the answer */
  post(updateId: number, secret?: string): Promise<number>;
  /** How many requests for updates are open now. */
  polling(): number;
  /** How many requests for updates another one has ended. */
  conflicts(): number;
  /** So many of the next requests for updates fail. */
  failUpdates(times: number): void;
  close(): Promise<void>;
}

/** What it asks for when it is asked too much: longer than the first back-off of our own. */
export const RETRY_AFTER_SECONDS = 17;
const FAILURES: Record<
  Exclude<ChatBehaviour, 'ok' | 'hang' | 'hang up' | 'bad gateway'>,
  [number, string]
> = {
  blocked: [403, 'Forbidden: bot was blocked by the user'],
  deactivated: [403, 'Forbidden: user is deactivated'],
  'chat not found': [400, 'Bad Request: chat not found'],
  'too long': [400, 'Bad Request: message is too long'],
  'too many': [429, `Too Many Requests: retry after ${RETRY_AFTER_SECONDS}`],
  'server error': [500, 'Internal Server Error'],
};
const TERMINATED =
  'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';
const WEBHOOK_ACTIVE =
  "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";

export async function botApiServer(): Promise<BotApiServer> {
  // Numbers and letters as @BotFather gives them, made up anew for every server.
  const token = `${1_000_000 + randomBytes(3).readUIntBE(0, 3)}:${randomBytes(30).toString('base64url')}`;
  const bot = 'onward_test_bot';
  const calls: BotCall[] = [];
  const behaviours = new Map<number, ChatBehaviour>();
  const updates = new Map<number, Json>();
  const watchers = new Set<() => void>();
  let webhook: { url: string; secret: string } | undefined;
  let poll: { reply: ServerResponse; answer: () => boolean; timer: NodeJS.Timeout } | undefined;
  let revoked = false;
  let conflicts = 0;
  let failing = 0;
  let lastUpdate = 1000;
  let lastMessage = 0;

  const endPoll = (act: (reply: ServerResponse) => void): void => {
    if (!poll) return;
    clearTimeout(poll.timer);
    const { reply } = poll;
    poll = undefined;
    act(reply);
  };

  const takeMessage = (parameters: Json, reply: ServerResponse): void => {
    const chat = Number(parameters['chat_id']);
    const text = parameters['text'];
    if (typeof text !== 'string' || text === '')
      return refuse(reply, 400, 'Bad Request: message text is empty');
    const behaviour = behaviours.get(chat) ?? 'ok';
    if (behaviour === 'hang') return;
    if (behaviour === 'hang up') return void reply.socket?.destroy();
    if (behaviour === 'bad gateway')
      return void reply.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502 Bad Gateway</h1>');
    if (behaviour === 'ok')
      return accept(reply, {
        message_id: (lastMessage += 1),
        date: 1772438400,
        chat: { id: chat, type: 'private', first_name: 'Synthetic' },
        text,
      });
    const [status, description] = FAILURES[behaviour];
    const parametersOf = behaviour === 'too many' ? { retry_after: RETRY_AFTER_SECONDS } : undefined;
    refuse(reply, status, description, parametersOf);
  };

  const giveUpdates = (parameters: Json, reply: ServerResponse): void => {
    if (webhook) return refuse(reply, 409, WEBHOOK_ACTIVE);
    endPoll((other) => {
      conflicts += 1;
      refuse(other, 409, TERMINATED);
    });
    if (failing > 0) {
      failing -= 1;
      return refuse(reply, ...FAILURES['server error']);
    }
    const offset = Number(parameters['offset'] ?? 0);
    for (const id of updates.keys()) if (id < offset) updates.delete(id);
    const answer = (): boolean => {
      if (updates.size > 0) endPoll((waiting) => accept(waiting, [...updates.values()]));
      return poll === undefined;
    };
    const timer = setTimeout(
      () => endPoll((waiting) => accept(waiting, [])),
      Number(parameters['timeout'] ?? 0) * 1000,
    );
    poll = { reply, answer, timer };
    reply.once('close', () => {
      if (poll?.reply === reply) endPoll(() => undefined);
    });
    answer();
  };

  const setWebhook = (parameters: Json, reply: ServerResponse): void => {
    const { url, secret_token: secret = '' } = parameters;
    if (typeof url !== 'string' || !URL.canParse(url))
      return refuse(reply, 400, 'Bad Request: bad webhook: URL host is empty');
    if (typeof secret !== 'string' || !/^[\w-]{0,256}$/.test(secret))
      return refuse(reply, 400, 'Bad Request: secret token contains unallowed characters');
    webhook = { url, secret };
    accept(reply, true);
  };

  const handle = async (request: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const [, given, method = ''] = /^\/bot([^/]+)\/(\w+)/.exec(request.url ?? '') ?? [];
    const parameters = await parametersOf(request);
    if (given === undefined || !/^\d+:[\w-]+$/.test(given)) return refuse(reply, 404, 'Not Found');
    if (given !== token || revoked) return refuse(reply, 401, 'Unauthorized');
    calls.push({ method, parameters });
    if (method === 'getMe')
      accept(reply, { id: Number(token.split(':')[0]), is_bot: true, first_name: 'Test', username: bot });
    else if (method === 'sendMessage') takeMessage(parameters, reply);
    else if (method === 'getUpdates') giveUpdates(parameters, reply);
    else if (method === 'setWebhook') setWebhook(parameters, reply);
    else if (method === 'deleteWebhook') {
      webhook = undefined;
      accept(reply, true);
    } else refuse(reply, 404, 'Not Found');
    for (const look of watchers) look();
  };

  const add = (chat: number, language: string, rest: (about: Json) => Json): number => {
    const id = (lastUpdate += 1);
    const about = {
      chat: { id: chat, type: 'private', first_name: 'Synthetic' },
      from: { id: chat, is_bot: false, first_name: 'Synthetic', language_code: language },
      date: 1772438400,
    };
    updates.set(id, { update_id: id, ...rest(about) });
    poll?.answer();
    return id;
  };

  const server = createServer((request, reply) => void handle(request, reply));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    root: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    bot,
    calls,
    textsTo: (chat) =>
      calls.flatMap(({ method, parameters }) =>
        method === 'sendMessage' && Number(parameters['chat_id']) === chat
          ? [String(parameters['text'])]
          : [],
      ),
    behave: (chat, behaviour) => void behaviours.set(chat, behaviour),
    revokeToken: () => void (revoked = true),
    until: (condition) =>
      new Promise((resolve) => {
        const look = () => {
          if (!condition()) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    says: (chat, text, language = 'ru') =>
      add(chat, language, (about) => ({ message: { message_id: (lastMessage += 1), ...about, text } })),
    membership: (chat, status) =>
      add(chat, 'ru', (about) => ({
        my_chat_member: {
          ...about,
          old_chat_member: { status: status === 'kicked' ? 'member' : 'kicked' },
          new_chat_member: { status },
        },
      })),
    async post(updateId, secret = webhook?.secret ?? '') {
      const body = JSON.stringify(updates.get(updateId));
      const answer = await fetch(webhook?.url ?? '', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(secret ? { 'x-telegram-bot-api-secret-token': secret } : {}),
        },
        body,
      });
      await answer.text();
      return answer.status;
    },
    polling: () => (poll ? 1 : 0),
    conflicts: () => conflicts,
    failUpdates: (times) => void (failing = times),
    close: async () => {
      endPoll((waiting) => void waiting.socket?.destroy());
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function accept(reply: ServerResponse, result: unknown): void {
  reply.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: true, result }));
}

function refuse(reply: ServerResponse, status: number, description: string, parameters?: Json): void {
  const body = { ok: false, error_code: status, description, ...(parameters ? { parameters } : {}) };
  reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Parameters come as JSON, as a form, or behind the address. */
async function parametersOf(request: IncomingMessage): Promise<Json> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts).toString();
  const inUrl = Object.fromEntries(new URL(request.url ?? '', 'http://localhost').searchParams);
  const isJson = request.headers['content-type']?.startsWith('application/json');
  const inBody = isJson ? (JSON.parse(body || '{}') as Json) : Object.fromEntries(new URLSearchParams(body));
  return { ...inUrl, ...inBody };
}
