import { seizure } from './seizure.js';

jest.setTimeout(240_000); // processes start and end: much longer where the machine is busy

test('a thief with everything but the key reads no address, and joins the two databases no better than chance', async () => {
  const found = await seizure({ people: 84 });
  expect(found.faults).toEqual([]);
  expect(found).toMatchObject({ hits: 0, joins: 0, plantedFound: '6 of 6' });
  for (const count of Object.values(found.did)) expect(count).toBe(12);
  expect(found.joinsBefore).toBeGreaterThan(0); // what one transaction in each database tells, until the rows are mixed
  expect(found.comparisons).toBeGreaterThan(1000);
});
