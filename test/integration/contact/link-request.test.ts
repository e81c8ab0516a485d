import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { hashOf } from '../../../src/access/token.node.js';
import { LinkRequestProcessor } from '../../../src/contact/link-request.processor.js';
import { LinkRequestService } from '../../../src/contact/link-request.service.js';
import { MailChannel } from '../../../src/contact/mail/mail.channel.node.js';
import { DAY_MS, HOUR_MS } from '../../../src/kit/clock.js';
import { type Config } from '../../../src/kit/config.js';
import { log } from '../../../src/kit/log.node.js';
import { setStatus } from '../../../src/panel/panel.queries.js';
import { type CaseState } from '../../../src/wave/case-state.js';
import { sealBox } from '../../../src/vault/sealed-box.node.js';
import { vaultTown, type VaultTown } from '../../make/vault-town.js';

const CANARY = 'canary-41@synthetic.example';
const MINUTE_MS = 60_000;

/** What the mail server does with the next messages. */
const server = {
  says550: new Set<string>(),
  says451: 0,
};

let town: VaultTown;
/** A process without the vault, and one with it. */
let web: LinkRequestService;
let worker: LinkRequestService;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  town = await vaultTown({
    refuseRecipients: (address) => (server.says550.has(address) ? 'no such box' : undefined),
    beforeData: () => (server.says451-- > 0 ? Promise.reject(new Error('come again')) : Promise.resolve()),
  });
  web = requests({ role: 'web', vaultDatabaseUrl: undefined, masterKeys: undefined });
  worker = requests({});
  await town.db.query(
    `INSERT INTO questionnaire_version (id, study_id, content, imported_at) VALUES ('q', $1, '{}', now())`,
    [town.study.id],
  );
  for (const [nr, letter] of ['a', 'b', 'c'].entries())
    await town.db.query(
      `INSERT INTO wave (id, study_id, letter, definition, questionnaire_id, opened_at, closes_at)
       VALUES ($1, $2, $3, $4, 'q', $5, $6)`,
      [
        letter,
        town.study.id,
        letter,
        JSON.stringify(town.study.file.waves.find(({ id }) => id === letter)),
        new Date(now() - (10 - nr) * DAY_MS),
        new Date(now() + 60 * DAY_MS),
      ],
    );
});
beforeEach(async () => {
  await worker.publishKeys();
  server.says451 = 0;
});
afterEach(async () => {
  await town.db.query('DELETE FROM link_request');
  town.clock.moveTo(new Date(now() + 2 * DAY_MS)); // what one test sent is not of the next one's day
});
afterAll(async () => {
  for (const close of closers) await close();
  await town.close();
});

function requests(differs: Partial<Config>): LinkRequestService {
  const config = { ...town.config, ...differs };
  const mail = new MailChannel(config);
  closers.push(() => mail.close());
  return new LinkRequestService(town.db, town.clock, config, town.studies, town.vaultWith(differs), mail);
}
const now = () => town.clock.now().getTime();
const pass = (milliseconds: number) => town.clock.moveTo(new Date(now() + milliseconds));
const ask = (address: unknown, locale = 'ru') => web.ask('nrd', address, locale);
const work = () => worker.work(new AbortController().signal);
const states = async () =>
  (await town.rows<{ state: string }>('SELECT state FROM link_request ORDER BY state')).map(
    ({ state }) => state,
  );
const lettersTo = async (email: string) =>
  (await town.sink.messages()).filter(({ to }) => to.includes(email));
const rawOf = async (id: string) => ((await town.sink.raw(id)) ?? Buffer.of()).toString('utf8');
const messageIdOf = async (id: string) => /^Message-ID: (.*)$/im.exec(await rawOf(id))?.[1];

let count = 0;
/** A member with cases in some waves. */
async function member(cases: Record<string, CaseState> = { a: 'invited' }, locale = 'ru') {
  const email = `asker-${++count}@synthetic.example`;
  const [id = ''] = await town.add({ email, locale });
  for (const [wave, state] of Object.entries(cases))
    await town.db.query(
      `INSERT INTO issued_case (member_id, wave_id, state, locale, issued_on, plan_from) VALUES ($1, $2, $3, $4, $5::date, $5::timestamptz)`,
      [id, wave, state, locale, town.clock.now()],
    );
  return { id, email };
}

