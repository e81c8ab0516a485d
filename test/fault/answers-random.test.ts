import { randomPosts } from './answers-random.js';

test('random answers through the real route: nothing out of its domain is stored, and nothing fails', async () => {
  const found = await randomPosts({ cases: 1000 });
  expect(found).toMatchObject({ cases: 1000, outOfDomain: 0, failed: 0, faults: [] });
  expect(found.stored).toBe(found.acknowledged);
}, 120_000);
