import { Together } from '../../../src/kit/together.js';

/** Work that stands until it is let go, and remembers what it was given. */
function standing(fails: (items: number[]) => unknown = () => undefined) {
  const goes: number[][] = [];
  let letGo = () => {};
  const gate = new Promise<void>((open) => (letGo = open));
  const together = new Together<number, string>(async (items) => {
    goes.push(items);
    await gate;
    const fault = fails(items);
    if (fault !== undefined) throw fault;
    return items.map((item) => `done ${item}`);
  }, 3);
  return { goes, letGo, together };
}

test('what is asked for while others are done is done in the next goes, each with its own answer', async () => {
  const { goes, letGo, together } = standing();
  const first = together.do(1);
  await Promise.resolve();
  await Promise.resolve();
  const others = [2, 3, 4, 5].map((item) => together.do(item));
  letGo();
  expect(await Promise.all([first, ...others])).toEqual(['done 1', 'done 2', 'done 3', 'done 4', 'done 5']);
  expect(goes).toEqual([[1], [2, 3, 4], [5]]);
  expect(await together.do(6)).toBe('done 6'); // it goes on after it had nothing to do
});

test('nobody fails for another', async () => {
  const { goes, letGo, together } = standing((items) => (items.includes(2) ? new Error('no 2') : undefined));
  const all = Promise.allSettled([1, 2, 3].map((item) => together.do(item)));
  letGo();
  expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(goes).toEqual([[1, 2, 3], [1], [2], [3]]);
});

test('while the database is away all fail at once', async () => {
  const away = Object.assign(new Error('gone'), { code: 'ECONNREFUSED' });
  const { goes, letGo, together } = standing(() => away);
  const all = Promise.allSettled([1, 2, 3].map((item) => together.do(item)));
  letGo();
  expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(goes).toHaveLength(1);
});

test('what comes while it lingers comes along; a full go waits for nothing', async () => {
  const goes: number[][] = [];
  let goOn = () => {};
  let lingered = 0;
  const linger = () => {
    lingered += 1;
    return new Promise<void>((done) => (goOn = done));
  };
  const together = new Together<number, number>(
    (items) => {
      goes.push(items);
      return Promise.resolve(items);
    },
    3,
    linger,
  );
  const first = together.do(1);
  const second = Promise.resolve().then(() => together.do(2));
  await Promise.resolve();
  goOn();
  expect(await Promise.all([first, second])).toEqual([1, 2]);
  expect(goes).toEqual([[1, 2]]);
  expect(lingered).toBe(1);
  const full = [3, 4, 5].map((item) => together.do(item));
  goOn();
  await Promise.all(full);
  expect(goes).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
});
