/** Bits by symbol: how many its code has (0: it does not occur), and the code with its first bit lowest. */
export interface HuffmanCode {
  lengths: Uint8Array;
  codes: Uint16Array;
}

/**
 * A prefix code for symbols that occur so often, none longer than `limit` bits; the same counts always give the same code. At least two symbols
 * have one, since readers want a code that is complete.
 * @see RFC 1951, 3.2.2
 */
export function huffmanCode(counts: Uint32Array, limit: number): HuffmanCode {
  let weights = Uint32Array.from(counts);
  for (let symbol = 0, used = counts.filter((count) => count > 0).length; used < 2; symbol += 1) {
    if (weights[symbol] !== 0) continue;
    weights[symbol] = 1;
    used += 1;
  }
  let lengths = depths(weights);
  // Where some code is too long, rare symbols are taken for less rare until none is.
  while (lengths.some((length) => length > limit)) {
    weights = weights.map((weight) => (weight === 0 ? 0 : (weight >>> 1) + 1));
    lengths = depths(weights);
  }
  return { lengths, codes: canonical(lengths) };
}

/** How deep each symbol stands in its Huffman tree: the two lightest nodes are joined until one is left. */
function depths(weights: Uint32Array): Uint8Array {
  const leaves = Array.from(weights.keys()).filter((symbol) => weights[symbol] !== 0);
  leaves.sort((one, other) => (weights[one] as number) - (weights[other] as number) || one - other);
  const count = leaves.length;
  const weight = new Float64Array(count * 2 - 1);
  const parent = new Int32Array(count * 2 - 1);
  leaves.forEach((symbol, index) => (weight[index] = weights[symbol] as number));
  // Leaves and joined nodes each come in the order of their weight, so the lightest is the first of one or the other.
  let leaf = 0;
  let joined = count;
  for (let next = count; next < count * 2 - 1; next += 1) {
    for (let child = 0; child < 2; child += 1) {
      const isLeaf =
        leaf < count && (joined >= next || (weight[leaf] as number) <= (weight[joined] as number));
      const taken = isLeaf ? leaf++ : joined++;
      parent[taken] = next;
      weight[next] = (weight[next] as number) + (weight[taken] as number);
    }
  }
  const depth = new Uint8Array(count * 2 - 1);
  for (let node = count * 2 - 3; node >= 0; node -= 1)
    depth[node] = (depth[parent[node] as number] as number) + 1;
  const lengths = new Uint8Array(weights.length);
  leaves.forEach((symbol, index) => (lengths[symbol] = depth[index] as number));
  return lengths;
}

/** Codes of equal length follow each other in the order of their symbols. */
function canonical(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= 15; length += 1) {
    for (let symbol = 0; symbol < lengths.length; symbol += 1)
      if (lengths[symbol] === length) codes[symbol] = reversed(code++, length);
    code <<= 1;
  }
  return codes;
}

function reversed(code: number, bits: number): number {
  let result = 0;
  for (let bit = 0; bit < bits; bit += 1) result |= ((code >>> bit) & 1) << (bits - 1 - bit);
  return result;
}
