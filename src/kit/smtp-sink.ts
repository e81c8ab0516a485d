/** A message that the local SMTP sink accepted. Addresses are those of the envelope. */
export interface SinkMessage {
  /** counts up from 000001; the raw message is `<id>.eml` */
  id: string;
  from: string;
  to: string[];
  subject: string;
  receivedAt: Date;
  text: string;
  html?: string;
}

/** One line of the index. */
export const indexLine = (message: SinkMessage): string => `${JSON.stringify(message)}\n`;

/** Reads the index; a last line without its end was never acknowledged and does not count. */
export function parseIndex(text: string): SinkMessage[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const stored = JSON.parse(line) as Omit<SinkMessage, 'receivedAt'> & { receivedAt: string };
      return { ...stored, receivedAt: new Date(stored.receivedAt) };
    });
}
