import { Sweep } from '../../../src/contact/sweep.service.js';
import { IssueService } from '../../../src/wave/issue.service.js';
import { addPeople, openWave } from '../../make/app.js';
import { type Field, inTheField } from '../../make/field.js';
import { holdCase } from '../../make/held-row.js';
import { answered, closeWave, issuedIn, itIs } from './past.js';

const [STAYS, SKIPS_B, NO_RECONTACT, SILENT, GONE, MOVED, CHANGES_MIND, LATE, NEW, OTHERS] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
] as const;

let field: Field;
beforeAll(async () => {
  field = await inTheField(8, { invited: false });
  await answered(field, 'a', '2026-03-05', [STAYS, SKIPS_B, GONE, MOVED, CHANGES_MIND]);
  await answered(field, 'a', '2026-03-20', [LATE]);
  await answered(field, 'a', '2026-03-05', [NO_RECONTACT], false);
  await field.rows(`UPDATE member SET status = 'withdrawn' WHERE id = $1`, [field.members[GONE]]);
  await field.rows(`UPDATE member SET residence_country = 'DEU' WHERE id = $1`, [field.members[MOVED]]);
  itIs(field, '2026-04-02');
  await closeWave(field, 'a');
});
afterAll(() => field.close());

/** Who would get a case, and why the others would not, by the person's number. */
async function foretold(wave: string): Promise<Record<number, string>> {
  const found: Record<number, string> = {};
  for await (const one of field.services(IssueService).eligibility(field.study.id, wave))
    found[field.members.indexOf(one.memberId)] = one.issue ? 'yes' : `${one.reason}: ${one.words}`;
  return found;
}
const caseOf = async (person: number, wave: string) =>
  (
    await field.rows(
      'SELECT state, disposition, finished_on FROM issued_case WHERE member_id = $1 AND wave_id = $2',
      [field.members[person], `nrd-${wave}`],
    )
  )[0];

describe('wave b, six months after the last interview', () => {
  beforeAll(async () => {
    itIs(field, '2026-09-10');
  });

  it('says before it opens who would get a case, and of everyone else the one reason', async () => {
    expect(await foretold('b')).toEqual({
      [STAYS]: 'yes',
      [SKIPS_B]: 'yes',
      [NO_RECONTACT]: 'not_eligible: consent.recontact is false; consent.recontact = true is required.',
      [SILENT]: 'not_eligible: interviews is 0; interviews ≥ 1 is required.',
      [GONE]: 'left: is no longer a member: withdrawn',
      [MOVED]: 'yes',
      [CHANGES_MIND]: 'yes',
      [LATE]: 'too_early: their window begins on 2026-09-20',
    });
    expect(await issuedIn(field, 'b')).toEqual({});
  });

  it('issues to just these, each until their own window ends', async () => {
    expect(await openWave(field.services, field.study, 'b')).toMatchObject({ issued: 4, planned: 12 });
    // Who was due before the opening has the days from the opening.
    expect(await issuedIn(field, 'b')).toEqual({
      [STAYS]: '2026-10-10',
      [SKIPS_B]: '2026-10-10',
      [MOVED]: '2026-10-10',
      [CHANGES_MIND]: '2026-10-10',
    });
    expect((await foretold('b'))[STAYS]).toMatch(/^has_case/);
    expect(await openWave(field.services, field.study, 'b')).toMatchObject({ issued: 0, planned: 0 });
  });

  it('goes on issuing by the sweep, at most once an hour', async () => {
    itIs(field, '2026-09-19');
    await field.services(Sweep).run();
    await answered(field, 'a', '2026-03-19', [LATE], null); // and so due a day earlier
    await field.services(Sweep).run();
    expect(await issuedIn(field, 'b')).not.toHaveProperty(String(LATE));
    field.clock.moveTo(new Date(field.clock.now().getTime() + 3_600_000));
    await field.services(Sweep).run();
    expect(await issuedIn(field, 'b')).toMatchObject({ [LATE]: '2026-10-19' });
    const [planned] = await field.rows(
      `SELECT count(*)::int AS steps, min(due_at) AS first FROM contact_attempt WHERE member_id = $1 AND wave_id = 'nrd-b'`,
      [field.members[LATE]],
    );
    expect(planned).toEqual({ steps: 3, first: field.clock.now() });
  });

  it('ends the cases whose own window has closed, and leaves the others and the wave open', async () => {
    await answered(field, 'b', '2026-09-12', [STAYS]);
    await answered(field, 'b', '2026-09-12', [CHANGES_MIND], false);
    field.clock.moveTo(new Date('2026-10-10T08:00:00Z'));
    await field.rows(
      `UPDATE issued_case SET state = 'undeliverable' WHERE member_id = $1 AND wave_id = 'nrd-b'`,
      [field.members[MOVED]],
    );
    await field.services(Sweep).run();
    const ended = { finished_on: '2026-10-10' };
    expect(await caseOf(SKIPS_B, 'b')).toMatchObject({ ...ended, state: 'expired' });
    expect(await caseOf(MOVED, 'b')).toMatchObject({ ...ended, state: 'undeliverable', disposition: '3.30' });
    expect(await caseOf(LATE, 'b')).toMatchObject({ finished_on: null });
    expect(await field.rows(`SELECT closed_at FROM wave WHERE id = 'nrd-b'`)).toEqual([{ closed_at: null }]);
    expect(await caseOf(STAYS, 'b')).toMatchObject({ state: 'complete' });
  });
});

