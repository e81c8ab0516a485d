// Figures of repeated measurements.

export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** The median of each number of equally shaped measurements; arrays in them stay out. */
export const medians = (repeats) =>
  Object.fromEntries(
    Object.keys(repeats[0]).map((key) => [key, rounded(median(repeats.map((repeat) => repeat[key])))]),
  );

/** Three significant digits, and whole numbers from 100 on. */
export const rounded = (value) => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));

/** A target and whether it is reached; `atLeast` or `atMost`. */
export const target = (name, value, { atLeast, atMost }) => ({
  name,
  value: rounded(value),
  ...(atLeast === undefined ? { atMost } : { atLeast }),
  reached: atLeast === undefined ? value <= atMost : value >= atLeast,
});

/**
 * Repeats a measurement, three times or as often as the time allows, at least once.
 * @param patience  seconds after which no further repeat is begun that would pass them
 */
export async function repeated(times, patience, measure) {
  const begun = performance.now();
  const all = [];
  let longest = 0;
  while (all.length < times && (performance.now() - begun + longest) / 1000 < patience) {
    const from = performance.now();
    all.push(await measure(all.length));
    longest = Math.max(longest, performance.now() - from);
  }
  return all;
}

/**
 * Fills a database of each size, then measures all of them in turn, repeatedly.
 * @param doing  what is being measured, for whoever waits
 * @returns figures by repeat, and in each by size
 */
export async function atSizes(ground, { sizes, times, patience, doing }, fill, measure) {
  const places = [];
  for (const size of sizes) {
    ground.progress(`Filling in ${size}`);
    places.push(await fill(size));
  }
  return repeated(times, patience, async (nr) => {
    const measured = [];
    for (const [at, place] of places.entries()) {
      ground.progress(`${doing} ${sizes[at]}, ${nr + 1} of ${times}`);
      measured.push(await measure(place, nr));
    }
    return measured;
  });
}
