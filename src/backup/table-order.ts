/** A reference from one table to another. */
export interface Reference {
  from: string;
  to: string;
}

/**
 * Tables in an order in which they can be filled: each after those that it refers to, and else by name. References to itself do not
 * count, since a table is filled by one statement.
 * @throws Error, as for any bug, where tables refer to each other in a circle: no order would do
 */
export function fillingOrder(tables: readonly string[], references: readonly Reference[]): string[] {
  const needs = new Map(tables.map((table) => [table, new Set<string>()]));
  for (const { from, to } of references) if (from !== to && needs.has(to)) needs.get(from)?.add(to);
  const order: string[] = [];
  const done = new Set<string>();
  const left = [...tables].sort();
  while (left.length > 0) {
    const next = left.findIndex((table) => [...(needs.get(table) ?? [])].every((other) => done.has(other)));
    if (next < 0) throw new Error(`These tables refer to each other in a circle: ${left.join(', ')}`);
    for (const table of left.splice(next, 1)) {
      order.push(table);
      done.add(table);
    }
  }
  return order;
}
