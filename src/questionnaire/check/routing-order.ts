/** Two or more things that need each other before they can be known. */
export class Cycle extends Error {
  constructor(readonly members: string[]) {
    super(members.join(' → '));
  }
}

/**
 * An order in which everything comes after what it needs, otherwise as given.
 * @param needs  by name, the names that must come first; names that are not listed are ignored
 * @throws Cycle when there is no such order
 */
export function orderByNeeds(names: string[], needs: Map<string, Set<string>>): string[] {
  const order: string[] = [];
  const done = new Set<string>();
  const under: string[] = [];
  const visit = (name: string): void => {
    if (done.has(name)) return;
    const at = under.indexOf(name);
    if (at >= 0) throw new Cycle([...under.slice(at), name]);
    under.push(name);
    for (const needed of needs.get(name) ?? []) if (needs.has(needed)) visit(needed);
    under.pop();
    done.add(name);
    order.push(name);
  };
  for (const name of names) visit(name);
  return order;
}