/** Where the links of a message lead: the newest one's token by its hash. */
async function waveOfLink(text: string): Promise<{ wave_id: string; member_id: string; step: string }[]> {
  const token = /#([A-Za-z0-9_-]{43})/.exec(text)?.[1] ?? '';
  return town.rows('SELECT wave_id, member_id, step FROM personal_link WHERE token_hash = $1', [
    hashOf(token),
  ]);
}

describe('a link that a person asks for', () => {
  it('comes to their address, in the language of the page, and opens their case', async () => {
    const { id, email } = await member({ a: 'started' });
    await ask(` ${email.toUpperCase()} `, 'en');
    await work();
    const [letter, ...more] = await lettersTo(email);
    expect(more).toEqual([]);
    expect(letter?.subject).toBe('A new link to the survey');
    expect(letter?.text).toContain(`${town.config.publicUrl}/go/nrd/a/en#`);
    expect(await waveOfLink(letter?.text ?? '')).toEqual([{ wave_id: 'a', member_id: id, step: 'new-link' }]);
    const head = (await rawOf(letter?.id ?? '')).split('\r\n\r\n')[0];
    expect(head).toMatch(/^Message-ID: <[0-9a-f]{32}@127\.0\.0\.1>$/im);
    expect(head).not.toMatch(/List-Unsubscribe/i);
    expect(await town.rows('SELECT state, sealed, claim, member_id FROM link_request')).toEqual([
      { state: 'sent', sealed: null, claim: null, member_id: id },
    ]);
  });

  it('is of the newest open wave in which they have something to answer', async () => {
    const both = await member({ a: 'started', b: 'undeliverable', c: 'complete' });
    await ask(both.email);
    await work();
    const [letter] = await lettersTo(both.email);
    expect(await waveOfLink(letter?.text ?? '')).toMatchObject([{ wave_id: 'b' }]);
  });

  it('comes without a link where nothing is open: finished, closed, or past the window of their own', async () => {
    const finished = await member({ a: 'complete', b: 'refused' });
    const past = await member({ a: 'invited', c: 'started' });
    await town.db.query(`UPDATE issued_case SET closes_at = $2 WHERE member_id = $1 AND wave_id = 'a'`, [
      past.id,
      town.clock.now(),
    ]);
    await town.db.query(`UPDATE wave SET closed_at = $1 WHERE id = 'c'`, [town.clock.now()]);
    for (const { email } of [finished, past]) await ask(email);
    await work();
    await town.db.query(`UPDATE wave SET closed_at = NULL WHERE id = 'c'`);
    for (const { email } of [finished, past]) {
      const [letter] = await lettersTo(email);
      expect(letter?.subject).toBe('Сейчас открытых опросов нет');
      expect(letter?.text).not.toContain('#');
    }
    expect(await states()).toEqual(['sent', 'sent']);
  });

  it('comes though they stopped messages; not to who has left, nor to an address that complained', async () => {
    const [stopped, left, complained] = [await member(), await member(), await member()];
    await town.db.query(
      `INSERT INTO message_stop (member_id, channel, purpose, stopped_on) VALUES ($1, 'email', 'all', now())`,
      [stopped.id],
    );
    await setStatus(town.db.manager, left.id, 'withdrawn');
    await town.vault.suppressAddressOf(town.study.id, complained.id, 'email', 'complaint');
    for (const { email } of [stopped, left, complained]) await ask(email);
    await work();
    expect(await lettersTo(stopped.email)).toHaveLength(1);
    for (const { email } of [left, complained]) expect(await lettersTo(email)).toEqual([]);
    expect(await states()).toEqual(['nobody', 'nobody', 'sent']);
  });

  it('is sent at most three times in a day to one member, however the address is written', async () => {
    const { email } = await member();
    for (const one of [email, email.toUpperCase(), ` ${email}`, email]) {
      await ask(one);
      await work();
    }
    expect(await states()).toEqual(['sent', 'sent', 'sent', 'too_many']);
    pass(DAY_MS);
    await ask(email);
    await work();
    expect(await lettersTo(email)).toHaveLength(4);
  });

  it('counts those under way, too: a mail server that is away does not heap them up', async () => {
    const { email } = await member();
    server.says451 = 3;
    for (let nr = 0; nr < 5; nr += 1) await ask(email);
    await work();
    expect(await states()).toEqual(['asked', 'asked', 'asked', 'too_many', 'too_many']);
    pass(2 * MINUTE_MS);
    await work();
    expect(await lettersTo(email)).toHaveLength(3);
  });
});

