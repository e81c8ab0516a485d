import { Variable, type Operand } from 'survey-core';
import type { CompileRefusal } from './check.problems.js';
import {
  FORBIDDEN_KEYS,
  type Computed,
  type Container,
  type Form,
  type Item,
  type KeyUse,
} from './domain.js';
import { costOf, ExpressionRefused, compileOperand, parseExpression } from './routing-expression.js';
import { bounded, spend } from './work.js';
import { type Name, Names, type Need, type ScopeKind } from './routing-names.js';
import { Cycle, orderByNeeds } from './routing-order.js';
import type { Evaluate } from './routing-run.js';

/** Where an expression of the questionnaire stands, for the builder. */
export interface ConditionPlace {
  /** The element's path, for refusals. */
  path: string;
  /** Where to note what must be known first; left out for what is evaluated when all answers are known. */
  needs?: Need[];
  choice?: boolean;
  self?: string;
}

/** Gathers one form while its elements are read: names first, then items, then their order. */
export class FormBuilder {
  readonly names: Names;
  readonly items: Item[] = [];
  readonly containers: Container[] = [];
  readonly computed: Computed[] = [];
  private readonly keys = new Map<string, KeyUse>();
  private readonly needs = new Map<string, Need[]>();

  constructor(
    kind: ScopeKind,
    readonly refusals: CompileRefusal[],
    readonly prefix: string,
    readonly parent?: FormBuilder,
    /** Names that would mean a row or a text of the question around an expression. */
    readonly ambiguous: ReadonlySet<string> = new Set(),
    /** Where the items inside a question note what their limits and validators name; the question's own list. */
    readonly late?: Need[],
  ) {
    this.names = new Names(kind, parent?.names);
  }

  refuse(path: string, rule: string, message: string): void {
    this.refusals.push({ path, rule, message });
  }

  /** Declares what expressions can name; done for all items before any expression is compiled. */
  declare(name: Name, path: string, question?: string): void {
    if (FORBIDDEN_KEYS.has(name.key)) this.refuse(path, 'forbidden_name', 'Give the item another name.');
    if (this.names.find(name.key)) {
      this.refuse(path, 'duplicate_name', 'Give the item a name and a value name that no other item has.');
    }
    this.names.declare(name, question);
  }

  /** Compiles a condition or an expression; undefined when there is none or when it is refused. */
  expression(text: unknown, place: ConditionPlace): Evaluate | undefined {
    if (typeof text !== 'string' || text.trim() === '') return undefined;
    try {
      const operand = parseExpression(text);
      this.refuseAmbiguous(operand, place.path);
      const evaluate = compileOperand(operand, {
        names: this.names,
        needs: place.needs ?? [],
        ...(place.choice === undefined ? {} : { choice: place.choice }),
        ...(place.self === undefined ? {} : { self: place.self }),
      });
      const cost = costOf(operand);
      return (scope, choice) => {
        spend(scope.run.work, cost);
        return bounded(evaluate(scope, choice));
      };
    } catch (error) {
      if (!(error instanceof ExpressionRefused)) throw error;
      this.refuse(place.path, error.rule, error.message);
      return undefined;
    }
  }

  private refuseAmbiguous(operand: Operand, path: string): void {
    const parts: Operand[] = [];
    operand.addOperandsToList(parts);
    for (const part of parts) {
      if (!(part instanceof Variable)) continue;
      const first = part.variable.split(/[.[]/)[0]!.toLowerCase();
      if (!this.ambiguous.has(first)) continue;
      const message = `{${part.variable}} could mean a part of this question. Write it with the question's name in front.`;
      this.refuse(path, 'ambiguous_name', message);
    }
  }

  addContainer(container: Container): number {
    return this.containers.push(container) - 1;
  }

  /** Adds an item with what must be known before it can be read, and before it can be judged. */
  addItem(item: Item, needs: Need[], late: Need[] = []): void {
    const root = this.names.root;
    const owners = [...needs, ...late].filter((need) => need.names === root).map((need) => need.owner);
    const index = this.items.push({ ...item, needs: [...new Set(owners)] }) - 1;
    const keys: [string | undefined, KeyUse['use']][] = [
      [item.key, item.computed ? 'computed' : 'value'],
      [item.comment?.key, 'comment'],
      [item.refusedKey, 'refused'],
      [item.totals?.key, 'computed'],
    ];
    for (const [key, use] of keys) if (key !== undefined) this.keys.set(key, { item: index, use });
    const name = this.names.find(item.key);
    if (name && item.domain.seen) name.seen = (value) => item.domain.seen!(value);
    this.needs.set(item.key, needs);
  }

  /** An element without an answer of its own: its name can be asked about, but holds no value. */
  addDisplay(item: Item, needs: Need[]): void {
    this.addItem({ ...item, computed: () => undefined }, needs);
    this.keys.set(item.key, { item: this.items.length - 1, use: 'display' });
  }

  addComputed(computed: Computed, needs: Need[]): void {
    this.computed.push(computed);
    if (computed.stored) this.keys.set(computed.name, { item: -1, use: 'computed' });
    this.needs.set(computed.name, needs);
  }

  /** Finishes the form: the order of evaluation, and to the form around it what this one needs of it. */
  build(outer?: Need[]): Form {
    const nodes = new Map<string, number>();
    this.items.forEach((item, index) => nodes.set(item.key, index));
    this.computed.forEach((computed, index) => nodes.set(computed.name, -index - 1));
    const local = new Map<string, Set<string>>();
    for (const [key, needs] of this.needs) {
      local.set(key, new Set(needs.filter((need) => need.names === this.names).map((need) => need.owner)));
      outer?.push(...needs.filter((need) => need.names !== this.names));
    }
    const natural = [...nodes.keys()];
    let order = natural;
    try {
      order = orderByNeeds(natural, local);
    } catch (error) {
      if (!(error instanceof Cycle)) throw error;
      const message = `These depend on one another: ${error.message}. Break the circle.`;
      this.refuse(this.prefix + error.members[0]!, 'cycle', message);
    }
    return {
      items: this.items,
      containers: this.containers,
      computed: this.computed,
      order: order.map((key) => nodes.get(key)!),
      reordered: order.some((key, index) => key !== natural[index]) || this.items.some((item) => item.totals),
      keys: this.keys,
    };
  }
}
