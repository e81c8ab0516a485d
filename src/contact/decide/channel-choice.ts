import { type Channel } from '../../study/channel.js';
import { type ChannelFacts } from './decision.js';

/** The channel of a message, or why there is none: `unsubscribed` where nothing but the person's stop stands in the way. */
export type ChannelChoice =
  { channel: Channel } | { channel: undefined; reason: 'unsubscribed' | 'no_channel'; words: string };

/**
 * The first channel in a step's order by which a person can be reached and agreed to be.
 * @param order     as the step has it
 * @param channels  what is known of each
 */
export function chooseChannel(
  order: readonly Channel[],
  channels: Readonly<Record<Channel, ChannelFacts>>,
): ChannelChoice {
  const channel = order.find((each) => !channels[each].stopped && isOpen(each, channels[each]));
  if (channel) return { channel };
  return {
    channel,
    reason: order.some((each) => isOpen(each, channels[each])) ? 'unsubscribed' : 'no_channel',
    words: order.map((each) => `${each}: ${obstacle(each, channels[each])}`).join('; '),
  };
}

/** E-mail is open unless they said no, any other channel only where they said yes. */
const isAgreed = (channel: Channel, { consent }: ChannelFacts): boolean =>
  channel === 'email' ? consent !== false : consent === true;

/** But for a stop, a message could go out by it. */
const isOpen = (channel: Channel, facts: ChannelFacts): boolean =>
  facts.address && facts.trouble === null && isAgreed(channel, facts);

const TROUBLE_WORDS: Record<NonNullable<ChannelFacts['trouble']>, string> = {
  bounced: 'messages came back',
  blocked: 'blocked by the person',
  complaint: 'a message was called unwanted',
  suppressed: 'the address is on the suppression list',
};

function obstacle(channel: Channel, facts: ChannelFacts): string {
  if (!facts.address) return 'no address';
  if (!isAgreed(channel, facts)) return facts.consent === false ? 'consent refused' : 'no consent';
  if (facts.trouble) return TROUBLE_WORDS[facts.trouble];
  return 'stopped by the person';
}
