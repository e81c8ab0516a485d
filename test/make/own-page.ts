import { LinkRequestService } from '../../src/contact/link-request.service.js';
import { type Field } from './field.js';
import { Visitor } from './visitor.js';

const POST = (fields: Record<string, string>) => ({
  method: 'POST',
  body: new URLSearchParams(fields),
  headers: { accept: 'text/html' },
});

/** Answers what was asked for by mail. */
export const mailed = (field: Field): Promise<void> =>
  field.services(LinkRequestService).work(new AbortController().signal);

/** The newest proof of their mailbox that a person was sent: the token of the link to their own page. */
export async function proofOf(field: Field, person: number): Promise<string> {
  const asked = { address: field.emailOf(person), study: 'nrd', locale: 'ru' };
  await new Visitor(field.config.publicUrl).ask('/mine/link', POST(asked));
  await mailed(field);
  const letters = (await field.lettersTo(person)).map(
    ({ text }) => /\/mine\/open\/ru#([\w-]{43})/.exec(text)?.[1],
  );
  const token = letters.findLast((one) => one !== undefined);
  if (token === undefined) throw new Error('No link to their own page came');
  return token;
}

/** A browser in which a person has opened their own page. */
export async function ownPage(field: Field, person: number): Promise<Visitor> {
  const visitor = new Visitor(field.config.publicUrl);
  const opened = await visitor.ask('/mine/open', POST({ token: await proofOf(field, person), locale: 'ru' }));
  const [cookie] = opened.headers.getSetCookie();
  if (cookie === undefined) throw new Error(`The page did not open: ${opened.status}`);
  visitor.cookie = cookie.split(';', 1)[0];
  return visitor;
}
