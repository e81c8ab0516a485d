import { Calendar } from '../../../src/demo/calendar.js';

const day = (number: number) => new Date(Date.UTC(2026, 1, number));

test('what comes is taken in the order of time, and at one instant in the order of entry', async () => {
  const calendar = new Calendar();
  const happened: string[] = [];
  const occasion = (number: number, name: string) => ({
    at: day(number),
    happens: () => Promise.resolve(void happened.push(name)),
  });
  calendar.add(occasion(3, 'c'), occasion(1, 'a'));
  calendar.add(occasion(3, 'd'), occasion(2, 'b'));
  expect(calendar.next()).toEqual(day(1));
  expect(calendar.take(day(0))).toEqual([]);
  for (const number of [2, 3]) for (const { happens } of calendar.take(day(number))) await happens?.();
  expect(happened).toEqual(['a', 'b', 'c', 'd']);
  expect(calendar.next()).toBeUndefined();
});

test('an instant to look at is entered once', () => {
  const calendar = new Calendar();
  calendar.lookAt(day(5));
  calendar.lookAt(day(5));
  calendar.add({ at: day(5), happens: () => Promise.resolve() });
  calendar.lookAt(day(4));
  expect(calendar.take(day(5)).map(({ at }) => at.getUTCDate())).toEqual([4, 5, 5]);
});
