import { queueLoss } from './queue-loss.js';

jest.setTimeout(180_000); // processes start and crash: much longer where the machine is busy

const WHOLE = { planned: 300, sent: 294, suppressed: 6, unknown: 0, left: 0, doubled: 0, faults: [] };

test('R8: a campaign whose queue loses its tables goes on by itself; nothing is lost or sent twice', async () => {
  expect(await queueLoss({ members: 300, loss: 'schema' })).toMatchObject(WHOLE);
});

test('R8: a campaign whose queue is dropped again and again goes on; nothing is lost or sent twice', async () => {
  expect(await queueLoss({ members: 300, loss: 'drop', times: 5 })).toMatchObject({ ...WHOLE, losses: 5 });
});
