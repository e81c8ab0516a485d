import { randomUUID } from 'node:crypto';
import { PauseService } from '../../../src/panel/pause.service.js';
import { aDesk, type Desk, holdMember } from '../../make/message-desk.js';
import { anna, themselves } from '../../make/actors.js';

let desk: Desk;
let pauses: PauseService;
beforeAll(async () => {
  desk = await aDesk();
  pauses = desk.services(PauseService);
});
afterAll(() => desk.close());

const aMember = async () => (await desk.invited()).memberId;

it('pauses are kept in the order in which they were asked for, with who asked', async () => {
  const member = await aMember();
  await pauses.pause(member, { fromOn: '2026-07-01', untilOn: '2026-08-01' }, anna);
  await pauses.pause(member, { fromOn: '2026-03-02', untilOn: null }, themselves(member));
  expect(await pauses.of(member)).toEqual([
    { fromOn: '2026-07-01', untilOn: '2026-08-01', askedBy: 'staff' },
    { fromOn: '2026-03-02', untilOn: null, askedBy: 'respondent' },
  ]);
});

it('a pause that is asked for again, or lies within another, adds nothing', async () => {
  const member = await aMember();
  for (const untilOn of ['2026-04-01', '2026-04-01', '2026-03-15'])
    await pauses.pause(member, { fromOn: '2026-03-02', untilOn }, themselves(member));
  expect(await pauses.of(member)).toHaveLength(1);
});

it('resuming ends today what goes on, lets go what is to come, and leaves what is over', async () => {
  const member = await aMember();
  await desk.rows(
    `INSERT INTO member_pause VALUES ($1, 1, '2026-01-01', '2026-02-01', 'staff'), ($1, 2, '2026-02-20', NULL, 'staff'),
      ($1, 3, '2026-03-01', '2026-04-01', 'respondent'), ($1, 4, '2026-03-02', '2026-03-09', 'respondent'), ($1, 5, '2026-06-01', NULL, 'staff')`,
    [member],
  );
  await pauses.resume(member, themselves(member));
  await pauses.resume(member, themselves(member));
  expect(await pauses.of(member)).toEqual([
    { fromOn: '2026-01-01', untilOn: '2026-02-01', askedBy: 'staff' },
    { fromOn: '2026-02-20', untilOn: '2026-03-02', askedBy: 'staff' },
    { fromOn: '2026-03-01', untilOn: '2026-03-02', askedBy: 'respondent' },
  ]);
});

it('what cannot be a pause is refused with all that is wrong, and so is who is no member', async () => {
  const member = await aMember();
  await expect(pauses.pause(member, { fromOn: 'soon', untilOn: 'later' }, anna)).rejects.toMatchObject({
    code: 'panel.invalid_pause',
    status: 422,
    details: { findings: [expect.stringContaining('fromOn'), expect.stringContaining('untilOn')] },
  });
  expect(await pauses.of(member)).toEqual([]);
  for (const nobody of [randomUUID(), 'nobody']) {
    await expect(pauses.pause(nobody, { fromOn: '2026-03-02', untilOn: null }, anna)).rejects.toMatchObject({
      code: 'panel.unknown_member',
    });
    await expect(pauses.resume(nobody, anna)).rejects.toMatchObject({ code: 'panel.unknown_member' });
  }
});

it('two at once are kept one after the other', async () => {
  const member = await aMember();
  await Promise.all(
    ['04', '05', '06', '07'].map((month) =>
      pauses.pause(member, { fromOn: `2026-${month}-01`, untilOn: `2026-${month}-15` }, anna),
    ),
  );
  expect(await pauses.of(member)).toHaveLength(4);
});

it('a pause waits for the message that leaves just now: after it is acknowledged none does', async () => {
  const member = await aMember();
  const held = await holdMember(desk, member);
  const pausing = pauses.pause(member, { fromOn: '2026-03-02', untilOn: null }, anna);
  await held.waiters(1);
  await held.release();
  await pausing;
  expect(await pauses.of(member)).toHaveLength(1);
});
