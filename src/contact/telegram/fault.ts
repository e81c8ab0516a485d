import { type Delivery } from '../channel.js';

/** Why the Bot API did not do what it was asked. Nothing of the request is in it: that holds the token and the chat. */
export interface BotFault {
  /** Such as `telegram_403`, or `telegram_no_answer`. */
  code: string;
  /** The Bot API's `error_code`; undefined where no answer of its came back. */
  status: number | undefined;
  /** The Bot API's words, made for people, and the only sign by which some failures differ. */
  description: string;
  /** Seconds to leave the server alone, where it asked for that. */
  retryAfterSeconds: number | undefined;
}

/** There is no such chat any more, or there never was for this bot: the words of an answer 400. */
const NO_CHAT = /chat not found|user not found|PEER_ID_INVALID/i;

/**
 * What became of a message whose request had left.
 * @see https://core.telegram.org/bots/api#making-requests, #responseparameters
 */
export function deliveryAfter({ code, status, description, retryAfterSeconds }: BotFault): Delivery {
  if (status === undefined || status < 400 || status >= 500) return { kind: 'unknown', code };
  if (status === 429 || status === 401 || status === 404)
    return { kind: 'later', code, away: true, ...(retryAfterSeconds && { retryAfterSeconds }) };
  return status === 403 || NO_CHAT.test(description)
    ? { kind: 'refused', code, trouble: 'blocked' }
    : { kind: 'refused', code };
}
