import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seeded } from '../make/random-answers.js';
import {
  type Feature,
  joinsOf,
  matchedByNearness,
  matchedInOrder,
  mostMatches,
  normalBound,
  rankCorrelation,
} from './seizure-joins.js';
import { scan, soughtOf } from './seizure-scan.js';

describe('the scan sees a word', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'onward-eyes-'))));
  afterEach(() => rm(folder, { recursive: true }));
  const whole = 'Письмо для kanareyka.17@synthetic.example, Канарейкин, КАНАРЕЙКИН';
  const FORMS: Record<string, Buffer | string> = {
    'UTF-8': whole,
    'small letters': whole.toLowerCase(),
    'capital letters': whole.toUpperCase(),
    'UTF-16': Buffer.from(whole, 'utf16le'),
    hex: Buffer.from(whole).toString('hex'),
    HEX: Buffer.from(whole).toString('hex').toUpperCase(),
    base64: Buffer.from(whole).toString('base64'),
    'base64 from the second byte': Buffer.from(` ${whole}`).toString('base64'),
    'base64 from the third byte': Buffer.from(`  ${whole}`).toString('base64'),
    base64url: Buffer.from(`<${whole}`).toString('base64url'),
    'JSON with escapes': JSON.stringify(whole).replace(
      /[^ -~]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
    'a URL': encodeURIComponent(whole),
  };

  it.each(Object.entries(FORMS))('as %s, wherever in a file', async (_, text) => {
    const before = Buffer.alloc(1024 * 1024 - 11, 'x'); // across two pieces that are read
    await writeFile(join(folder, 'file'), Buffer.concat([before, Buffer.from(text)]));
    for (const word of ['kanareyka', 'Канарейкин']) {
      const { hits, bytes } = await scan(folder, soughtOf([word]));
      expect([...new Set(hits.map((hit) => hit.word))]).toEqual([word]);
      expect(bytes).toBe(before.length + Buffer.from(text).length);
    }
  });

  it('and none where there is none', async () => {
    await writeFile(join(folder, 'file'), 'kanareyk Канарейки a2FuYXJleWt 6b616e617265796b');
    expect((await scan(folder, soughtOf(['kanareyka', 'Канарейкин']))).hits).toEqual([]);
  });
});

describe('joining', () => {
  const random = seeded(7);
  const people = Array.from({ length: 200 }, (_, nr) => `person ${nr}`);
  const feature = (name: string, value: (nr: number) => number): Feature => ({
    name,
    of: new Map(people.map((person, nr) => [person, value(nr)])),
  });

  it('is found in one order, in the reverse, in a blurred one, by numbers that lie near, and in groups', () => {
    const main = [feature('main', (nr) => nr * 10)];
    const found = (value: (nr: number) => number) => joinsOf(main, [feature('vault', value)]).joins.length;
    expect(found((nr) => nr)).toBe(1);
    expect(found((nr) => -nr)).toBe(1);
    expect(found((nr) => nr + random() * 400)).toBe(1);
    expect(found((nr) => nr * 10 + 1)).toBe(1);
    expect(found((nr) => (nr < 60 ? 1 : 2))).toBe(1);
  });

  it('is found where only some are told apart, in no order over all', () => {
    const shuffled = people
      .map((_, nr) => ({ nr, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ nr }) => nr);
    const main = shuffled.map((nr) => nr * 100);
    const vault = main.map((value, at) => (at % 10 === 0 ? value + 1 : random() * 20_000));
    expect(matchedByNearness(main, vault)).toBeGreaterThan(15);
    expect(matchedInOrder([3, 1, 2], [30, 10, 20])).toBe(3);
    expect(matchedInOrder([3, 1, 2], [7, 7, 7])).toBe(0);
  });

  it('is said of chance in hardly any run', () => {
    let mistaken = 0;
    for (let run = 0; run < 200; run += 1) {
      const kinds = [() => random(), () => Math.floor(random() * 3), () => Number(random() < 0.05)];
      const some = (name: string) => kinds.map((of, nr) => feature(`${name} ${nr}`, of));
      if (joinsOf(some('main'), some('vault')).joins.length > 0) mistaken += 1;
    }
    expect(mistaken).toBeLessThanOrEqual(2); // of a mean of 0.2 at the most
  });

  it('rests on figures that are known', () => {
    expect(rankCorrelation([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.8208, 4);
    expect(normalBound(0.05)).toBeCloseTo(1.96, 1);
    expect(normalBound(0.001)).toBeCloseTo(3.29, 1);
    expect(normalBound(1e-7)).toBeCloseTo(5.33, 1);
    expect([mostMatches(0.02), mostMatches(0.001)]).toEqual([3, 5]); // of Poisson's law with a mean of 1
  });
});