describe('wave c, with a refreshment cohort', () => {
  beforeAll(async () => {
    await answered(field, 'b', '2026-10-15', [LATE]);
    await closeWave(field, 'b');
    itIs(field, '2027-03-20');
    field.members.push(
      ...(await addPeople(field.services, field.study, [
        {
          email: 'new@synthetic.example',
          cohort: 'refreshment',
          recruiterId: field.members[STAYS],
          coupon: 'K-17',
        },
        { email: 'newer@synthetic.example', cohort: 'another' },
      ])),
    );
    await openWave(field.services, field.study, 'c');
  });

  it('takes back who skipped b, and takes in who is new; not who refused to be asked again', async () => {
    expect(Object.keys(await issuedIn(field, 'c')).map(Number)).toEqual([STAYS, SKIPS_B, MOVED, NEW]);
    const why = await foretold('c');
    expect(why[NO_RECONTACT]).toMatch(/^not_eligible/);
    expect(why[CHANGES_MIND]).toMatch(/^not_eligible.*consent.recontact is false/);
    expect(why[LATE]).toBe('too_early: their window begins on 2027-04-15');
    expect(why[OTHERS]).toMatch(/^not_eligible.*cohort is another/);
  });

  it('keeps who brought them', async () => {
    expect(
      await field.rows('SELECT recruiter_id, coupon FROM member WHERE id = $1', [field.members[NEW]]),
    ).toEqual([{ recruiter_id: field.members[STAYS], coupon: 'K-17' }]);
  });
});

describe('the facts', () => {
  const eligible = async (condition: object): Promise<number[]> => {
    await field.rows(
      `UPDATE wave SET definition = definition - 'window' || jsonb_build_object('eligibility', $1::jsonb) WHERE id = 'nrd-d'`,
      [JSON.stringify(condition)],
    );
    const found = await foretold('d');
    return Object.entries(found).flatMap(([person, said]) => (said === 'yes' ? [Number(person)] : []));
  };

  it('know the last decision of staff, where people live now, who was referred, and that a check-in is no interview', async () => {
    expect(await eligible({ fact: 'disposition.b', is: '3.30' })).toEqual([MOVED]);
    await field.rows(
      `INSERT INTO disposition_override SELECT $1, 'nrd-b', n, c, 'test', 'test', 'test', '2026-11-01'
       FROM (VALUES (1, '2.20'), (2, '2.26')) AS o(n, c)`,
      [field.members[MOVED]],
    );
    expect(await eligible({ fact: 'disposition.b', is: '2.26' })).toEqual([MOVED]);
    expect(await eligible({ fact: 'disposition.b', in: ['3.30', '2.20'] })).toEqual([]);
    expect(await eligible({ fact: 'residence.class', is: 'eu' })).toEqual([MOVED]);
    expect(await eligible({ fact: 'residence.country', is: 'SRB' })).not.toContain(MOVED);
    expect(await eligible({ fact: 'referred', is: true })).toEqual([NEW]);
    await field.rows(
      `INSERT INTO issued_case (member_id, wave_id, state, locale, issued_on, plan_from, finished_on)
       VALUES ($1, 'nrd-k', 'complete', 'ru', '2026-06-10', '2026-06-10', '2026-06-12')`,
      [field.members[SILENT]],
    );
    expect(await eligible({ fact: 'interviews', atLeast: 2 })).toEqual([STAYS, CHANGES_MIND, LATE]);
    expect(await eligible({ fact: 'interviews', atMost: 0 })).toEqual([SILENT, NEW, OTHERS]);
    expect(await eligible({ fact: 'status.k', is: 'complete' })).toEqual([SILENT]);
    expect(await eligible({ fact: 'months_since_interview', atLeast: 12 })).toEqual([
      SKIPS_B,
      NO_RECONTACT,
      MOVED,
    ]);
  });
});

it('who leaves while a wave opens gets no case', async () => {
  await field.rows(`UPDATE wave SET definition = definition - 'window' - 'eligibility' WHERE id = 'nrd-d'`);
  const row = await holdCase(field.database.url, field.members[STAYS]!);
  await row.client.query(`UPDATE member SET status = 'withdrawn' WHERE id = $1`, [field.members[STAYS]]);
  const opening = openWave(field.services, field.study, 'd');
  await row.waiters(1);
  await row.release();
  expect(await opening).toMatchObject({ issued: field.members.length - 2 }); // and one was gone before
  expect(await issuedIn(field, 'd')).not.toHaveProperty(String(STAYS));
});
