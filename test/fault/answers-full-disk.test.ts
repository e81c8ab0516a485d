import { fullDisk } from './answers-full-disk.js';

jest.setTimeout(240_000); // processes start and crash: much longer where the machine is busy

test('R11: what was acknowledged outlasts a full disk and restarts of PostgreSQL', async () => {
  if (process.platform !== 'linux') return; // elsewhere there is no device that is always full
  const found = await fullDisk({ people: 50, by: 'device', fullSeconds: 1, restarts: 2 });
  expect(found).toMatchObject({ lost: 0, doubled: 0, torn: 0, faults: [] });
  expect(found.stored).toBe(found.acknowledged);
});
