import { LinkRequestService } from '../../../src/contact/link-request.service.js';
import { linkCommands } from '../../../src/response/shut.cli.js';
import { ShutService } from '../../../src/response/shut.service.js';
import { addDays } from '../../../src/kit/clock.js';
import { runCommand } from '../../make/command.js';
import { type Field, inTheField } from '../../make/field.js';
import { linkIn } from '../../make/respond-browser.js';
import { Visitor } from '../../make/visitor.js';

let field: Field;
let phones: Visitor[];
beforeAll(async () => {
  field = await inTheField(3);
  phones = await Promise.all([0, 1].map((person) => field.visit(person)));
  await phones[0]?.save(0, { consent_take_part: 'yes' });
});
afterAll(() => field.close());

const run = (...words: string[]) => runCommand(field.services, [linkCommands], 'links', ...words);
const inLetterTo = async (person: number): Promise<string> =>
  linkIn((await field.lettersTo(person)).at(-1)?.text).split('#')[1] ?? '';
const acts = (act: string) =>
  field.rows('SELECT actor_kind, detail FROM audit_entry WHERE act = $1 ORDER BY nr', [act]);

it('links end-sessions signs everybody out, and their links go on', async () => {
  expect((await run('end-sessions', '--by', 'Anna', '--json')).json).toEqual([{ sessions: 2 }]);
  for (const phone of phones) expect((await phone.interview()).status).toBe(401);
  const again = await field.visit(0);
  expect((await again.interview()).json).toMatchObject({ revision: 1 });
  expect(await acts('sessions.ended')).toMatchObject([{ actor_kind: 'shell' }]);
});

it('links revoke shuts every link that is out, keeps what was answered, and lets a fresh link in', async () => {
  const before = await Promise.all([0, 1, 2].map(inLetterTo));
  expect((await run('revoke', '--by', 'Anna', '--json')).json).toEqual([{ links: 3, sessions: 1 }]);
  for (const token of before) {
    const { status } = await new Visitor(field.config.publicUrl).open({ token, locale: 'ru' });
    expect([status, token.length]).toEqual([404, 43]);
  }
  expect(
    await field.rows('SELECT revision FROM issued_case WHERE member_id = $1', [field.members[0]]),
  ).toEqual([{ revision: 1 }]);
  const links = field.services(LinkRequestService);
  await links.publishKeys();
  await new Visitor(field.config.publicUrl).ask('/respond/link', {
    method: 'POST',
    body: new URLSearchParams({ address: field.emailOf(0), locale: 'ru', study: 'nrd' }),
  });
  await links.work(new AbortController().signal);
  const fresh = await inLetterTo(0);
  expect(before).not.toContain(fresh);
  expect((await new Visitor(field.config.publicUrl).open({ token: fresh, locale: 'ru' })).status).toBe(303);
  expect((await run('revoke', '--json')).json).toEqual([{ links: 1, sessions: 1 }]);
  expect(await acts('links.revoked')).toHaveLength(2);
});

it('a session that has lapsed is forgotten within a day', async () => {
  const sessions = () => field.rows('SELECT expires_on FROM respondent_session');
  await field.rows(
    `INSERT INTO respondent_session (token_hash, id, member_id, wave_id, expires_on)
     SELECT sha256('x'), gen_random_uuid(), member_id, wave_id, '2026-03-01' FROM issued_case WHERE member_id = $1`,
    [field.members[1]],
  );
  field.clock.moveTo(addDays(field.clock.now(), 1));
  await field.services(ShutService).forgetLapsed();
  expect(await sessions()).toEqual([]);
});
