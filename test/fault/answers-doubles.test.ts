import { doubles } from './answers-doubles.js';

test('R3: a submission posted twenty times at once is one, another body under its id is refused, and tabs do not overwrite each other', async () => {
  const found = await doubles({ people: 12, posts: 20 });
  expect(found).toMatchObject({ lost: 0, doubled: 0, torn: 0, faults: [] });
  expect(found.stored).toBe(found.acknowledged);
  expect(found.conflicts).toBeGreaterThan(0);
});
