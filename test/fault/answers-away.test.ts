import { answersAway } from './answers-away.js';

jest.setTimeout(240_000); // processes start: much longer where the machine is busy

test('R2: while PostgreSQL stands still nothing is acknowledged; all are told within ten seconds, and a retry is one row', async () => {
  const found = await answersAway({ people: 40, seconds: 10 });
  expect(found).toMatchObject({ lost: 0, doubled: 0, torn: 0, faults: [] });
  expect(found.stored).toBe(found.acknowledged);
});
