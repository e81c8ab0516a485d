import { type AuditHead, type ChainedEntry, NO_HASH } from './audit-canonical.js';

/** Something that is not as it was written. */
export interface AuditFinding {
  kind:
    | 'missing'
    | 'edited'
    | 'unchained'
    | 'unnumbered'
    | 'head'
    | 'cut'
    | 'rewritten'
    | 'forged_head'
    | 'answers_changed'
    | 'answers_missing'
    | 'answers_unknown'
    | 'answers_erased'
    | 'guard_missing';
  /** The first entry that is concerned; null where it is about no single one. */
  nr: number | null;
  /** For people. */
  words: string;
}

/** What an entry `answers.sealed` says of its seal. */
interface Seal {
  nr: number;
  count: number;
  root: string;
}

/** Reads the log from its beginning and says where it is not a chain any more. */
export class ChainCheck {
  private last: { nr: number; hash: string } = { nr: 0, hash: NO_HASH };
  private readonly headsAt = new Map<number, AuditHead[]>();
  readonly seals = new Map<number, Seal>();
  /** Sealed revisions that were erased together with their members, as the entries say. */
  erased = 0;

  /** @param heads  of which the signatures are good */
  constructor(private readonly heads: readonly AuditHead[]) {
    for (const head of heads) this.headsAt.set(head.nr, [...(this.headsAt.get(head.nr) ?? []), head]);
  }

  /**
   * Takes the next entry in the order of the numbers.
   * @param computed  its hash as it follows from what the entry says
   */
  *next(entry: ChainedEntry, computed: string): Generator<AuditFinding> {
    const expected = this.last.nr + 1;
    const { nr } = entry;
    if (nr !== expected)
      yield {
        kind: 'missing',
        nr: expected,
        words:
          nr - expected === 1 ? `Entry ${expected} is gone.` : `Entries ${expected} to ${nr - 1} are gone.`,
      };
    else if (entry.previous !== this.last.hash)
      yield {
        kind: 'unchained',
        nr,
        words: `Entry ${nr} does not follow on entry ${nr - 1}: one of them is another.`,
      };
    if (entry.hash !== computed)
      yield { kind: 'edited', nr, words: `Entry ${nr} does not say any more what was written.` };
    for (const head of this.headsAt.get(nr) ?? [])
      if (head.hash !== entry.hash)
        yield {
          kind: 'rewritten',
          nr,
          words: `Entry ${nr} is not the one whose head was signed at ${head.at}: it or one before was written anew.`,
        };
    if (entry.act === 'answers.sealed') this.note(entry);
    if (entry.act === 'member.erased') this.erased += leavesIn(entry);
    this.last = { nr, hash: entry.hash };
  }

  /** What only the end shows. @param head  as the database keeps it */
  *end(head: { nr: number; hash: string } | undefined): Generator<AuditFinding> {
    const { nr, hash } = this.last;
    const beyond = this.heads.filter((signed) => signed.nr > nr);
    const furthest = beyond.reduce<AuditHead | undefined>(
      (far, one) => (far && far.nr >= one.nr ? far : one),
      undefined,
    );
    if (furthest)
      yield {
        kind: 'cut',
        nr: nr + 1,
        words: `The log ends with entry ${nr}, but entry ${furthest.nr} was signed at ${furthest.at}: its tail was cut off.`,
      };
    if (head?.nr !== nr || head.hash !== hash)
      yield {
        kind: 'head',
        nr: Math.min(nr, head?.nr ?? 0) + 1,
        words: `The log ends with entry ${nr}, but its head is ${head ? `entry ${head.nr}` : 'gone'}.`,
      };
  }

  private note({ nr, detail }: ChainedEntry): void {
    const said = detailOf(detail);
    const { seal, count, root } = said;
    if (typeof seal === 'number' && typeof count === 'number' && typeof root === 'string')
      this.seals.set(seal, { nr, count, root });
  }
}

function leavesIn({ detail }: ChainedEntry): number {
  const { leaves } = detailOf(detail);
  return typeof leaves === 'number' ? leaves : 0;
}

/** The leaves of a seal in its order: of revisions that stand, in their order, and of erased ones, each at its position from 1. */
export function leavesInOrder(
  standing: readonly string[],
  erased: readonly { position: number; leaf: string }[],
): string[] {
  const kept = new Map(erased.map(({ position, leaf }) => [position, leaf]));
  const rest = standing.values();
  return Array.from(
    { length: standing.length + erased.length },
    (_, at) => kept.get(at + 1) ?? rest.next().value ?? '',
  );
}

/** Whether no more revisions are kept as erased than members took with them: who took one away cannot pass it off as that. */
export function* checkErased(kept: number, said: number): Generator<AuditFinding> {
  if (kept !== said)
    yield {
      kind: 'answers_erased',
      nr: null,
      words: `${kept} revisions of answers are kept as erased, but by the log ${said} were erased with their members.`,
    };
}

/** Whether what a seal holds now is what was sealed. */
export function* checkSeal(
  seal: number,
  sealed: Seal | undefined,
  count: number,
  root: string,
): Generator<AuditFinding> {
  if (!sealed)
    yield {
      kind: 'answers_unknown',
      nr: null,
      words: `${count} revisions of answers stand in the seal ${seal}, of which the log knows nothing.`,
    };
  else if (count < sealed.count)
    yield {
      kind: 'answers_missing',
      nr: sealed.nr,
      words: `Entry ${sealed.nr} sealed ${sealed.count} revisions of answers, of which ${sealed.count - count} are gone.`,
    };
  else if (root !== sealed.root)
    yield {
      kind: 'answers_changed',
      nr: sealed.nr,
      words: `The answers that entry ${sealed.nr} sealed are not those that were stored.`,
    };
}

/** The details of an entry as it stands; none where somebody made them unreadable. */
export function detailOf(text: string | null): Record<string, unknown> {
  if (text === null) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch (cause) {
    if (cause instanceof SyntaxError) return {};
    throw cause;
  }
}
