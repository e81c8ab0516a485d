import { symbols } from 'pino';
import { sayInChat } from '../../../../src/contact/telegram/replies.js';
import { StartService } from '../../../../src/contact/telegram/start.service.js';
import { telegramCommands } from '../../../../src/contact/telegram/telegram.cli.js';
import { addDays } from '../../../../src/kit/clock.js';
import { log } from '../../../../src/kit/log.node.js';
import { VaultService } from '../../../../src/vault/vault.service.js';
import { runCommand } from '../../../make/command.js';
import { gateTo, through } from '../../../make/gate.js';
import {
  type Person,
  SECRET,
  STUDY,
  type TelegramProcess,
  type TelegramTown,
  telegramTown,
} from './telegram-town.js';

let town: TelegramTown;
let worker: TelegramProcess;
let nextChat = 700_000;
const logged: string[] = [];

beforeAll(async () => {
  town = await telegramTown();
  worker = await town.start({ TELEGRAM_WEBHOOK_SECRET: SECRET });
  await runCommand(worker.services, telegramCommands, 'telegram', 'set-webhook', '--url', worker.url);
  Reflect.set(log, symbols.streamSym, { write: (line: string) => logged.push(line) });
  log.level = 'trace';
});
afterAll(async () => {
  log.level = 'silent';
  await town.close();
});

const chat = () => (nextChat += 1);
/** The person sends words to the bot, and Telegram posts them. @returns what the bot said last */
async function says(from: number, words: string, language?: string): Promise<string | undefined> {
  expect(await town.server.post(town.server.says(from, words, language))).toBe(200);
  return town.server.textsTo(from).at(-1);
}
const chatOf = ({ id }: Person) => worker.services(VaultService).reach(STUDY, id, 'telegram');
const channelsOf = async ({ id }: Person) =>
  (await town.rows<{ channels: string[] }>('SELECT channels FROM member WHERE id = $1', [id]))[0]?.channels;
const consentsOf = ({ id }: Person) =>
  town.rows(
    `SELECT purpose, given, text_version, locale, decided_on FROM consent_change
     WHERE member_id = $1 AND purpose = 'telegram' AND way = 'own_page'`,
    [id],
  );
const countOf = async (table: string, { id }: Person) =>
  (await town.rows(`SELECT FROM ${table} WHERE member_id = $1`, [id])).length;
const wordsOf = (page: string) => page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

describe('the page', () => {
  test('says what Telegram can see and shows the study’s own words, in both languages, and changes nothing', async () => {
    const person = await town.person();
    const russian = await person.page();
    expect(russian.status).toBe(200);
    expect(russian.headers.get('cache-control')).toBe('no-store');
    expect(wordsOf(russian.text)).toContain('Что видит Telegram');
    expect(wordsOf(russian.text)).toContain('Приглашения и напоминания можно присылать мне в Telegram.');
    const english = await person.page('?lang=en');
    expect(wordsOf(english.text)).toContain('What Telegram can see');
    expect(wordsOf(english.text)).toContain('Invitations and reminders may be sent to me on Telegram.');
    expect(await countOf('telegram_start', person)).toBe(0);
  });

  test('shows the words for where the person lives, and the consent names their version', async () => {
    await variantFor('eu', '2026-11-eu');
    const person = await town.person({ livesIn: 'DEU' });
    expect(wordsOf((await person.page()).text)).toContain('Слова для ЕС.');
    await says(chat(), `/start ${await person.askForCode()}`);
    expect(await consentsOf(person)).toMatchObject([{ text_version: '2026-11-eu' }]);
  });

  test('is for whoever has a session, is a member still, and comes from our own page', async () => {
    const stranger = await town.person();
    stranger.browser.cookie = undefined;
    expect((await stranger.page()).status).toBe(401);
    const person = await town.person();
    const post = (site: string) =>
      person.browser.ask('/respond/telegram', { method: 'POST', headers: { 'sec-fetch-site': site } });
    expect((await post('cross-site')).status).toBe(403);
    expect((await post('same-origin')).status).toBe(200);
    await town.rows(`UPDATE member SET status = 'withdrawn' WHERE id = $1`, [person.id]);
    expect((await person.page()).status).toBe(410);
    await expect(town.web.services(StartService).newCode(person.id, 'ru')).rejects.toMatchObject({
      code: 'access.no_session',
    });
  });

  test('says so where there is no bot', async () => {
    const person = await town.person();
    const bare = await town.start({ ONWARD_ROLE: 'web', TELEGRAM_TOKEN: '', TELEGRAM_BOT: '' });
    for (const method of ['GET', 'POST']) {
      const reply = await fetch(`${bare.url}/respond/telegram`, {
        method,
        headers: { cookie: person.browser.cookie ?? '', accept: 'text/html' },
      });
      expect([reply.status, await reply.text()]).toEqual([
        404,
        expect.stringContaining('Сообщений в Telegram здесь нет'),
      ]);
    }
    expect(await countOf('telegram_start', person)).toBe(0);
  });
});

