import { randomUUID } from 'node:crypto';
import { AuditSealService } from '../../../src/access/audit-seal.service.js';
import { AuditVerifyService } from '../../../src/access/audit-verify.service.js';
import { erasureCommandsAsking } from '../../../src/rights/erasure.cli.js';
import { ErasureEndService } from '../../../src/rights/erasure-end.service.js';
import { TABLES_OF_A_MEMBER } from '../../../src/rights/erasure.queries.js';
import { ErasureService } from '../../../src/rights/erasure.service.js';
import { ReceiptService } from '../../../src/rights/receipt.service.js';
import { VaultService } from '../../../src/vault/vault.service.js';
import { anna } from '../../make/actors.js';
import { runCommand } from '../../make/command.js';
import { Desk } from '../../make/desk.js';
import { type Field, inTheField } from '../../make/field.js';
import { rowsWithout, tracesOf } from '../../make/traces.js';
import { type Visitor } from '../../make/visitor.js';
import { completeAnswers } from '../../make/wave-a-answers.js';
import { readyRelease } from '../../make/ready-release.js';

const CANARY = 'canary-9e1c';
const WHOLE = completeAnswers(4, { last_word: CANARY });
const LEFT = { status: 410, code: 'response.case_withdrawn' };

let field: Field;
beforeAll(async () => {
  field = await inTheField(12);
});
afterAll(() => field.close());

const idOf = (person: number): string => field.members[person] ?? '';
const erasure = () => field.services(ErasureService);
const end = () => field.services(ErasureEndService);
const erase = (person: number) => erasure().erase(idOf(person), anna);
const countOf = async (sql: string, ...values: unknown[]) => (await field.rows(sql, values)).length;
const wordsOf = (page: string) => page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const countsOfWave = async () =>
  Object.fromEntries(
    (await erasure().counts(field.study.id)).map(({ wave, disposition, erased }) => [
      wave === null ? 'members' : `${wave} ${disposition}`,
      erased,
    ]),
  );

test('every table that names a member is known, whether by a column or by what it refers to', async () => {
  const found = await field.database.asAdmin(
    `WITH RECURSIVE ours AS (
       SELECT oid FROM pg_class WHERE oid = 'member'::regclass
       UNION SELECT c.conrelid FROM pg_constraint c JOIN ours o ON c.confrelid = o.oid WHERE c.contype = 'f'
     ), named AS (
       SELECT attrelid AS oid FROM pg_attribute WHERE attname LIKE '%member\\_id' AND attnum > 0 AND NOT attisdropped
     )
     SELECT DISTINCT c.relname::text AS name FROM pg_class c
     WHERE c.oid IN (SELECT oid FROM ours UNION SELECT oid FROM named) AND c.relkind IN ('r', 'p')
       AND c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ('member', 'erasure_owed', 'release_row') ORDER BY 1`,
  );
  expect((found as { name: string }[]).map(({ name }) => name)).toEqual([...TABLES_OF_A_MEMBER].sort());
  // Whatever else refers to a member itself is let go by its own statement.
  expect(
    await field.database.asAdmin(
      `SELECT conname::text AS name FROM pg_constraint c WHERE contype = 'f' AND confrelid = 'member'::regclass
         AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) AND a.attname = 'member_id')`,
    ),
  ).toEqual([{ name: 'member_recruiter_fk' }]);
});

