import { randomBytes, randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { newToken } from '../../src/access/token.node.js';
import { newStartCode, startCodeHash, telegramWords } from '../../src/contact/telegram/start-code.node.js';
import { type SinkMessage } from '../../src/kit/smtp-sink.js';
import { type NewMember } from '../../src/panel/new-member.js';
import { type Study } from '../../src/study/study.service.js';
import { EnrolmentService } from '../../src/vault/enrolment.service.js';
import { VaultService } from '../../src/vault/vault.service.js';
import { anna } from '../make/actors.js';
import { loadStudy, openWave } from '../make/app.js';
import { deliveryReport } from '../make/bounce-mail.js';
import { nudgeSending, onward, until, visit } from '../make/processes.js';
import { INBOUND_KEY, type SeizureSite, WEBHOOK_SECRET } from './seizure-site.js';

/** One of these words is in every address, number, name, street and network address of the synthetic people, and nowhere else. */
export const CANARIES = {
  email: 'kanareyka',
  name: 'Канарейкин',
  street: 'Канареечн',
  chat: '73194628',
  network: '198.18.7.',
};

/** Somebody with addresses of all kinds, in the order in which they came in. */
export interface Canary {
  nr: number;
  memberId: string;
  email: string;
}

/** What was done, so that nothing is taken to be shown that did not happen. */
export interface Lived {
  people: Canary[];
  study: Study;
  done: Record<Act, number>;
}

const ACTS = [
  'bounces',
  'answers',
  'moves to another address',
  'asks for a link',
  'stops',
  'joins Telegram',
  'is silent',
] as const;
type Act = (typeof ACTS)[number];

const newAddress = (nr: number) =>
  `${CANARIES.email}.${nr}.${randomBytes(4).toString('hex')}@synthetic.example`;
const newChat = (nr: number) => Number(`${CANARIES.chat}${String(nr).padStart(7, '0')}`);
const networkOf = (nr: number) => `${CANARIES.network}${nr % 250}`;

/** A zone where it is early afternoon now, so that messages may leave. */
function earlyAfternoon(): string {
  const hoursBehind = new Date().getUTCHours() - 13;
  return `Etc/GMT${hoursBehind < 0 ? '' : '+'}${hoursBehind}`; // POSIX: plus is west
}

/** Enrols people, invites them over SMTP, and lets each do one of the acts, by the pages and hooks that they would use. */
export async function liveThere(site: SeizureSite, count: number): Promise<Lived> {
  const study = await loadStudy(site.services);
  const people = await enrolled(site, study, count);
  await openWave(site.services, study);
  await nudgeSending(site.env);
  await until('all are invited', async () => (await site.sink.messages()).length >= count, 240);
  const letters = new Map((await site.sink.messages()).map((message) => [message.to[0] ?? '', message]));
  const done = Object.fromEntries(ACTS.map((act) => [act, 0])) as Record<Act, number>;
  for (const [at, person] of people.entries()) {
    const act = ACTS[at % ACTS.length] ?? 'is silent';
    await LIVES[act](site, study, person, letters.get(person.email));
    done[act] += 1;
  }
  await tryTheDoors(site, people);
  await until(
    'whoever asked has a link',
    async () => (await site.query(`SELECT FROM link_request WHERE state = 'asked'`)).length === 0,
    120,
  );
  return { people, study, done };
}

/** Half by a file at the command line, as it comes in; the others one by one. */
async function enrolled(site: SeizureSite, study: Study, count: number): Promise<Canary[]> {
  const emails = Array.from({ length: count }, (_, nr) => newAddress(nr));
  const batch = Math.floor(count / 2);
  const file = join(tmpdir(), `onward-people-${randomUUID()}.csv`);
  const header =
    'email,host_country,locale,time_zone,postal_name,postal_lines,postal_postcode,postal_city,postal_country';
  const rows = emails.slice(0, batch).map((email, nr) => {
    const { name, lines, postcode, city, country } = postalOf(nr);
    return [
      email.toUpperCase(),
      'SRB',
      'ru',
      earlyAfternoon(),
      name,
      lines.join('|'),
      postcode,
      city,
      country,
    ].join();
  });
  await writeFile(file, [header, ...rows, ''].join('\n'));
  await site.logged(
    'panel-add',
    await onward({ ...site.env, LOG_LEVEL: 'debug' }, 'panel', 'add', '--file', file),
  );
  await rm(file);
  const vault = site.services(VaultService);
  const ids = new Map<string, string>();
  const members = async function* () {
    yield (await site.query<{ id: string }>('SELECT id FROM member')).map(({ id }) => id);
  };
  for (const email of emails.slice(0, batch)) {
    const id = await vault.findMember(study.id, 'email', email, members());
    if (id) ids.set(email, id);
  }
  for (const [at, email] of emails.slice(batch).entries()) {
    const person: NewMember = {
      email,
      postal: postalOf(batch + at),
      hostCountry: 'SRB',
      locale: 'ru',
      timeZone: earlyAfternoon(),
      cohort: 'baseline',
      recruitmentSource: 'test',
    };
    const [id = ''] = await site.services(EnrolmentService).add(study.id, [person], anna);
    ids.set(email, id);
  }
  return emails.map((email, nr) => ({ nr, email, memberId: ids.get(email) ?? '' }));
}

const postalOf = (nr: number) => ({
  name: `${CANARIES.name} ${nr}`,
  lines: [`${CANARIES.street}ая улица ${nr}`, `квартира ${(nr * 7) % 90}`],
  postcode: String(11000 + (nr % 900)),
  city: 'Белград',
  country: 'SRB',
});

type Live = (
  site: SeizureSite,
  study: Study,
  person: Canary,
  letter: SinkMessage | undefined,
) => Promise<void>;

const LIVES: Record<Act, Live> = {
  async bounces(site, _study, { nr, email }, letter) {
    const raw = deliveryReport({
      to: letter?.from ?? '',
      fields: [
        `Final-Recipient: rfc822; ${email}`,
        'Action: failed',
        'Status: 5.1.1',
        `Diagnostic-Code: smtp; 550 5.1.1 <${email}>: Recipient address rejected: User unknown`,
      ],
      words: `The mail system could not find ${email}.`,
    });
    await posted(nr, `${site.worker.url}/api/inbound/mail`, new Uint8Array(raw), {
      'content-type': 'message/rfc822',
      authorization: `Bearer ${INBOUND_KEY}`,
    });
  },
  async answers(site, _study, _person, letter) {
    const session = await visit(site.web.url, tokenIn(letter));
    await expectOk(await session.save(0, { country: 'SRB' }));
  },
  async 'moves to another address'(site, study, person) {
    await site.services(VaultService).put(study.id, person.memberId, 'email', newAddress(person.nr));
  },
  async 'asks for a link'(site, _study, { nr, email }) {
    await posted(nr, `${site.web.url}/respond/link`, new URLSearchParams({ address: email, locale: 'ru' }), {
      origin: site.env['PUBLIC_URL'] ?? '',
    });
  },
  async stops(site, _study, { nr }, letter) {
    const raw = (await site.sink.raw(letter?.id ?? ''))?.toString('latin1').replace(/\r\n[ \t]+/g, '') ?? '';
    const path = /^List-Unsubscribe:\s*<[^>]*?(\/stop\/[^>]+)>/m.exec(raw)?.[1] ?? '';
    await posted(nr, `${site.web.url}${path}`, new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }));
  },
  async 'joins Telegram'(site, study, { nr, memberId }) {
    const code = newStartCode();
    await site.services(DataSource).query(
      `INSERT INTO telegram_start (code_hash, member_id, wave_id, locale, expires_on)
       SELECT $1, member_id, wave_id, 'ru', current_date + 1 FROM issued_case WHERE member_id = $2`,
      [startCodeHash(code, telegramWords(study.file)[0]?.version), memberId],
    );
    const id = newChat(nr);
    const from = {
      id,
      is_bot: false,
      first_name: CANARIES.name,
      username: `${CANARIES.email}${nr}`,
      language_code: 'ru',
    };
    const message = { message_id: nr, date: 1, chat: { id, type: 'private' }, from, text: `/start ${code}` };
    await posted(nr, `${site.worker.url}/telegram/webhook`, JSON.stringify({ update_id: nr, message }), {
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': WEBHOOK_SECRET,
    });
  },
  'is silent': () => Promise.resolve(),
};

