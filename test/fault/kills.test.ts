import { frozen, kills } from './kills.js';

jest.setTimeout(180_000); // processes start and crash: much longer where the machine is busy

test('R5: workers that are killed again and again send each message at most once', async () => {
  const found = await kills({ members: 600, workers: 4, everyMs: 300, hurry: true, mostKills: 3 });
  expect(found).toMatchObject({ planned: 600, suppressed: 12, failed: 0, left: 0, doubled: 0, faults: [] });
  expect(found.sent + found.unknown).toBe(588);
  expect(found.kills).toBeGreaterThan(0);
});

test('R5: a worker that stood still until others took its messages over sends none of them', async () => {
  const found = await frozen({ members: 200, realLease: false });
  expect(found).toMatchObject({ planned: 200, suppressed: 4, failed: 0, left: 0, doubled: 0, faults: [] });
  expect(found.sent + found.unknown).toBe(196);
});