describe('a member of whom every table holds something', () => {
  const PERSON = 0;
  let phone: Visitor;
  let before: Record<string, string[]>;
  let receipt: { code: string };
  const leftOut = [
    'audit_entry',
    'audit_head',
    'erased_cases',
    'erased_members',
    'erased_leaf',
    'erasure_owed',
    'left_session',
    'release',
    'release_download',
    'release_part',
    'release_row', // goes with release_person
    'rights_receipt',
  ].map((name) => `public.${name}`);

  beforeAll(async () => {
    phone = await field.visit(PERSON);
    await field.visit(1).then((other) => other.submit(0, WHOLE));
    await phone.save(0, { consent_take_part: 'yes' });
    await phone.submit(1, WHOLE);
    await readyRelease(field);
    await fillWhatIsEmpty(idOf(PERSON));
    await field.rows('UPDATE member SET recruiter_id = $1, coupon = $2 WHERE id = $3', [
      idOf(PERSON),
      'C-1',
      idOf(1),
    ]);
    await field.services(AuditSealService).run();
    before = await rowsWithout(field.database, [idOf(PERSON)], [...leftOut, 'public.member']);
    for (const table of TABLES_OF_A_MEMBER)
      expect([
        table,
        await countOf(`SELECT FROM ${table} WHERE member_id = $1 LIMIT 1`, idOf(PERSON)),
      ]).toEqual([table, 1]);
    expect((await tracesOf(field.database, [CANARY])).length).toBeGreaterThan(1);
    receipt = await erase(PERSON);
  });

  test('is gone from every table at once, and in the vault once it was told', async () => {
    while ((await end().owed()).length > 0) await end().run();
    expect(
      await tracesOf(field.database, [idOf(PERSON), field.emailOf(PERSON), idOf(PERSON).replaceAll('-', '')]),
    ).toEqual([
      'main public.audit_entry', // an id that leads nowhere any more
    ]);
    expect(await tracesOf(field.database, [field.emailOf(PERSON)])).toEqual([]);
    const vault = field.services(VaultService);
    expect(await vault.reach(field.study.id, idOf(PERSON), 'email')).toBeUndefined();
    expect(await vault.reach(field.study.id, idOf(1), 'email')).toBe(field.emailOf(1));
  });

  test('took nothing of others along', async () => {
    expect(await rowsWithout(field.database, [idOf(PERSON)], [...leftOut, 'public.member'])).toEqual(before);
    expect(
      await field.rows('SELECT recruiter_id, coupon, status FROM member WHERE id = $1', [idOf(1)]),
    ).toEqual([{ recruiter_id: null, coupon: 'C-1', status: 'active' }]);
  });

  test('left the answers of one other member alone, and nothing of their own', async () => {
    const main = (await tracesOf(field.database, [CANARY])).sort();
    expect(main).toEqual(['main public.response', 'main public.revision']);
    expect(await countOf(`SELECT FROM response r WHERE r::text LIKE '%${CANARY}%'`)).toBe(1);
  });

  test('is counted as one who spoke, and the log says who erased them, with counts alone', async () => {
    expect(await countsOfWave()).toEqual({ members: 1, 'a 1.1': 1 });
    const entries = await field.rows<{ detail: string }>(
      `SELECT actor_kind, actor_id, study_id, subject_id, detail FROM audit_entry WHERE act = 'member.erased'`,
    );
    expect(
      entries.map(({ detail, ...entry }) => ({ ...entry, detail: JSON.parse(detail) as unknown })),
    ).toEqual([
      {
        actor_kind: 'shell',
        actor_id: 'Anna',
        study_id: field.study.id,
        subject_id: idOf(PERSON),
        detail: { cases: 1, leaves: 2 },
      },
    ]);
    expect((await field.services(AuditVerifyService).verify()).findings).toEqual([]);
  });

  test('holds a receipt that says so', async () => {
    expect(await field.services(ReceiptService).check(receipt.code)).toEqual({
      act: 'erase',
      on: '2026-03-02',
      state: 'done',
    });
  });

  test('is known on no device that they left open, and is told that they have left', async () => {
    expect((await phone.save(2, WHOLE)).json).toMatchObject(LEFT);
    expect((await phone.interview()).json).toMatchObject(LEFT);
    expect((await phone.ask('/respond/moved')).status).toBe(410);
    field.clock.moveTo(new Date('2026-04-17T08:00:00Z'));
    await end().run(); // a sweep clears what has lapsed
    expect((await phone.save(2, WHOLE)).json).toMatchObject({ status: 401 });
    expect(await countOf('SELECT FROM left_session')).toBe(0);
  });

  /** A row of each table in which the member has none yet: what is there is copied from columns' types. */
  async function fillWhatIsEmpty(memberId: string): Promise<void> {
    const bytes = Buffer.from(randomUUID());
    const wave = 'nrd-a';
    const fill: Record<string, [string, unknown[]]> = {
      telegram_start: [`VALUES ($2, $1, $3, 'ru', '2026-03-05')`, [bytes, wave]],
      rights_session: [`VALUES ($2, $1, now(), now())`, [bytes]],
      address_change: [`VALUES ($2, $1, $3, 'ru', now(), NULL)`, [randomUUID(), bytes]],
      rights_link: [`SELECT $2, $1, now(), id FROM address_change WHERE member_id = $1`, [bytes]],
      link_request: [
        `(id, study_id, locale, state, due_at, member_id, purpose) VALUES ($2, $3, 'ru', 'sent', now(), $1, 'interview')`,
        [randomUUID(), field.study.id],
      ],
      late_answers: [
        `VALUES ($1, $2, $3, $4, $3, 2, true, jsonb_build_object('last_word', $5::text), 'ru', '2026-03-02')`,
        [wave, randomUUID(), bytes, CANARY],
      ],
      case_feed: [`VALUES ($1, $2, jsonb_build_object('q', $3::text), '{}', '2026-03-02')`, [wave, CANARY]],
      disposition_override: [
        `VALUES ($1, $2, 1, '1.1', 'tenth', 'they said so', 'anna', '2026-03-02')`,
        [wave],
      ],
      consent_change: [
        `(member_id, purpose, given, text_version, locale, decided_on, way) VALUES ($1, 'archive', true, '1', 'ru', '2026-03-02', 'own_page')`,
        [],
      ],
      experiment_arm: [`VALUES ($1, 'mode', 'a', '2026-03-02')`, []],
      residence_move: [
        `VALUES ($1, 1, 'SRB', 'DEU', '2026-03-01', '2026-03-01', 'host_to_eu', 'month', 'stated', NULL)`,
        [],
      ],
      residence_spell: [
        `(member_id, seq, country, moved_in_on, precision, source_wave_id, since_nr, dating, fed_forward)
         VALUES ($1, 9, 'SRB', '2023-05-01', 'month', $2, 9, 'stated', 'not_shown')`,
        [wave],
      ],
      residence_revision: [`VALUES ($1, 9, $2, 'reported', '2026-03-02', '[]')`, [wave]],
      residence_report: [
        `VALUES ($1, 1, 'respondent', jsonb_build_object('res_same', $2::text), '2026-03-02')`,
        [CANARY],
      ],
      tracing_task: [`VALUES ($1, 1, $2, 'silent', '2026-03-02', NULL, NULL)`, [wave]],
      tracing_attempt: [`VALUES ($1, 1, 1, 'telegram', 'no_answer', '2026-03-02')`, []],
      channel_trouble: [`VALUES ($1, 'email', 'bounced', 'dsn_5.1.1', '2026-03-02')`, []],
      message_stop: [`VALUES ($1, 'email', '2026-03-02', 'check-in')`, []],
      member_pause: [`VALUES ($1, 1, '2026-03-02', NULL, 'respondent')`, []],
      release_person: [`SELECT $1, id, 123456789 FROM release`, []],
    };
    for (const [table, [sql, values]] of Object.entries(fill))
      if ((await countOf(`SELECT FROM ${table} WHERE member_id = $1`, memberId)) === 0)
        await field.rows(`INSERT INTO ${table} ${sql}`, [memberId, ...values]);
    await field.rows(`INSERT INTO release_file SELECT id, 1, 'xwave', '{}', 2 FROM release`);
    await field.rows(
      `INSERT INTO release_row SELECT id, 1, 1, 123456789, ARRAY['123456789', NULL, $1] FROM release`,
      [CANARY],
    );
  }
});