describe('joining', () => {
  test('a code joins the chat to the membership: vault, channel, consent, and a word to the person', async () => {
    const person = await town.person({ locale: 'en' });
    await town.rows(
      `INSERT INTO channel_trouble (member_id, channel, kind, since_on) VALUES ($1, 'telegram', 'blocked', '2026-01-01')`,
      [person.id],
    );
    const from = chat();
    const code = await person.askForCode();
    const kept = await town.rows<{ code_hash: Buffer }>(
      'SELECT code_hash FROM telegram_start WHERE member_id = $1',
      [person.id],
    );
    expect(kept).toHaveLength(1);
    expect(JSON.stringify(kept[0]?.code_hash.toString('latin1'))).not.toContain(code);

    expect(await says(from, `/start ${code}`)).toBe(sayInChat('en', 'joined'));
    expect(await chatOf(person)).toBe(String(from));
    expect(await channelsOf(person)).toEqual(['email', 'telegram']);
    expect(await consentsOf(person)).toEqual([
      { purpose: 'telegram', given: true, text_version: '2026-11', locale: 'en', decided_on: '2026-03-02' },
    ]);
    for (const table of ['telegram_start', 'channel_trouble']) expect(await countOf(table, person)).toBe(0);
  });

  test('a consent that was withheld in the questionnaire is given now', async () => {
    const person = await town.person();
    await town.rows(
      `INSERT INTO consent (member_id, wave_id, purpose, given, text_version, locale, decided_on)
       VALUES ($1, 'nrd-a', 'telegram', false, 'old', 'en', '2026-03-01')`,
      [person.id],
    );
    await says(chat(), `/start ${await person.askForCode()}`);
    expect(await consentsOf(person)).toMatchObject([{ given: true, text_version: '2026-11', locale: 'ru' }]);
  });

  test('a code works once; in another chat it tells nothing, in its own the chat is joined still', async () => {
    const person = await town.person();
    const [first, other] = [chat(), chat()];
    const code = await person.askForCode();
    await says(first, `/start ${code}`);
    expect(await says(other, `/start ${code}`)).toBe(sayInChat('ru', 'unknown'));
    expect(await says(first, `/start ${code}`)).toBe(sayInChat('ru', 'joined'));
    expect(await chatOf(person)).toBe(String(first));
    expect(await channelsOf(person)).toEqual(['email', 'telegram']);
  });

  test('unknown, voided, lapsed and withdrawn get the same words', async () => {
    const said: (string | undefined)[] = [await says(chat(), '/start no-such-code', 'ru')];
    const person = await town.person();
    const voided = await person.askForCode();
    const good = await person.askForCode();
    said.push(await says(chat(), `/start ${voided}`));
    const withdrawn = await town.person();
    const code = await withdrawn.askForCode();
    await town.rows(`UPDATE member SET status = 'withdrawn' WHERE id = $1`, [withdrawn.id]);
    said.push(await says(chat(), `/start ${code}`));
    town.clock.moveTo(addDays(town.clock.now(), 2));
    expect(await says(chat(), `/start ${good}`)).toBe(sayInChat('ru', 'joined'));
    const late = await person.askForCode();
    town.clock.moveTo(addDays(town.clock.now(), 3));
    said.push(await says(chat(), `/start ${late}`));
    const forgotten = await town.person();
    await forgotten.askForCode();
    town.clock.moveTo(addDays(town.clock.now(), 3));
    await person.askForCode();
    expect(await countOf('telegram_start', forgotten)).toBe(0);
    expect(said).toEqual(Array(4).fill(sayInChat('ru', 'unknown')));
    expect(await chatOf(withdrawn)).toBeUndefined();
  });

  test('a code that was asked for under other words than stand now gives no consent', async () => {
    const person = await town.person();
    const code = await person.askForCode();
    await town.rows(
      `UPDATE study SET definition = jsonb_set(definition, '{consents,3,version}', '"2027-01"')`,
    );
    expect(await says(chat(), `/start ${code}`)).toBe(sayInChat('ru', 'unknown'));
    expect([await chatOf(person), await consentsOf(person)]).toEqual([undefined, []]);
    await town.rows(
      `UPDATE study SET definition = jsonb_set(definition, '{consents,3,version}', '"2026-11"')`,
    );
  });

  test('a study that asks for no such consent has chats joined without one; a code from then gives none later', async () => {
    const [first] = await town.rows<{ definition: object }>('SELECT definition FROM study');
    await town.rows(`UPDATE study SET definition = definition #- '{consents,3}'`);
    const person = await town.person();
    expect(wordsOf((await person.page()).text)).not.toContain('На что вы соглашаетесь');
    const other = await town.person();
    const code = await other.askForCode();
    expect(await says(chat(), `/start ${await person.askForCode()}`)).toBe(sayInChat('ru', 'joined'));
    expect([await channelsOf(person), await consentsOf(person)]).toEqual([['email', 'telegram'], []]);
    await town.rows('UPDATE study SET definition = $1', [JSON.stringify(first?.definition)]);
    expect(await says(chat(), `/start ${code}`)).toBe(sayInChat('ru', 'unknown'));
    expect([await chatOf(other), await channelsOf(other)]).toEqual([undefined, ['email']]);
  });

  test('a chat that another membership has is not taken from it', async () => {
    const [one, two] = [await town.person(), await town.person()];
    const from = chat();
    await says(from, `/start ${await one.askForCode()}`);
    await says(from, `/start ${await two.askForCode()}`);
    expect([await chatOf(one), await chatOf(two)]).toEqual([String(from), undefined]);
    expect([await channelsOf(two), await consentsOf(two)]).toEqual([['email'], []]);
  });

  test('what only one of the two databases took is repaired when Telegram sends the update again', async () => {
    const person = await town.person();
    const from = chat();
    const update = town.server.says(from, `/start ${await person.askForCode()}`);
    await town.database.asOwner(
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cut off'; END $$`,
    );
    await town.database.asOwner(
      'CREATE TRIGGER fail BEFORE INSERT ON consent_change FOR EACH ROW EXECUTE FUNCTION fail()',
    );
    expect(await town.server.post(update)).toBe(500);
    expect([await chatOf(person), await channelsOf(person)]).toEqual([String(from), ['email']]);
    expect([await countOf('telegram_start', person), town.server.textsTo(from)]).toEqual([1, []]);
    await town.database.asOwner('DROP FUNCTION fail CASCADE');
    expect(await town.server.post(update)).toBe(200);
    expect(await channelsOf(person)).toEqual(['email', 'telegram']);
    expect(town.server.textsTo(from)).toEqual([sayInChat('ru', 'joined')]);
  });

  test('with the vault away nothing is taken, and nothing lost', async () => {
    const gate = await gateTo(town.database.vaultUrl);
    const apart = await town.start({
      TELEGRAM_WEBHOOK_SECRET: SECRET,
      VAULT_DATABASE_URL: through(town.database.vaultUrl, gate),
    });
    const person = await town.person();
    const from = chat();
    const update = town.server.says(from, `/start ${await person.askForCode()}`);
    gate.shut();
    await runCommand(apart.services, telegramCommands, 'telegram', 'set-webhook', '--url', apart.url);
    expect(await town.server.post(update)).toBe(503);
    expect([await countOf('telegram_start', person), await channelsOf(person)]).toEqual([1, ['email']]);
    gate.open();
    expect(await town.server.post(update)).toBe(200);
    expect(await chatOf(person)).toBe(String(from));
    await runCommand(worker.services, telegramCommands, 'telegram', 'set-webhook', '--url', worker.url);
    await apart.close();
    await gate.close();
  });
});

