import { answerKills } from './answers-kills.js';

jest.setTimeout(240_000); // processes start and crash: much longer where the machine is busy

test('R1: what was acknowledged is stored once and whole, whichever process is killed', async () => {
  const found = await answerKills({ acts: 500, everyMs: 700, mostKills: 6 });
  expect(found).toMatchObject({ lost: 0, doubled: 0, torn: 0, faults: [] });
  expect(found.stored).toBe(found.acknowledged);
  expect(found.acknowledged).toBeGreaterThan(400);
});
