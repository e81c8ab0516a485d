import { type Reply, saveBody, type Visitor } from './visitor.js';

/** Every secret that canary tests send holds this word, or is this address, whatever its shape. */
export const CANARY = /canary|203\.0\.113\.77/i;
/** Of these, names of things (a study in a path, a key in a body) may be told to whoever misnamed them, and to nobody else. */
export const CONTENT = /canary(?!name)|203\.0\.113\.77/i;

const TOKEN = 'CANARYtoken'.padEnd(43, 'x');
const HEADERS: Record<string, string> = {
  'user-agent': 'canary-agent',
  referer: 'https://canary-referer.example/canary',
  'accept-language': 'canary-language',
  'x-forwarded-for': '203.0.113.77',
  'x-canary': 'canary-header',
  'x-onward': 'respond',
  'x-telegram-bot-api-secret-token': 'canary-secret-of-a-hook',
  authorization: 'Basic Y2FuYXJ5OmNhbmFyeQ==',
};
const FIELDS = [
  ...['saveId', 'link', 'by', 'as', 'choice', 'country', 'closesAt', 'fromOn', 'subject', 'locale', 'body'],
  ...['password', 'present', 'code', 'passkey', 'study', 'from', 'purpose', 'receipt'],
];
const PROFILE: Record<string, string> = {
  ...Object.fromEntries(FIELDS.map((name) => [name, `canary-${name}`])),
  token: TOKEN,
  address: 'canary-address@panel.example',
  email: 'canary-email@staff.example',
  next: '/canary-next?canary=canary',
};
const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** A body of a type, or none. */
export interface Body {
  type?: string;
  text?: string;
}

export const form = (fields: Record<string, string>): Body => ({
  type: FORM_TYPE,
  text: new URLSearchParams({ ...PROFILE, ...fields }).toString(),
});
export const json = (value: unknown): Body => ({ type: JSON_TYPE, text: JSON.stringify(value) });

/** Bodies of every kind, good and bad, full of canaries. */
const bodies = (): Body[] => [
  {},
  json(PROFILE),
  json([{ step: 'canary-step', 'canaryname-key': 'canary-value' }]),
  json(saveBody(0, { last_word: 'canary-answer', 'canaryname-item': 'canary' })),
  json(saveBody(0, { consent_take_part: 'yes', last_word: 'canary-answer' })),
  { type: JSON_TYPE, text: '{"canary-broken": canary' },
  { type: JSON_TYPE, text: `{"canary":${'['.repeat(40)}"canary"${']'.repeat(40)}}` },
  { type: JSON_TYPE, text: '{"__proto__":{"canary":"canary"}}' },
  form({}),
  { type: 'multipart/form-data; boundary=canary', text: '--canary\r\ncanary\r\n--canary--' },
  { type: 'text/canary', text: 'canary' },
  {
    type: 'message/rfc822',
    text: 'From: canary-sender@panel.example\r\nSubject: canary\r\n\r\ncanary\r\n',
  },
];

export interface Driving {
  visitor: Visitor;
  /** What the parameters of the pattern are; one that is not named is a canary. */
  params?: Record<string, string>;
  accept?: string;
  /** Headers in place of the canaries. */
  headers?: Record<string, string>;
  /** In place of bodies of every kind. */
  body?: Body;
  /** What stands in the address as well, such as `&choice=pause`. */
  query?: string;
}

/** Asks a route, `POST /stop/:locale/:token`, with canaries in path, query, headers, cookies and bodies. @returns every reply */
export async function drive(route: string, driving: Driving): Promise<Reply[]> {
  const { visitor, params = {}, accept = JSON_TYPE, headers = {}, body, query = '' } = driving;
  const [method = '', pattern = ''] = route.split(' ');
  const path = pattern
    .replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? `canaryname-${name}`))
    .replace('*', params['*'] ?? 'canary-rest');
  const wordless = method === 'GET' || method === 'DELETE';
  const replies: Reply[] = [];
  for (const { type, text } of wordless ? [{}] : body ? [body] : bodies())
    replies.push(
      await visitor.ask(`${path}?lang=canary&token=${TOKEN}&canary=canary${query}`, {
        method,
        headers: {
          ...HEADERS,
          accept,
          ...(type ? { 'content-type': type } : {}),
          ...(visitor.cookie === undefined ? { cookie: '__Host-onward=canary; onward-local=canary' } : {}),
          ...headers,
        },
        ...(text === undefined ? {} : { body: text }),
      }),
    );
  return replies;
}