describe('in the chat', () => {
  test('/stop stops all messages on Telegram, until the person joins again', async () => {
    const person = await town.person();
    const from = chat();
    const code = await person.askForCode();
    await says(from, `/start ${code}`);
    expect(await says(from, '/stop', 'en')).toBe(sayInChat('ru', 'stopped'));
    const stops = () =>
      town.rows('SELECT channel, purpose FROM message_stop WHERE member_id = $1', [person.id]);
    expect(await stops()).toEqual([{ channel: 'telegram', purpose: 'all' }]);
    expect(await says(from, `/start ${code}`)).toBe(sayInChat('ru', 'unknown'));
    expect(await says(from, '/start')).toBe(sayInChat('ru', 'how'));
    expect(await stops()).toHaveLength(1);
    expect(await says(from, `/start ${await person.askForCode()}`)).toBe(sayInChat('ru', 'joined'));
    expect(await stops()).toEqual([]);
  });

  test('a stranger is told how to join, and nothing else', async () => {
    const from = chat();
    expect(await says(from, '/start', 'en')).toBe(sayInChat('en', 'how'));
    expect(await says(from, '/stop', 'en')).toBe(sayInChat('en', 'stopped'));
    expect(await says(from, 'Hello?', 'de')).toBe(sayInChat('en', 'words'));
  });

  test('who left the study is told no more than a stranger', async () => {
    const person = await town.person();
    const from = chat();
    await says(from, `/start ${await person.askForCode()}`);
    expect(await says(from, '/start')).toBe(sayInChat('ru', 'joined'));
    await town.rows(`UPDATE member SET status = 'withdrawn' WHERE id = $1`, [person.id]);
    expect(await says(from, '/start')).toBe(sayInChat('ru', 'how'));
  });

  test('a person who blocks the bot is not written to, until they take it back', async () => {
    const person = await town.person();
    const from = chat();
    await says(from, `/start ${await person.askForCode()}`);
    const troubles = () =>
      town.rows('SELECT channel, kind, reason FROM channel_trouble WHERE member_id = $1', [person.id]);
    expect(await town.server.post(town.server.membership(from, 'kicked'))).toBe(200);
    expect(await troubles()).toEqual([{ channel: 'telegram', kind: 'blocked', reason: 'telegram_kicked' }]);
    expect(await town.server.post(town.server.membership(from, 'member'))).toBe(200);
    expect(await troubles()).toEqual([]);
    expect(town.server.textsTo(from)).toHaveLength(1);
  });

  test('a reply that Telegram does not take changes nothing of what was done', async () => {
    const person = await town.person();
    const from = chat();
    town.server.behave(from, 'blocked');
    expect(await town.server.post(town.server.says(from, `/start ${await person.askForCode()}`))).toBe(200);
    expect(await chatOf(person)).toBe(String(from));
  });
});

