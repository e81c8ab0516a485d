/** A token bucket: this many at once, then this many a minute. */
export interface Rate {
  burst: number;
  perMinute: number;
}

/** What one kind of request may cost whoever asks. */
export interface Limit {
  /** A name for the buckets; routes of one name share them. */
  name: string;
  /** Requests from one address, which thousands of phones may share behind a carrier's gateway. */
  address: Rate;
  /** Requests from one address that were answered 401, 403 or 404: guesses. A good request gives its token back. */
  guesses?: Rate;
  /** Requests of one session, where the request carries one. */
  session?: Rate;
}

const MINUTE_MS = 60_000;

/**
 * Token buckets by key, each held as one number: the instant at which it will be full again. A full bucket is no entry.
 * In memory, for one process. Time is an argument, in milliseconds that never run backwards.
 * @param most  entries kept; beyond it what is full is forgotten, then what was made first
 */
export class Buckets {
  private readonly fullAt = new Map<string, number>();

  constructor(private readonly most = 100_000) {}

  get size(): number {
    return this.fullAt.size;
  }

  /** Takes one token. @returns 0 where there was one, else the milliseconds until there is one; then nothing is taken */
  take(key: string, { burst, perMinute }: Rate, now: number): number {
    const each = MINUTE_MS / perMinute;
    const after = Math.max(this.fullAt.get(key) ?? now, now) + each;
    const wait = after - now - burst * each;
    if (wait > 1e-6) return wait;
    if (!this.fullAt.has(key) && this.fullAt.size >= this.most) this.makeRoom(now);
    this.fullAt.set(key, after);
    return 0;
  }

  /** Gives one token back. */
  give(key: string, { perMinute }: Rate, now: number): void {
    const fullAt = this.fullAt.get(key);
    if (fullAt === undefined) return;
    const before = fullAt - MINUTE_MS / perMinute;
    if (before > now) this.fullAt.set(key, before);
    else this.fullAt.delete(key);
  }

  forget(): void {
    this.fullAt.clear();
  }

  private makeRoom(now: number): void {
    for (const [key, at] of this.fullAt) if (at <= now) this.fullAt.delete(key);
    for (const key of this.fullAt.keys()) {
      if (this.fullAt.size <= this.most * 0.9) break;
      this.fullAt.delete(key);
    }
  }
}

/**
 * What of an address counts as one asker: an IPv4 address whole, of an IPv6 address the network (its first 64 bits), of which one
 * household or phone holds all. What is neither counts as it is.
 */
export function askerOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1]) return mapped[1];
  if (!address.includes(':')) return address;
  const [front = '', back] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const groups = front.split(':').filter(Boolean);
  const behind = (back ?? '').split(':').filter(Boolean);
  const zeros = back === undefined ? 0 : Math.max(0, 8 - groups.length - behind.length);
  return [...groups, ...Array<string>(zeros).fill('0'), ...behind]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
