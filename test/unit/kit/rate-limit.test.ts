import fc from 'fast-check';
import { MovableClock } from '../../../src/kit/clock.js';
import { askerOf, Buckets, type Limit } from '../../../src/kit/rate-limit.js';
import { RateLimiter } from '../../../src/kit/rate-limit.node.js';

const RATE = { burst: 5, perMinute: 60 };

describe('token buckets', () => {
  it('let a burst through, then as many as the rate says', () => {
    const buckets = new Buckets();
    for (let one = 0; one < 5; one++) expect(buckets.take('a', RATE, 1000)).toBe(0);
    expect(buckets.take('a', RATE, 1000)).toBeCloseTo(1000);
    expect(buckets.take('b', RATE, 1000)).toBe(0);
    expect(buckets.take('a', RATE, 2000)).toBe(0);
    expect(buckets.take('a', RATE, 2500)).toBeCloseTo(500);
  });

  it('never let more through than burst and rate allow, whatever the times', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3000), { maxLength: 300 }), (pauses) => {
        const buckets = new Buckets();
        const times: number[] = [];
        let now = 0;
        for (const pause of pauses) if (buckets.take('a', RATE, (now += pause)) === 0) times.push(now);
        for (const [first, from] of times.entries())
          for (let last = first; last < times.length; last++)
            expect(last - first + 1).toBeLessThanOrEqual(
              RATE.burst + (((times[last] ?? 0) - from) / 60_000) * RATE.perMinute + 1e-6,
            );
      }),
    );
  });

  it('take a token back, and forget who has all of theirs', () => {
    const buckets = new Buckets();
    for (let one = 0; one < 5; one++) buckets.take('a', RATE, 0);
    buckets.give('a', RATE, 0);
    expect(buckets.take('a', RATE, 0)).toBe(0);
    for (let one = 0; one < 9; one++) buckets.give('a', RATE, 0);
    expect(buckets.size).toBe(0);
  });

  it('stay within their memory', () => {
    const buckets = new Buckets(100);
    for (let key = 0; key < 1000; key++) buckets.take(`k${key}`, RATE, 0);
    expect(buckets.size).toBeLessThanOrEqual(100);
  });
});

describe('who counts as one asker', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:aaaa::1', '2001:db8:1:2'],
    ['2001:DB8:0001:0002:bbbb:0:0:9', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['not an address', 'not an address'],
  ])('%s: %s', (address, asker) => expect(askerOf(address)).toBe(asker));
});

describe('the limiter', () => {
  const LIMIT: Limit = {
    name: 'test',
    address: { burst: 100, perMinute: 100 },
    guesses: { burst: 3, perMinute: 1 },
    session: { burst: 10, perMinute: 10 },
  };
  const here = { address: '203.0.113.7', session: undefined };
  const clock = () => new MovableClock(new Date('2026-03-02T08:00:00Z'));
  const refused = (act: () => unknown) => {
    try {
      act();
    } catch (cause) {
      return (cause as { details: { retryAfterSeconds: number } }).details.retryAfterSeconds;
    }
    return undefined;
  };

  it('counts guesses alone, and those of one address', () => {
    const limiter = new RateLimiter(clock());
    for (let one = 0; one < 50; one++) limiter.admit(LIMIT, here)(200);
    for (let one = 0; one < 3; one++) limiter.admit(LIMIT, here)(404);
    expect(refused(() => limiter.admit(LIMIT, here))).toBe(60);
    expect(refused(() => limiter.admit(LIMIT, { ...here, address: '203.0.113.8' }))).toBeUndefined();
  });

  it('counts guesses that are under way at once', () => {
    const limiter = new RateLimiter(clock());
    for (let one = 0; one < 3; one++) limiter.admit(LIMIT, here);
    expect(refused(() => limiter.admit(LIMIT, here))).toBeDefined();
  });

  it('holds back one phone, not the others behind the same address', () => {
    const limiter = new RateLimiter(clock());
    const phone = (session: string) => () => limiter.admit(LIMIT, { ...here, session })(200);
    for (let one = 0; one < 10; one++) phone('one')();
    expect(refused(phone('one'))).toBe(6);
    expect(refused(phone('two'))).toBeUndefined();
    for (let one = 0; one < 89; one++) phone(`of many ${one}`)();
    expect(refused(phone('the last'))).toBeDefined();
  });

  it('holds no address and no session, and yesterday’s keys not at all', () => {
    const time = clock();
    const limiter = new RateLimiter(time);
    limiter.admit(LIMIT, { address: '203.0.113.7', session: 'session-canary' })(404);
    const held = JSON.stringify([
      ...(limiter as unknown as { buckets: { fullAt: Map<string, number> } }).buckets.fullAt,
    ]);
    expect(limiter.size).toBe(3);
    expect(held).not.toMatch(/203\.0\.113|session-canary/);
    time.moveTo(new Date('2026-03-03T00:00:01Z'));
    limiter.admit(LIMIT, { ...here, address: '198.51.100.1' })(404);
    expect(limiter.size).toBe(2);
  });
});
