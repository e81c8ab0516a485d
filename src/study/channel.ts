/** Ways to reach a person. A letter on paper is not sent: staff fetch a file for a mail-merge. */
export const CHANNELS = ['email', 'telegram', 'letter'] as const;
export type Channel = (typeof CHANNELS)[number];
