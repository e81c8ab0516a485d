/**
 * A count of a table as an arc: each sum that the table tells is a node, and every count stands in two of them, so that raising counts
 * around a circle leaves all sums right. What can be changed so is what cannot be known.
 */
export interface Arc {
  from: number;
  to: number;
  count: number;
  /** What it costs to hide it. */
  cost: number;
}

/**
 * How counts could be otherwise if one of them were higher or lower by so many, at the least cost of counts that would have to be
 * hidden for it: of single ways the cheapest, one after the other, so not always the cheapest of all.
 * @param hidden  arcs that are hidden already, by index: they cost nothing
 * @returns the change of each arc, by index
 * @throws RangeError where the sums do not allow it
 * @see Fischetti and Salazar (1999), Models and algorithms for the 2-dimensional cell suppression problem; Castro (2006), shortest paths
 */
export function otherwise(
  arcs: readonly Arc[],
  hidden: ReadonlySet<number>,
  arc: number,
  by: number,
): Int32Array {
  const { from, to } = arcs[arc] as Arc;
  const [source, sink] = by > 0 ? [to, from] : [from, to];
  const change = new Int32Array(arcs.length);
  for (let open = Math.abs(by); open > 0;) {
    const way = cheapestWay(arcs, hidden, change, arc, source, sink);
    if (!way) throw new RangeError('the sums of the table do not allow it');
    const pushed = way.reduce((least, step) => Math.min(least, roomOf(arcs, change, step)), open);
    for (const { arc: on, up } of way) change[on] = (change[on] as number) + (up ? pushed : -pushed);
    open -= pushed;
  }
  change[arc] = by;
  return change;
}

interface Step {
  arc: number;
  up: boolean;
}

/** No count is below zero; how high one is, nobody knows. */
const roomOf = (arcs: readonly Arc[], change: Int32Array, { arc, up }: Step): number =>
  up ? Infinity : (arcs[arc] as Arc).count + (change[arc] as number);

/** Bellman and Ford: tables are small, and no cost is below zero. */
function cheapestWay(
  arcs: readonly Arc[],
  hidden: ReadonlySet<number>,
  change: Int32Array,
  without: number,
  source: number,
  sink: number,
): Step[] | null {
  const cost = new Map([[source, 0]]);
  const by = new Map<number, Step>();
  const tryStep = (step: Step, from: number, to: number): boolean => {
    const sofar = cost.get(from);
    if (sofar === undefined || roomOf(arcs, change, step) <= 0) return false;
    const isFree = hidden.has(step.arc) || change[step.arc] !== 0;
    const total = sofar + (isFree ? 0 : (arcs[step.arc] as Arc).cost);
    if (total >= (cost.get(to) ?? Infinity)) return false;
    cost.set(to, total);
    by.set(to, step);
    return true;
  };
  for (let goesOn = true; goesOn;) {
    goesOn = false;
    arcs.forEach(({ from, to }, arc) => {
      if (arc === without) return;
      if (tryStep({ arc, up: true }, from, to)) goesOn = true;
      if (tryStep({ arc, up: false }, to, from)) goesOn = true;
    });
  }
  if (!cost.has(sink)) return null;
  const way: Step[] = [];
  for (let node = sink; node !== source;) {
    const step = by.get(node) as Step;
    way.unshift(step);
    const { from, to } = arcs[step.arc] as Arc;
    node = step.up ? from : to;
  }
  return way;
}
