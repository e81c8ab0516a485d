import { serverAway } from './server-away.js';

jest.setTimeout(180_000); // processes start and crash: much longer where the machine is busy

test('messages wait for a mail server that goes away and comes back; none is lost or sent twice', async () => {
  const found = await serverAway({ members: 200, seconds: 3 });
  expect(found).toMatchObject({ planned: 200, suppressed: 4, failed: 0, left: 0, doubled: 0, faults: [] });
});
