import { type FastifyReply } from 'fastify';

/**
 * The answer to a form that has acted: the browser gets the page that says so by itself, so that reloading it, or coming back to a phone
 * that had put it away, sends nothing again.
 * @param query  left out of the address where undefined
 * @returns the empty body
 */
export function seeOther(
  reply: FastifyReply,
  path: string,
  query: Readonly<Record<string, string | undefined>>,
): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) words.set(name, value);
  void reply.status(303).header('location', `${path}?${words}`);
  return '';
}
