// What mail programs and people put around a link may follow it.
const TOKEN = /(?:^|#)([A-Za-z0-9_-]{43})[\s.,;:!?)\]}>"'»”]*$/;

/** The token in what a person pasted: a bare token or the whole link from a message; undefined for anything else. */
export const tokenIn = (text: unknown): string | undefined =>
  typeof text === 'string' && text.length < 2000 ? TOKEN.exec(text.trim())?.[1] : undefined;
