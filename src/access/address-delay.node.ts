import { createHmac, randomBytes } from 'node:crypto';
import { dateOf } from '../kit/clock.js';
import { askerOf } from '../kit/rate-limit.js';
import { ADDRESS_DELAY, delayMs } from './delay.js';

/** Addresses remembered at once; beyond it the oldest is forgotten. */
const MOST = 50_000;

/**
 * Who failed to sign in, by HMAC(random key of the day, address): in memory, for this process alone, so that no address is held and
 * nothing held can be traced back to one.
 */
export class AddressDelay {
  private day = '';
  private key = randomBytes(32);
  private readonly failed = new Map<string, { failures: number; retryAt: number }>();

  /** Milliseconds until this address may try again. */
  wait(address: string, now: Date): number {
    const known = this.failed.get(this.keyOf(address, now));
    return known ? Math.max(0, known.retryAt - now.getTime()) : 0;
  }

  failedFrom(address: string, now: Date): void {
    const key = this.keyOf(address, now);
    const failures = (this.failed.get(key)?.failures ?? 0) + 1;
    this.failed.delete(key);
    const [oldest] = this.failed.keys();
    if (this.failed.size >= MOST && oldest !== undefined) this.failed.delete(oldest);
    this.failed.set(key, { failures, retryAt: now.getTime() + delayMs(ADDRESS_DELAY, failures) });
  }

  private keyOf(address: string, now: Date): string {
    const day = dateOf(now);
    if (day !== this.day) {
      this.day = day;
      this.key = randomBytes(32);
      this.failed.clear();
    }
    return createHmac('sha256', this.key).update(askerOf(address)).digest('base64');
  }
}
