import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { anonymity, classesOf, HARMLESS, lDiversity } from '../../src/analysis/disclosure/k-anonymity.js';
import { suppressToK } from '../../src/analysis/disclosure/local-suppression.js';

// Debian's python3-pandas. Groups are those of groupby over all keys; what is below zero is no answer, but for the harmless one.
const PANDAS = `
import json, sys
import pandas as pd

def describe(one):
    frame = pd.DataFrame({f"k{i}": key for i, key in enumerate(one["keys"])})
    keys = list(frame.columns)
    size = frame.groupby(keys)[keys[0]].transform("size")
    found = {
        "kMin": int(size.min()),
        "uniques": int((size == 1).sum()),
        "below": int((size < one["k"]).sum()),
        "classes": int(frame.groupby(keys).ngroups),
        "sizes": size.tolist(),
        "distinct": [],
    }
    for codes in one["sensitive"]:
        frame["s"] = codes
        told = frame["s"].where(frame["s"] >= 0)
        values = told.groupby([frame[key] for key in keys]).transform("nunique")
        harmless = (frame["s"] == one["harmless"]).groupby([frame[key] for key in keys]).transform("any")
        found["distinct"].append((values + ((values > 0) & harmless)).astype(int).tolist())
    return found

json.dump([describe(one) for one in json.load(sys.stdin)], sys.stdout)
`;

interface Described {
  kMin: number;
  uniques: number;
  below: number;
  classes: number;
  sizes: number[];
  distinct: number[][];
}

interface Given {
  keys: Int32Array[];
  sensitive: Int32Array[];
  k: number;
}

/** @throws where Python with pandas is not installed */
function byPandas(all: Given[]): Described[] {
  const input = JSON.stringify(
    all.map(({ keys, sensitive, k }) => ({
      keys: keys.map((key) => Array.from(key)),
      sensitive: sensitive.map((codes) => Array.from(codes)),
      k,
      harmless: HARMLESS,
    })),
  );
  const output = execFileSync('/usr/bin/python3', ['-c', PANDAS], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(output) as Described[];
}

function byUs({ keys, sensitive, k }: Given): Described {
  const n = keys[0]?.length ?? 0;
  const classes = classesOf(keys, n);
  const { kMin, uniques, belowK, classes: count } = anonymity(classes, k);
  const perPerson = (values: Int32Array) => Array.from(classes.of, (id) => values[id] as number);
  return {
    kMin: kMin ?? 0,
    uniques,
    below: belowK,
    classes: count,
    sizes: perPerson(classes.sizes),
    distinct: sensitive.map((codes) => perPerson(lDiversity(classes, codes))),
  };
}

const column = (n: number, ...codes: number[]) =>
  fc.array(fc.constantFrom(...codes), { minLength: n, maxLength: n }).map((all) => Int32Array.from(all));
const given: fc.Arbitrary<Given> = fc.integer({ min: 1, max: 400 }).chain((n) =>
  fc.record({
    keys: fc.array(column(n, 1, 1, 1, 2, 3, 40, -2, -12), { minLength: 1, maxLength: 6 }),
    sensitive: fc.tuple(column(n, HARMLESS, HARMLESS, 1, -8), column(n, 1, 2, 3, 4, -1, -2)),
    k: fc.integer({ min: 2, max: 6 }),
  }),
);

test('classes, uniques and diversity are those of pandas, before values are hidden and after', () => {
  const before = fc.sample(given, { numRuns: 60, seed: 6 });
  const after = before.map((one) => {
    const { keys, holds } = suppressToK(
      one.keys,
      one.keys.map((_, key) => one.keys.length - key),
      one.k,
      { l: 2, sensitive: one.sensitive },
    );
    return { ...one, keys, holds };
  });
  const all = [...before, ...after];
  const found = byPandas(all);
  expect(found).toEqual(all.map(byUs));

  found.slice(before.length).forEach(({ below, distinct }, nr) => {
    const isFine = below === 0 && distinct.flat().every((values) => values === 0 || values >= 2);
    expect(isFine).toBe(after[nr]?.holds);
  });
  // Most data were at risk before, and most could be protected: neither side of the comparison is empty.
  expect(found.slice(0, before.length).filter(({ below }) => below > 0).length).toBeGreaterThan(30);
  expect(after.filter(({ holds }) => holds).length).toBeGreaterThan(30);
});
