import { ContactService } from '../../../src/contact/contact.service.js';
import { type PlannedContact } from '../../../src/contact/planned-contact.js';
import { SenderService } from '../../../src/contact/sender.service.js';
import { Sweep } from '../../../src/contact/sweep.service.js';
import { openWave } from '../../make/app.js';
import { type Field, inTheField } from '../../make/field.js';
import { answered, closeWave, itIs } from '../wave/past.js';

const [BELGRADE, SEATTLE, AMERICAN, KAZAKH] = [0, 1, 2, 3] as const;

let field: Field;
beforeAll(async () => {
  field = await inTheField([{}, {}, {}, { hostCountry: 'KAZ' }], { invited: false });
  await answered(field, 'a', '2026-03-05', [BELGRADE, SEATTLE, AMERICAN, KAZAKH]);
  await closeWave(field, 'a');
  const lives = (person: number, country: string | null, region: string | null) =>
    field.rows(
      'UPDATE member SET time_zone = NULL, residence_country = $2, residence_region = $3 WHERE id = $1',
      [field.members[person], country, region],
    );
  await lives(SEATTLE, 'USA', 'Сиэтл');
  await lives(AMERICAN, 'USA', null);
  await lives(KAZAKH, null, null);
  itIs(field, '2026-09-10');
  await openWave(field.services, field.study, 'b');
});
afterAll(() => field.close());

const planned = async (): Promise<Map<number, PlannedContact>> => {
  const found = new Map<number, PlannedContact>();
  for await (const one of field.services(ContactService).dryRun('nrd-b', field.clock.now()))
    if (one.step === 'invitation') found.set(field.members.indexOf(one.memberId), one);
  return found;
};

it('contact hours follow the place where people live now', async () => {
  const found = await planned();
  const zonesOf = (person: number) => found.get(person)?.zones;
  expect(zonesOf(BELGRADE)).toEqual(['Europe/Belgrade']);
  expect(zonesOf(SEATTLE)).toEqual(['America/Los_Angeles']);
  expect(zonesOf(AMERICAN)?.slice(0, 2)).toEqual(['America/New_York', 'America/Chicago']);
  expect(zonesOf(KAZAKH)).toContain('Asia/Oral');
  // 08:00 UTC: morning in Belgrade, night in Seattle, where it is 09:00 at 16:00 UTC.
  expect(found.get(BELGRADE)?.decision).toEqual({ kind: 'send', channel: 'email' });
  expect(found.get(SEATTLE)?.decision).toMatchObject({
    kind: 'wait',
    reason: 'quiet_hours',
    until: new Date('2026-09-10T16:00:00Z'),
  });
});

it('a letter names the end of the member’s own window', async () => {
  await field.deliver();
  const [letter] = await field.lettersTo(BELGRADE);
  expect(letter?.text).toContain('9 октября включительно'); // the wave itself is open until December
});

it('nothing goes out after a member’s own window has closed, though the wave is open', async () => {
  await field.rows(
    `UPDATE issued_case SET closes_at = '2026-09-12T00:00:00Z' WHERE member_id = $1 AND wave_id = 'nrd-b'`,
    [field.members[BELGRADE]],
  );
  field.clock.moveTo(new Date('2026-09-15T09:00:00Z'));
  await field.services(SenderService).sendDue('email', new AbortController().signal);
  const reminder = () =>
    field.rows(
      `SELECT state, reason FROM contact_attempt WHERE member_id = $1 AND step = 'reminder1' AND wave_id = 'nrd-b'`,
      [field.members[BELGRADE]],
    );
  expect(await reminder()).toEqual([{ state: 'suppressed', reason: 'wave_closed' }]);
  await field.services(Sweep).run();
  expect(await field.lettersTo(BELGRADE)).toHaveLength(1);
});
