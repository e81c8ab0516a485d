import { sayInChat } from '../../../../src/contact/telegram/replies.js';
import { telegramCommands } from '../../../../src/contact/telegram/telegram.cli.js';
import { TelegramChannel } from '../../../../src/contact/telegram/telegram.channel.node.js';
import { VaultService } from '../../../../src/vault/vault.service.js';
import { runCommand } from '../../../make/command.js';
import { gateTo, through } from '../../../make/gate.js';
import { SECRET, STUDY, type TelegramTown, telegramTown } from './telegram-town.js';

let town: TelegramTown;
beforeEach(async () => {
  town = await telegramTown();
});
afterEach(() => town.close());

/** The person says something, and the bot answers. */
async function heard(chat: number): Promise<void> {
  const before = town.server.textsTo(chat).length;
  town.server.says(chat, '/start');
  await town.server.until(() => town.server.textsTo(chat).length > before);
}
const asked = () => town.server.calls.filter(({ method }) => method === 'getUpdates');
const holders = () =>
  town.rows<{ pid: number }>(
    `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );

/** Looks again until it is so. @throws after twenty seconds */
async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end;) if (await isSo()) return;
  throw new Error('It did not come to be so');
}

test('a person joins by polling, and a message reaches the chat that they joined', async () => {
  const person = await town.person();
  const code = await person.askForCode();
  town.server.says(800_001, `/start ${code}`); // before anybody asks: it waits at Telegram
  const worker = await town.start();
  await town.server.until(() => town.server.textsTo(800_001).length === 1);
  expect(town.server.textsTo(800_001)).toEqual([sayInChat('ru', 'joined')]);
  const chat = await worker.services(VaultService).reach(STUDY, person.id, 'telegram');
  expect(chat).toBe('800001');
  const letter = { subject: 'Новая анкета', text: 'Открыть: https://panel.example/go#x', html: '' };
  const message = {
    to: chat!,
    messageId: '<1@panel.example>',
    locale: 'ru',
    letter,
    unsubscribeUrl: undefined,
  };
  expect(await worker.services(TelegramChannel).send(message, async () => true)).toEqual({ kind: 'sent' });
  expect(town.server.textsTo(800_001).at(-1)).toBe('Новая анкета\n\nОткрыть: https://panel.example/go#x');
});

test('asks for what follows, so that nothing is worked off twice', async () => {
  const first = town.server.says(800_002, '/start');
  await town.start();
  await town.server.until(() => asked().length >= 2);
  await heard(800_002);
  await town.server.until(() => asked().length >= 3);
  expect(asked()[0]?.parameters).toEqual({ timeout: 25, allowed_updates: ['message', 'my_chat_member'] });
  expect(asked().map(({ parameters }) => parameters['offset'])).toEqual([undefined, first + 1, first + 2]);
  expect(town.server.textsTo(800_002)).toHaveLength(2);
});

test('of two processes one asks; the other takes over when that one dies, and when it ends', async () => {
  const [one, two] = [await town.start(), await town.start()];
  // The one that found the lock taken has let its transaction go.
  const letGo = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND query = 'ROLLBACK' AND state = 'idle'`;
  await eventually(async () => (await town.rows(letGo)).length > 0);
  await heard(800_003);
  expect(await holders()).toHaveLength(1);
  expect(town.server.conflicts()).toBe(0);

  const [{ pid }] = (await holders()) as [{ pid: number }];
  await town.rows('SELECT pg_terminate_backend($1)', [pid]);
  await town.server.until(
    () =>
      town.server.conflicts() > 0 ||
      town.server.calls.filter(({ method }) => method === 'deleteWebhook').length > 1,
  );
  await heard(800_003);
  const [after] = await holders();
  expect(after?.pid).not.toBe(pid);

  await one.close();
  await heard(800_003);
  await town.start();
  await two.close();
  await heard(800_003);
  expect(await holders()).toHaveLength(1);
  expect(town.server.textsTo(800_003)).toHaveLength(4);
}, 90_000);

test('with a webhook’s secret, in the web role, and without a bot nobody asks', async () => {
  await town.start({ TELEGRAM_WEBHOOK_SECRET: SECRET });
  await town.start({ TELEGRAM_TOKEN: '' });
  const worker = await town.start();
  await heard(800_004);
  expect(town.server.conflicts()).toBe(0);
  await worker.close();
  expect([await holders(), town.server.polling()]).toEqual([[], 0]);
});

test('takes updates from where a webhook once took them, and sets none without a secret', async () => {
  const posted = await town.start({ TELEGRAM_WEBHOOK_SECRET: SECRET });
  await runCommand(posted.services, telegramCommands, 'telegram', 'set-webhook', '--url', posted.url);
  const worker = await town.start();
  await heard(800_005);
  await expect(
    runCommand(worker.services, telegramCommands, 'telegram', 'set-webhook'),
  ).rejects.toMatchObject({
    code: 'contact.telegram_no_webhook_secret',
  });
});

test('waits while Telegram or the token fails, and goes on asking', async () => {
  town.server.failUpdates(2);
  await town.start();
  await heard(800_006);
  expect(asked().length).toBeGreaterThanOrEqual(3);
});

test('with the vault away updates wait, and are worked off once it is back', async () => {
  const gate = await gateTo(town.database.vaultUrl);
  gate.shut();
  const person = await town.person();
  town.server.says(800_009, `/start ${await person.askForCode()}`);
  const worker = await town.start({ VAULT_DATABASE_URL: through(town.database.vaultUrl, gate) });
  await town.server.until(() => asked().length >= 2);
  expect(town.server.textsTo(800_009)).toEqual([]);
  await eventually(async () => (await holders()).length === 0); // another process could try
  gate.open();
  await town.server.until(() => town.server.textsTo(800_009).length === 1);
  expect(await worker.services(VaultService).reach(STUDY, person.id, 'telegram')).toBe('800009');
  await worker.close();
  await gate.close();
});

test('an update that cannot be worked off holds up no other', async () => {
  await town.database.asOwner(
    `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cut off'; END $$`,
  );
  await town.database.asOwner(
    'CREATE TRIGGER fail BEFORE INSERT ON telegram_update FOR EACH ROW WHEN (NEW.update_id = 1001) EXECUTE FUNCTION fail()',
  );
  expect(town.server.says(800_007, '/start')).toBe(1001);
  await town.start();
  await heard(800_008);
  expect(town.server.textsTo(800_007)).toEqual([]);
});
