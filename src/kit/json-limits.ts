/** Bounds of JSON that is sent to us, looked at in the text itself, before a value is built of it. */
export const JSON_LIMITS = { depth: 32, keys: 10_000, values: 50_000 } as const;

export type JsonExcess = 'too deep' | 'too many keys' | 'too many values';

const [QUOTE, BACKSLASH, COMMA, COLON] = [34, 92, 44, 58];
const OPENS = new Set([91, 123]);
const CLOSES = new Set([93, 125]);

/**
 * Walks over a JSON text once, without recursion, and says what there is too much of. What is no JSON may pass: the parser refuses it.
 * @returns undefined where the text is within bounds
 */
export function jsonExcess(text: string, limits = JSON_LIMITS): JsonExcess | undefined {
  let depth = 0;
  let keys = 0;
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) {
      at = endOfString(text, at + 1);
    } else if (OPENS.has(sign)) {
      if (++depth > limits.depth) return 'too deep';
    } else if (CLOSES.has(sign)) depth--;
    else if (sign === COLON) {
      if (++keys > limits.keys) return 'too many keys';
    } else if (sign === COMMA && ++values > limits.values) return 'too many values';
  }
  return undefined;
}

function endOfString(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}