describe('the webhook', () => {
  test('is set with the secret, for the updates that are read, keeping those that wait', () => {
    const calls = town.server.calls.filter(({ method }) => method === 'setWebhook');
    expect(calls[0]?.parameters).toEqual({
      url: `${worker.url}/telegram/webhook`,
      secret_token: SECRET,
      allowed_updates: ['message', 'my_chat_member'],
      max_connections: 1,
      drop_pending_updates: false,
    });
  });

  test('without a secret, or without a bot, there is none to set', async () => {
    const set = (services: TelegramProcess['services']) =>
      runCommand(services, telegramCommands, 'telegram', 'set-webhook');
    const none = await town.start({ TELEGRAM_TOKEN: '' });
    await expect(set(none.services)).rejects.toMatchObject({ code: 'contact.telegram_off' });
    const wrong = await town.start({
      TELEGRAM_TOKEN: `1:${'x'.repeat(35)}`,
      TELEGRAM_WEBHOOK_SECRET: SECRET,
    });
    await expect(set(wrong.services)).rejects.toMatchObject({
      code: 'contact.telegram_refused',
      details: { fault: 'telegram_401' },
    });
  });

  test('takes nothing without the right secret', async () => {
    const person = await town.person();
    const from = chat();
    const update = town.server.says(from, `/start ${await person.askForCode()}`);
    for (const secret of ['another-secret-of-the-test', SECRET.slice(0, -1), 'x'])
      expect(await town.server.post(update, secret)).toBe(401);
    const bare = await fetch(`${worker.url}/telegram/webhook`, { method: 'POST' });
    expect([bare.status, await bare.json()]).toEqual([
      401,
      expect.objectContaining({ code: 'contact.telegram_webhook_refused' }),
    ]);
    expect([await chatOf(person), town.server.textsTo(from)]).toEqual([undefined, []]);
    expect(await town.server.post(update)).toBe(200);
  });

  test('an update counts once, however often and at once it comes', async () => {
    const from = chat();
    const update = town.server.says(from, '/start');
    const answers = await Promise.all(Array.from({ length: 6 }, () => town.server.post(update)));
    expect([...answers, await town.server.post(update)]).toEqual(Array(7).fill(200));
    expect(town.server.textsTo(from)).toHaveLength(1);
  });

  test('updates of a month ago are forgotten', async () => {
    await says(chat(), '/start');
    const seen = await town.rows('SELECT FROM telegram_update');
    expect(seen.length).toBeGreaterThan(0);
    town.clock.moveTo(addDays(town.clock.now(), 31));
    await says(chat(), '/start');
    expect(await town.rows('SELECT FROM telegram_update')).toHaveLength(1);
  });

  test('refuses what is too large, and passes over what is no update', async () => {
    const post = (body: string) =>
      fetch(`${worker.url}/telegram/webhook`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': SECRET },
        body,
      });
    expect((await post(JSON.stringify({ update_id: 1, text: 'x'.repeat(64 * 1024) }))).status).toBe(413);
    expect((await post(JSON.stringify({ hello: 'world' }))).status).toBe(200);
  });
});

test('the log tells no code, no chat, no token and no secret', () => {
  const text = logged.join('\n');
  expect(text).toContain('telegram_403');
  for (const secret of [town.server.token, SECRET, '70000', '/start ', 'start='])
    expect(text).not.toContain(secret);
});

/** Gives the study's consent to Telegram other words for those who live somewhere. */
async function variantFor(residence: string, version: string): Promise<void> {
  const variants = [{ residence, version, text: { ru: 'Слова для ЕС.', en: 'Words for the EU.' } }];
  await town.rows(`UPDATE study SET definition = jsonb_set(definition, '{consents,3,variants}', $1::jsonb)`, [
    JSON.stringify(variants),
  ]);
}