/** What goes wrong goes into no log either: addresses in queries and paths, in bodies that are none, of people who are in no panel. */
async function tryTheDoors(site: SeizureSite, people: readonly Canary[]): Promise<void> {
  const email = people[0]?.email ?? '';
  for (const path of [
    `/respond/link?address=${email}`,
    `/${email}`,
    `/stop/ru/${email}`,
    `/go/${email}/a/ru`,
    `/respond/link?study=${email}`,
  ])
    await fetch(site.web.url + path, {
      headers: { 'x-forwarded-for': networkOf(1), 'user-agent': CANARIES.email },
    });
  for (const url of [
    `${site.web.url}/respond/link`,
    `${site.web.url}/api/respond/revisions`,
    `${site.worker.url}/api/inbound/mail`,
  ])
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded'])
      await fetch(url, {
        method: 'POST',
        body: `{"address": "${email}"`,
        headers: { 'content-type': type, 'x-onward': 'respond' },
      });
  const stranger = { address: newAddress(-1), locale: 'ru' };
  await posted(2, `${site.web.url}/respond/link`, new URLSearchParams(stranger), {
    origin: site.env['PUBLIC_URL'] ?? '',
  });
  const again = site
    .services(EnrolmentService)
    .add(
      (await loadedStudy(site)) ?? '',
      [{ email, hostCountry: 'SRB', locale: 'ru', cohort: 'x', recruitmentSource: newToken().token }],
      anna,
    );
  await again.then(
    () => Promise.reject(new Error('Somebody was enrolled twice')),
    () => undefined, // refused, as the address is taken
  );
}

const loadedStudy = async (site: SeizureSite) =>
  (await site.query<{ id: string }>('SELECT id FROM study'))[0]?.id;

const tokenIn = (letter: SinkMessage | undefined): string =>
  /#([A-Za-z0-9_-]{43})/.exec(letter?.text ?? '')?.[1] ?? '';

async function posted(
  nr: number,
  url: string,
  body: RequestInit['body'],
  headers: Record<string, string> = {},
): Promise<void> {
  const all = { 'x-forwarded-for': networkOf(nr), ...headers };
  await expectOk(await fetch(url, { method: 'POST', body: body ?? null, headers: all, redirect: 'manual' }));
}

async function expectOk(answer: Response): Promise<void> {
  const text = await answer.text();
  if (answer.status >= 400)
    throw new Error(`${new URL(answer.url).pathname}: ${answer.status} ${text.slice(0, 200)}`);
}
