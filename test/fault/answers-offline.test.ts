import { offline } from './answers-offline.js';

test('R4: a phone that was offline for thirty days gets its receipt, is kept in quarantine after the close, and leaves nothing after a withdrawal', async () => {
  const found = await offline({ people: 15 });
  expect(found).toMatchObject({
    lost: 0,
    doubled: 0,
    torn: 0,
    faults: [],
    quarantined: 24,
    rows: 12,
    refused: 24,
  });
  expect(found.stored).toBe(found.acknowledged);
});