describe('asking', () => {
  it('leaves the same behind for known and unknown addresses, and an unknown one is nobody’s', async () => {
    const { email } = await member();
    const unknown = `somebody-else-altogether.${email}`;
    await ask(email);
    await ask(unknown);
    const kept = await town.rows<Record<string, unknown>>(
      `SELECT study_id, length(sealed) AS length, locale, state, tries, due_at, claim, member_id FROM link_request`,
    );
    expect(kept).toHaveLength(2);
    expect(kept[0]).toEqual(kept[1]);
    await work();
    expect(await states()).toEqual(['nobody', 'sent']);
    expect(await town.rows('SELECT FROM link_request WHERE sealed IS NOT NULL')).toEqual([]);
  });

  it.each([[undefined], [''], ['   '], [42], [['a@synthetic.example']], [{}], ['a'.repeat(321)]])(
    'with %j stores nothing and tells nothing',
    async (address) => {
      expect(await ask(address)).toBeUndefined();
      expect(await states()).toEqual([]);
    },
  );

  it('with what is no address is stored, and nobody’s', async () => {
    for (const text of ['a\0b@synthetic.example', 'Анна', "'; DROP TABLE member; --", '🙂'.repeat(100)])
      expect(await ask(text)).toBeUndefined();
    await work();
    expect(await states()).toEqual(['nobody', 'nobody', 'nobody', 'nobody']);
  });

  it.each(['', 'other', 'nrd\0', 'n'.repeat(9000)])('for the study %j tells nothing', async (code) => {
    expect(await web.ask(code, 'a@synthetic.example', 'ru')).toBeUndefined();
    expect(await states()).toEqual([]);
  });

  it('in a language that the study does not have is answered in its first one', async () => {
    const { email } = await member();
    await ask(email, 'x\0');
    await work();
    expect((await lettersTo(email))[0]?.subject).toBe('Новая ссылка на опрос');
  });

  it('stores at most 200 of a study that nobody has looked at, or that ended within a minute', async () => {
    for (let nr = 0; nr < 202; nr += 1) await ask(`nobody-${nr}@synthetic.example`);
    expect(await states()).toHaveLength(200);
    await work();
    await ask('nobody-1@synthetic.example');
    expect(new Set(await states())).toEqual(new Set(['nobody']));
    pass(MINUTE_MS);
    await ask('nobody-1@synthetic.example');
    expect(await states()).toContain('asked');
  });

  it('before any worker has published a key stores nothing, and says so in the log once', async () => {
    await town.db.query('DELETE FROM sealing_key');
    const warned = jest.spyOn(log, 'warn').mockReturnValue(undefined);
    await ask('a@synthetic.example');
    await ask('b@synthetic.example');
    expect(warned.mock.calls).toEqual([[expect.stringContaining('sealing key')]]);
    warned.mockRestore();
    expect(await states()).toEqual([]);
  });

  it('is possible again once a worker has tended to it, which also corrects a key of another vault', async () => {
    await town.db.query(`UPDATE sealing_key SET public_key = sha256('x')`);
    expect(await worker.tend()).toBe(false);
    expect(await town.rows('SELECT public_key FROM sealing_key')).toEqual([
      { public_key: await town.vault.sealingKey(town.study.id) },
    ]);
    const { email } = await member();
    await ask(email);
    expect(await worker.tend()).toBe(true);
    await new LinkRequestProcessor(worker).handle({}, new AbortController().signal);
    expect(await lettersTo(email)).toHaveLength(1);
  });

  it('is all that a process without the vault can do', async () => {
    const { email } = await member();
    await ask(email);
    await web.work(new AbortController().signal);
    expect(await states()).toEqual(['asked']);
    await expect(web.publishKeys()).rejects.toMatchObject({ code: 'vault.no_access' });
    expect(await lettersTo(email)).toEqual([]);
  });
});

