import { furtherPage, itemsFrom, pageIndex } from '../../../src/response/coding.js';
import { progressOf } from '../../../src/response/progress.js';
import { type Variable } from '../../../src/questionnaire/variable/variable.js';
import { deriveVariables } from '../../../src/questionnaire/variable/variables.js';

const JSON_OF_PAGES = {
  pages: [
    { name: 'p1', elements: [{ type: 'radiogroup', name: 'a', choices: [1, 2] }] },
    {
      name: 'p2',
      elements: [
        { type: 'checkbox', name: 'b', choices: [1, 2] },
        { type: 'text', name: 'c' },
      ],
    },
    {
      name: 'p3',
      elements: [
        { type: 'panel', name: 'box', elements: [{ type: 'text', name: 'd', inputType: 'number' }] },
      ],
    },
  ],
  calculatedValues: [{ name: 'e', expression: '{a} + 1', includeIntoResult: true }],
};
const variables = deriveVariables(JSON_OF_PAGES);
const named = (item: string) => variables.filter((variable) => variable.item === item);
const cells = (values: Record<string, number | string | null>) =>
  Object.fromEntries(
    Object.entries(values).flatMap(([item, cell]) => named(item).map(({ name }) => [name, cell])),
  );

describe('how much was answered', () => {
  it('counts items, not variables, and leaves out what does not apply or was computed', () => {
    expect(named('b').length).toBeGreaterThan(1);
    expect(progressOf(variables, cells({ a: 1, b: 1, c: -8, d: -8, e: 2 }))).toEqual({
      share: 1,
      blankItems: new Set(),
    });
    expect(progressOf(variables, cells({ a: 1, b: -3, c: -8, d: -8, e: 2 })).share).toBe(0.5);
  });

  it('takes a refusal and a don’t-know for answers, and a blank or a break-off for none', () => {
    const { share, blankItems } = progressOf(variables, cells({ a: -2, b: -1, c: -3, d: -4 }));
    expect([share, [...blankItems].sort()]).toEqual([0.5, ['c', 'd']]);
  });

  it('knows the long codes of variables that may hold numbers below zero', () => {
    const [d] = named('d') as [Variable];
    const negatives = [{ ...d, negatives: true }];
    expect(progressOf(negatives, { [d.name]: -3 }).share).toBe(1);
    expect(progressOf(negatives, { [d.name]: -9_999_903 }).share).toBe(0);
    expect(progressOf(negatives, { [d.name]: -9_999_908 })).toEqual({ share: 1, blankItems: new Set() });
    expect(progressOf([{ ...d, negatives: false }], { [d.name]: -3 }).share).toBe(0);
  });

  it('is all where nothing applied', () => {
    expect(progressOf([], {}).share).toBe(1);
  });
});

describe('pages', () => {
  it('are known by their names, or their numbers', () => {
    expect(['p1', 'p3', 'p4', null].map((name) => pageIndex(JSON_OF_PAGES, name))).toEqual([0, 2, -1, -1]);
    expect(pageIndex({ elements: [] }, 'page1')).toBe(0);
  });

  it('the further one counts, whichever came last', () => {
    expect(furtherPage(JSON_OF_PAGES, 'p3', 'p1')).toBe('p3');
    expect(furtherPage(JSON_OF_PAGES, 'p1', 'p2')).toBe('p2');
    expect(furtherPage(JSON_OF_PAGES, null, 'p1')).toBe('p1');
    expect(furtherPage(JSON_OF_PAGES, 'gone', 'p1')).toBe('p1');
  });

  it('items from a page on', () => {
    expect([...itemsFrom(JSON_OF_PAGES, 'p2')]).toEqual(['b', 'c', 'd']);
    expect([...itemsFrom(JSON_OF_PAGES, null)]).toEqual(['a', 'b', 'c', 'd']);
  });
});
