import { createHmac, randomBytes } from 'node:crypto';
import { type Clock } from './clock.js';
import { askerOf, Buckets, type Limit, type Rate } from './rate-limit.js';
import { TooManyRequests } from './rate-limit.problems.js';

/** What is known of a request before anything of it is read. */
export interface Asking {
  address: string;
  /** The secret of its session, where it carries one. */
  session: string | undefined;
}

/** Gives the token of a guess back: the request was none. */
export type Settle = (status: number) => void;

const IS_GUESS = new Set([401, 403, 404]);

/**
 * Rate limits that know nobody. A bucket's key is HMAC(key of the day, address): the key is random, lives in this process alone and
 * changes at midnight UTC, so that no address is held longer than its request and nothing held can be traced back to one.
 * Each process counts for itself.
 */
export class RateLimiter {
  private day = '';
  private key = randomBytes(32);
  private readonly buckets: Buckets;

  constructor(
    private readonly clock: Clock,
    most?: number,
  ) {
    this.buckets = new Buckets(most);
  }

  /** How many buckets are not full. */
  get size(): number {
    return this.buckets.size;
  }

  /** Lets a request in and counts it. @throws TooManyRequests; then it counts for nothing */
  admit(limit: Limit, { address, session }: Asking): Settle {
    const now = this.today();
    const asker = this.keyOf(`${limit.name} address`, askerOf(address));
    const taken: [string, Rate][] = [];
    const take = (key: string, rate: Rate) => {
      const wait = this.buckets.take(key, rate, now);
      if (wait === 0) return void taken.push([key, rate]);
      for (const [other, itsRate] of taken) this.buckets.give(other, itsRate, now);
      throw TooManyRequests({ retryAfterSeconds: Math.max(1, Math.ceil(wait / 1000)) });
    };
    const { guesses } = limit;
    const guess = `${asker} guess`;
    if (guesses) take(guess, guesses);
    if (limit.session && session !== undefined)
      take(this.keyOf(`${limit.name} session`, session), limit.session);
    take(asker, limit.address);
    return (status) => {
      if (guesses && !IS_GUESS.has(status)) this.buckets.give(guess, guesses, this.clock.now().getTime());
    };
  }

  private keyOf(what: string, of: string): string {
    return createHmac('sha256', this.key).update(`${what}\0${of}`).digest('base64');
  }

  private today(): number {
    const now = this.clock.now();
    const day = now.toISOString().slice(0, 10);
    if (day !== this.day) {
      this.day = day;
      this.key = randomBytes(32);
      this.buckets.forget();
    }
    return now.getTime();
  }
}
