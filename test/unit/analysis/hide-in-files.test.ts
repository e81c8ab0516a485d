import fc from 'fast-check';
import { hideInFiles } from '../../../src/analysis/disclosure/hide-in-files.js';
import { SUPPRESSED } from '../../../src/analysis/disclosure/k-anonymity.js';

/** The people of a file by all that identifies them, counted without the code under test. */
function groupsOf(people: readonly number[], keys: readonly (readonly number[])[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  people.forEach((person, row) => {
    const all = keys.map((codes) => codes[person]).join(' ');
    groups.set(all, [...(groups.get(all) ?? []), row]);
  });
  return groups;
}

const PEOPLE = 30;
const code = fc.integer({ min: 1, max: 4 });
const key = fc.array(code, { minLength: PEOPLE, maxLength: PEOPLE });
const file = fc.uniqueArray(fc.integer({ min: 0, max: PEOPLE - 1 }), { minLength: 5 }).chain((people) =>
  fc.record({
    people: fc.constant(people),
    answers: fc.array(fc.integer({ min: -1, max: 2 }), {
      minLength: people.length,
      maxLength: people.length,
    }),
  }),
);

test('in every file everybody is one of k, and no group of them answered alike; what is hidden is hidden of a person in all', () => {
  fc.assert(
    fc.property(
      fc.array(key, { minLength: 1, maxLength: 4 }),
      fc.array(file, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 2, max: 5 }),
      (keys, files, k) => {
        const named = keys.map((codes, nr) => ({ name: `key${nr}`, codes: Int32Array.from(codes) }));
        const told = files.map(({ people, answers }, nr) => ({
          name: `file${nr}`,
          people: Int32Array.from(people),
          sensitive: [{ name: 'faith', codes: Int32Array.from(answers) }],
        }));
        const after = hideInFiles(named, told, { k, l: 2 });
        const codes = after.keys.map((each) => [...each.codes]);
        for (const [nr, { people }] of files.entries())
          for (const rows of groupsOf(people, codes).values()) {
            expect(rows.length).toBeGreaterThanOrEqual(Math.min(k, people.length));
            const answers = rows
              .map((row) => after.files[nr]?.sensitive[0]?.codes[row] ?? 0)
              .filter((each) => each >= 0);
            expect(new Set(answers).size).not.toBe(1);
          }
        for (const [nr, key] of codes.entries())
          for (const [person, value] of key.entries()) {
            const isHidden = after.hidden.some((one) => one.person === person && one.name === `key${nr}`);
            expect(value).toBe(isHidden ? SUPPRESSED : keys[nr]?.[person]);
          }
      },
    ),
    { numRuns: 200 },
  );
});

test('nothing is hidden where nobody stands out, and whoever stands out in one wave alone is hidden', () => {
  const country = { name: 'country', codes: Int32Array.from([1, 1, 1, 1, 1, 2]) };
  const all = { name: 'xwave', people: Int32Array.from([0, 1, 2, 3, 4]), sensitive: [] };
  expect(hideInFiles([country], [all], { k: 3, l: 2 }).hidden).toEqual([]);
  const wave = { name: 'b_indresp', people: Int32Array.from([0, 1, 2, 5]), sensitive: [] };
  const { hidden } = hideInFiles([country], [all, wave], { k: 2, l: 2 });
  expect(hidden).toContainEqual({ person: 5, name: 'country' });
});