describe('at least once', () => {
  it('what was sent and not settled is sent again when the claim lapses, with the same Message-ID', async () => {
    const { email } = await member();
    await ask(email);
    await town.database.asOwner(
      `CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'cut off'; END $$;
       CREATE TRIGGER cuts_off BEFORE UPDATE ON link_request FOR EACH ROW WHEN (NEW.state = 'sent') EXECUTE FUNCTION cut_off()`,
    );
    await expect(work()).rejects.toThrow('cut off');
    await town.database.asOwner('DROP FUNCTION cut_off CASCADE');
    expect(await lettersTo(email)).toHaveLength(1);
    expect(await states()).toEqual(['asked']);
    await work(); // whoever claimed it may still be at it
    expect(await lettersTo(email)).toHaveLength(1);
    pass(2 * MINUTE_MS);
    await work();
    const [first, second, ...more] = await lettersTo(email);
    expect(more).toEqual([]);
    expect(await messageIdOf(second?.id ?? '')).toBe(await messageIdOf(first?.id ?? ''));
    for (const letter of [first, second]) expect(await waveOfLink(letter?.text ?? '')).toHaveLength(1);
    expect(await states()).toEqual(['sent']);
  });

  it('what is not taken is tried again, later and later, ten times; then it has failed', async () => {
    const { email } = await member();
    await ask(email);
    server.says451 = 10;
    const waits: number[] = [];
    for (let nr = 0; nr < 10; nr += 1) {
      await work();
      const [row] = await town.rows<{ due_at: Date; state: string }>(
        'SELECT due_at, state FROM link_request',
      );
      if (row?.state !== 'asked') break;
      waits.push((row.due_at.getTime() - now()) / MINUTE_MS);
      town.clock.moveTo(row.due_at);
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 240, 240]);
    expect(await town.rows('SELECT state, sealed FROM link_request')).toEqual([
      { state: 'failed', sealed: null },
    ]);
    expect(await lettersTo(email)).toEqual([]);
  });

  it('what ends its process ten times is not tried again', async () => {
    const { email } = await member();
    await ask(email);
    await town.db.query('UPDATE link_request SET tries = 10');
    await work();
    expect(await states()).toEqual(['failed']);
    expect(await lettersTo(email)).toEqual([]);
  });

  it('what the mail server refuses for good has failed', async () => {
    const { email } = await member();
    server.says550.add(email);
    await ask(email);
    await work();
    expect(await town.rows('SELECT state, sealed FROM link_request')).toEqual([
      { state: 'failed', sealed: null },
    ]);
  });

  it('a letter that is missing waits until somebody wrote it', async () => {
    const { email } = await member();
    await town.db.query(`UPDATE letter SET name = 'put-away' WHERE name = 'new-link'`);
    await ask(email);
    await work();
    await town.db.query(`UPDATE letter SET name = 'new-link' WHERE name = 'put-away'`);
    expect(await states()).toEqual(['asked']);
    pass(2 * MINUTE_MS);
    await work();
    expect(await lettersTo(email)).toHaveLength(1);
  });

  it('a vault that is away costs no try, and nobody’s address is asked about in vain', async () => {
    const { email } = await member();
    const cutOff = requests({ vaultDatabaseUrl: 'postgres://onward_vault@127.0.0.1:1/vault' });
    await ask(email);
    await ask(CANARY);
    await cutOff.work(new AbortController().signal);
    const asked = town.clock.now();
    expect(await town.rows('SELECT tries, claim, due_at FROM link_request ORDER BY due_at')).toEqual([
      { tries: 0, claim: null, due_at: asked },
      { tries: 0, claim: null, due_at: new Date(asked.getTime() + MINUTE_MS) },
    ]);
    pass(MINUTE_MS);
    await work();
    expect(await states()).toEqual(['nobody', 'sent']);
  });

  it('a request that another worker is claiming is left to it', async () => {
    const [mine, theirs] = [await member(), await member()];
    await ask(theirs.email);
    const other = new pg.Client({ connectionString: town.database.url });
    await other.connect();
    await other.query('BEGIN');
    await other.query('SELECT FROM link_request FOR UPDATE');
    await ask(mine.email);
    await Promise.all([work(), work()]);
    expect(await lettersTo(mine.email)).toHaveLength(1);
    expect(await lettersTo(theirs.email)).toEqual([]);
    await other.query('ROLLBACK');
    await other.end();
    await work();
    expect(await lettersTo(theirs.email)).toHaveLength(1);
  });

  it('several workers at once answer each request once', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, () => member()));
    for (const { email } of people) await ask(email);
    await Promise.all([work(), work(), work()]);
    for (const { email } of people) expect(await lettersTo(email)).toHaveLength(1);
    expect(new Set(await states())).toEqual(new Set(['sent']));
  });

  it('a process that ends begins no more', async () => {
    await ask((await member()).email);
    await worker.work(AbortSignal.abort());
    expect(await town.rows('SELECT tries FROM link_request')).toEqual([{ tries: 0 }]);
  });

  it('nothing leaves behind a fence, nor while the study’s messages are held back', async () => {
    const { email } = await member();
    await ask(email);
    await town.db.query(`INSERT INTO sending_fence (database_identity, fenced_at) VALUES ('x', now())`);
    expect(await worker.tend()).toBe(false);
    await work();
    await town.db.query('DELETE FROM sending_fence');
    await town.db.query('UPDATE study SET sending_paused_at = now()');
    expect(await worker.tend()).toBe(false);
    await work();
    expect(await lettersTo(email)).toEqual([]);
    await town.db.query('UPDATE study SET sending_paused_at = NULL');
    await work();
    expect(await lettersTo(email)).toHaveLength(1);
  });
});

