import { races } from './races.js';

jest.setTimeout(180_000); // far more than it takes where the machine is idle

test('R6: once it is acknowledged that someone has finished, left, paused or stopped, nothing is sent to them', async () => {
  const found = await races({ races: 150 });
  expect(found).toMatchObject({
    planned: 150,
    unknown: 0,
    failed: 0,
    doubled: 0,
    late: 0,
    leftAfterwards: 0,
    faults: [],
  });
});
