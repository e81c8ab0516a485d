import { createHash } from 'node:crypto';

/**
 * A Message-ID that is the same for every try of one message, so that a mail server that got it twice can tell, and that tells nobody
 * what it is about.
 * @param about  what names the message
 */
export const messageIdOf = (about: string, publicUrl: string): string => {
  const id = createHash('sha256').update(about).digest('hex').slice(0, 32);
  return `<${id}@${new URL(publicUrl).hostname}>`;
};
