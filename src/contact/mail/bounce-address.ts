/**
 * The envelope sender of one message: its id stands behind the name, so a bounce says what it is about, whatever is in it.
 * `bounces@panel.example` and `<1f…@panel.example>` make `bounces+1f…@panel.example`.
 * @see VERP, the variable envelope return path
 */
export function bounceAddress(base: string, messageId: string): string {
  const at = base.lastIndexOf('@');
  return `${base.slice(0, at)}+${idOf(messageId)}${base.slice(at)}`;
}

/**
 * The message that a bounce was sent back for, by the address it came to.
 * @param host  the right side of our message ids
 * @returns its Message-ID, or undefined where the text holds no such address
 */
export function messageIdByAddress(base: string, host: string, text: string): string | undefined {
  const at = base.lastIndexOf('@');
  const pattern = `${literal(base.slice(0, at))}\\+([0-9a-f]+)${literal(base.slice(at))}(?![\\w.-]*\\w)`;
  const id = new RegExp(`(?<![\\w.+-])${pattern}`, 'i').exec(text)?.[1];
  return id === undefined ? undefined : `<${id.toLowerCase()}@${host}>`;
}

/** The first Message-ID header of ours in a text: in what a bounce returns of the message. */
export function messageIdInText(host: string, text: string): string | undefined {
  const pattern = `^[ \\t>]*Message-ID:\\s*<([0-9a-f]+)@${literal(host)}>`;
  const id = new RegExp(pattern, 'im').exec(text)?.[1];
  return id === undefined ? undefined : `<${id.toLowerCase()}@${host}>`;
}

const idOf = (messageId: string): string => messageId.replace(/^<|@.*$/g, '');
const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
