import { PROVEN_MS } from '../../../src/access/staff-session.js';
import { VaultService } from '../../../src/vault/vault.service.js';
import { postalValue } from '../../../src/vault/contact-value.js';
import { Desk } from '../../make/desk.js';
import { type Field, inTheField, oneMoreInstance } from '../../make/field.js';
import { Visitor } from '../../make/visitor.js';

const POSTAL = {
  name: 'Person One',
  lines: ['Synthetic street 1'],
  postcode: '11000',
  city: 'Belgrade',
  country: 'SRB',
};

let field: Field;
let manager: Desk;
beforeAll(async () => {
  field = await inTheField(3);
  manager = new Desk(field, { roles: ['field_manager'], study: 'nrd' });
  await field.services(VaultService).put(field.study.id, field.members[0]!, 'letter', postalValue(POSTAL));
});
afterAll(() => field.close());

const path = (person: number, what: string) => `/api/panel/nrd/members/${field.members[person]}/${what}`;
/** A request of the field manager whose second factor was proved just now. */
const proven = async (at: string, body: unknown = {}) =>
  manager.ask('POST', at, body, { cookie: (await manager.cookie(PROVEN_MS)) ?? '' });
const acts = (act: string) =>
  field.rows('SELECT actor_kind, subject_id, detail FROM audit_entry WHERE act = $1', [act]);

describe('the addresses of a member', () => {
  it('are shown after the second factor alone, and the log has it', async () => {
    expect((await manager.ask('POST', path(0, 'contacts'), {})).json).toMatchObject({
      status: 403,
      code: 'access.step_up_needed',
    });
    expect(await acts('contacts.revealed')).toEqual([]);
    const shown = await proven(path(0, 'contacts'));
    expect(shown.status).toBe(200);
    expect(shown.json).toEqual({ email: field.emailOf(0), telegram: null, letter: POSTAL });
    expect(shown.headers.get('cache-control')).toContain('no-store');
    expect(await acts('contacts.revealed')).toEqual([
      { actor_kind: 'staff', subject_id: field.members[0], detail: null },
    ]);
  });

  it('are not shown by a process without the vault, nor noted as shown', async () => {
    const before = await acts('contacts.revealed');
    const web = await oneMoreInstance(field, { role: 'web', vaultDatabaseUrl: undefined, masterKeys: [] });
    const reply = await new Visitor(web.url).ask(path(0, 'contacts'), {
      method: 'POST',
      headers: { cookie: (await manager.cookie(PROVEN_MS)) ?? '' },
    });
    await web.close();
    expect(reply.json).toMatchObject({ status: 409, code: 'vault.no_addresses_here' });
    expect(await acts('contacts.revealed')).toEqual(before);
  });
});

describe('the erasure of a member by staff', () => {
  it('needs the second factor, and the id once more', async () => {
    const typed = { member: field.members[1] };
    expect((await manager.ask('POST', path(1, 'erasure'), typed)).json).toMatchObject({
      code: 'access.step_up_needed',
    });
    for (const body of [{}, { member: field.members[2] }, { member: 'all' }])
      expect((await proven(path(1, 'erasure'), body)).status).toBe(422);
    expect(await field.rows('SELECT FROM member')).toHaveLength(3);
  });

  it('leaves nothing of them, and gives a receipt that can be checked', async () => {
    const done = await proven(path(1, 'erasure'), { member: field.members[1] });
    expect(done.json).toMatchObject({
      act: 'erase',
      code: expect.stringMatching(/^\w{4}-\w{4}-\w{4}$/) as string,
    });
    expect(await field.rows('SELECT FROM member WHERE id = $1', [field.members[1]])).toEqual([]);
    expect(await acts('member.erased')).toMatchObject([{ actor_kind: 'staff' }]);
    expect((await proven(path(1, 'erasure'), { member: field.members[1] })).status).toBe(404);
    expect((await proven(path(1, 'contacts'))).status).toBe(404);
  });
});