describe('the sealed address', () => {
  it('stands in no table of the main database in any form, at no time', async () => {
    await member();
    await town.add({ email: CANARY });
    await ask(CANARY);
    await ask('Canary-42@synthetic.example');
    await expectNoTrace();
    server.says451 = 1;
    await work();
    await expectNoTrace();
    pass(2 * MINUTE_MS);
    await work();
    expect(await lettersTo(CANARY)).toHaveLength(1);
    await expectNoTrace();
  });

  it('opens in the place of no other request, and in no other study', async () => {
    const [one, other] = [await member(), await member()];
    for (const { email } of [one, other]) await ask(email);
    await town.db.query(`UPDATE link_request r SET sealed = o.sealed FROM link_request o WHERE o.id <> r.id`);
    const id = randomUUID();
    const key = await town.vault.sealingKey('other-study');
    const box = sealBox(key, Buffer.from(one.email), { study: 'other-study', purpose: `link request ${id}` });
    await town.db.query(
      `INSERT INTO link_request (id, study_id, sealed, locale, state, due_at, purpose) VALUES ($1, $2, $3, 'ru', 'asked', $4, 'interview')`,
      [id, town.study.id, box, town.clock.now()],
    );
    await work();
    expect(await states()).toEqual(['failed', 'failed', 'failed']);
    for (const { email } of [one, other]) expect(await lettersTo(email)).toEqual([]);
  });

  it('is let go after three days, whatever held it up; what ended goes, too', async () => {
    await ask((await member()).email);
    await town.db.query('UPDATE study SET sending_paused_at = now()');
    pass(3 * DAY_MS);
    await worker.tend();
    expect(await states()).toEqual(['asked']);
    pass(1);
    await worker.tend();
    await town.db.query('UPDATE study SET sending_paused_at = NULL');
    expect(await town.rows('SELECT state, sealed FROM link_request')).toEqual([
      { state: 'failed', sealed: null },
    ]);
    await ask('nobody@synthetic.example');
    await ask((await member()).email);
    await work();
    expect(await states()).toEqual(['failed', 'nobody', 'sent']);
    pass(HOUR_MS + 1);
    await worker.tend();
    expect(await states()).toEqual(['failed', 'sent']);
    pass(7 * DAY_MS);
    await worker.tend();
    expect(await states()).toEqual([]);
  });
});

/** Looks at every value of every column of every table, for the canaries in the forms in which they could stand there. */
async function expectNoTrace(): Promise<void> {
  const columns = await town.rows<{ relation: string; name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS relation, quote_ident(column_name) AS name
     FROM information_schema.columns JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND t.table_type = 'BASE TABLE'`,
  );
  expect(columns.map(({ relation, name }) => `${relation}.${name}`)).toContain('public.link_request.sealed');
  const words = ['canary-41', 'canary-42', 'Canary-42'].flatMap((word) => [
    word,
    Buffer.from(word).toString('hex'),
    Buffer.from(word).toString('base64').slice(0, -2),
  ]);
  for (const { relation, name } of columns) {
    const found = await town.rows(`SELECT FROM ${relation} WHERE ${name}::text ~ $1`, [words.join('|')]);
    expect({ relation, name, found }).toEqual({ relation, name, found: [] });
  }
}
