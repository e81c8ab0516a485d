import fc from 'fast-check';
import { jsonExcess } from '../../../src/kit/json-limits.js';

const LIMITS = { depth: 4, keys: 5, values: 8 } as const;
const within = (text: string) => jsonExcess(text, LIMITS as never);

describe('JSON is measured before it is parsed', () => {
  it.each([
    ['[[[[1]]]]', undefined],
    ['[[[[[1]]]]]', 'too deep'],
    ['[["[[[[[[["]]', undefined],
    ['["\\"[[[[[[["]', undefined],
    ['["\\\\",[[[[1]]]]]', 'too deep'],
    ['{"a":1,"b":2,"c":3,"d":4,"e":5}', undefined],
    ['{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}', 'too many keys'],
    ['{"a::::::::":"::::::"}', undefined],
    ['[1,2,3,4,5,6,7,8]', undefined],
    ['[1,2,3,4,5,6,7,8,9]', 'too many values'],
    ['"unfinished', undefined],
    ['"\\', undefined],
  ])('%s: %s', (text, excess) => expect(within(text)).toBe(excess));

  it('finds exactly what has too much, however it is written', () => {
    const measured = (value: unknown): { depth: number; keys: number; values: number } => {
      if (typeof value !== 'object' || value === null) return { depth: 0, keys: 0, values: 1 };
      const inner = Object.values(value).map(measured);
      return {
        depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
        keys: (Array.isArray(value) ? 0 : inner.length) + inner.reduce((sum, { keys }) => sum + keys, 0),
        values: 0,
      };
    };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(2), (value, indent) => {
        const { depth, keys } = measured(value);
        const excess = jsonExcess(JSON.stringify(value, null, indent), {
          depth: 4,
          keys: 5,
          values: 1e9,
        } as never);
        expect(excess !== undefined).toBe(depth > 4 || keys > 5);
      }),
    );
  });

  it('takes 256 KiB of brackets without recursion', () => {
    expect(jsonExcess('['.repeat(256 * 1024))).toBe('too deep');
    expect(jsonExcess(`[${'[],'.repeat(60_000)}1]`)).toBe('too many values');
  });
});