describe('at the command line', () => {
  let typed = '';
  let asked = 0;
  const commands = erasureCommandsAsking(() => {
    asked += 1;
    return Promise.resolve(typed);
  });
  const run = (...words: string[]) => runCommand(field.services, commands, ...words);
  const isThere = async (person: number) =>
    (await countOf('SELECT FROM member WHERE id = $1', idOf(person))) === 1;

  test('a member is erased by whoever types the id again', async () => {
    typed = idOf(3);
    expect(await run('member', 'erase', idOf(2), '--by', 'boris')).toMatchObject({ code: 2 });
    expect([asked, await isThere(2)]).toEqual([1, true]);
    typed = ` ${idOf(2).toUpperCase()} `;
    const said = await run('member', 'erase', idOf(2), '--study', 'nrd', '--by', 'boris');
    expect(said.lines.join('\n')).toMatch(
      /^The member was erased\. The receipt for them is [0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\.$/,
    );
    expect([said.code, asked, await isThere(2)]).toEqual([0, 2, false]);
    const [entry] = await field.rows(
      `SELECT actor_kind, actor_id FROM audit_entry WHERE act = 'member.erased' ORDER BY nr DESC LIMIT 1`,
    );
    expect(entry).toEqual({ actor_kind: 'shell', actor_id: 'boris' });
  });

  test('nobody is asked with --yes, and nobody is erased who is not in the study', async () => {
    const said = await run('member', 'erase', idOf(3), '--yes', '--json');
    expect(said.json).toMatchObject([{ member: idOf(3), on: '2026-04-17' }]);
    for (const member of [idOf(3), 'anna', randomUUID()])
      await expect(run('member', 'erase', member, '--yes')).rejects.toMatchObject({
        code: 'panel.unknown_member',
      });
    expect(asked).toBe(2);
  });

  test('what is still to be done, the ledger and the counts are told', async () => {
    while ((await end().owed()).length > 0) await end().run();
    expect(await run('erasure', 'pending')).toMatchObject({
      code: 0,
      lines: ['The vault has forgotten everybody who was erased.'],
    });
    await field.rows(`INSERT INTO erasure_owed VALUES ($1, $2, '2026-04-17', NULL)`, [
      idOf(4),
      field.study.id,
    ]);
    expect(await run('erasure', 'pending', '--json')).toMatchObject({
      code: 1,
      json: [{ member: idOf(4), study: field.study.id, erasedOn: '2026-04-17' }],
    });
    await field.rows('DELETE FROM erasure_owed');
    const { lines } = await run('erasure', 'ledger');
    expect(lines).toHaveLength(3);
    for (const line of lines)
      expect(line).toMatch(/^\{"name":"[0-9a-f]{64}","erasedOn":"2026-0[34]-\d\d"\}$/);
    expect(wordsOf((await new Desk(field).ask('GET', '/fieldwork/nrd')).text)).toContain(
      'Members who were erased: 3. The counts above do not hold them or their cases. ' +
        'Wave Disposition Cases A complete 1 A explicit refusal 2',
    );
    expect((await run('erasure', 'counts')).lines).toEqual([
      'members: 3',
      'wave a, 1.1: 1',
      'wave a, 2.111: 2',
    ]);
  });
});
