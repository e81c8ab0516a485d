import fc from 'fast-check';
import { changesBetween, replay, sameJson } from '../../../src/response/changes.js';

const json = fc.jsonValue({ maxDepth: 3 }).filter((value) => value !== null);
const answers = fc.dictionary(
  fc.constantFrom('country', 'spells', 'init_view', 'country-refused', 'q1'),
  json,
);
const plain = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

it('what changed, applied to what was, is what is: over any number of revisions', () => {
  fc.assert(
    fc.property(fc.array(answers, { minLength: 1, maxLength: 8 }), (states) => {
      const history = states.map((state, index) => ({
        changes: changesBetween(states[index - 1] ?? {}, state),
        sessionId: `s${index}`,
      }));
      expect(plain(replay(history).answers)).toEqual(plain(states.at(-1)));
    }),
    { numRuns: 500 },
  );
});

it('nothing changed is no change, in whatever order the keys come', () => {
  fc.assert(
    fc.property(answers, (state) => {
      const turned = Object.fromEntries(Object.entries(state).reverse());
      expect(changesBetween(state, turned)).toEqual({});
    }),
  );
});

it('tells which session answered an item last, also where it took the answer back', () => {
  const { answers: now, writer } = replay([
    { changes: { a: 1, b: 1, c: 1 }, sessionId: 'phone' },
    { changes: { b: 2, c: null }, sessionId: 'laptop' },
  ]);
  expect(now).toEqual({ a: 1, b: 2 });
  expect(Object.fromEntries(writer)).toEqual({ a: 'phone', b: 'laptop', c: 'laptop' });
});

it.each([
  [1, '1', false],
  [[], {}, false],
  [[1, 2], [2, 1], false],
  [{ a: 1, b: [{ c: 2 }] }, { b: [{ c: 2 }], a: 1 }, true],
  [{ a: undefined }, { b: undefined }, false],
  [null, {}, false],
  [0, false, false],
])('%j and %j are the same: %s', (one, other, same) => expect(sameJson(one, other)).toBe(same));
