import { restores } from './backup.js';

jest.setTimeout(180_000); // people live through two weeks first

test('R12: a backup of a live panel is sealed, comes back whole, erases again who was erased since, and sends nothing', async () => {
  const found = await restores({ people: 24 });
  expect(found).toMatchObject({
    refused: 7,
    lost: 0,
    changed: 0,
    readable: 0,
    sentWhileFenced: 0,
    faults: [],
  });
  expect(found.rows).toBeGreaterThan(400);
  expect(found.erased).toBe(2);
  expect(found.sentAfterwards).toBeGreaterThan(0);
});
