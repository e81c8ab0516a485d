import fc from 'fast-check';
import { type ContactFacts, decide } from '../../../../src/contact/decide/decision.js';
import { zonesOf } from '../../../../src/residence/zone.js';
import { type HoursException, WEEKDAYS } from '../../../../src/study/contact-plan.js';
import { aContact, aStep, DAY, HOUR, MINUTE } from './a-contact.js';
import { changesOf, wallClock, ZONES } from './wall-clock.js';

/** The whole number of runs takes some 10 s; FAULT_SCALE makes it more, or less. */
const RUNS = Math.round(100_000 * Number(process.env['FAULT_SCALE'] ?? 1));
const SINCE = Date.UTC(2020, 0, 1);
const UNTIL = Date.UTC(2040, 0, 1);
const MANY_ZONES = ['USA', 'RUS', 'CAN', 'AUS', 'BRA', 'KAZ', 'MEX', 'IDN'];

const zone = fc.constantFrom(...ZONES);
type Where = Pick<ContactFacts, 'timeZone' | 'residenceCountry' | 'hostZones'>;
const where: fc.Arbitrary<Where> = fc.oneof(
  {
    weight: 6,
    arbitrary: zone.map((timeZone) => ({ timeZone, residenceCountry: 'DEU', hostZones: ['UTC'] })),
  },
  {
    weight: 2,
    arbitrary: fc
      .uniqueArray(zone, { minLength: 1, maxLength: 4 })
      .map((hostZones) => ({ timeZone: null, residenceCountry: null, hostZones })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...MANY_ZONES)
      .map((residenceCountry) => ({ timeZone: null, residenceCountry, hostZones: ['UTC'] })),
  },
);
const inCountry = new Map(MANY_ZONES.map((country) => [country, zonesOf(country)]));
/** All zones in which the person may be. */
const plausible = ({ timeZone, residenceCountry, hostZones }: Where): readonly string[] =>
  timeZone ? [timeZone] : (inCountry.get(residenceCountry ?? '') ?? hostZones);

const quarters = fc
  .tuple(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 2, max: 95 }))
  .map(([from, length]) => ({ from: clock(from), to: clock(Math.min(from + length, 95)) }));
const clock = (quarter: number): string =>
  `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`;

type Rule = Pick<HoursException, 'from' | 'to' | 'days'>;
const exception: fc.Arbitrary<HoursException> = fc
  .record({
    channel: fc.constantFrom('email', 'telegram', undefined),
    country: fc.constantFrom('DEU', 'SRB', ...MANY_ZONES, undefined),
    hours: fc.option(quarters, { nil: undefined }),
    days: fc.option(fc.subarray([...WEEKDAYS], { minLength: 1 }), { nil: undefined }),
  })
  .map(({ channel, country, hours, days }) => ({
    ...(channel && { channel: channel as 'email' }),
    ...(country && { country }),
    ...hours,
    ...(days && { days }),
  }));

const changes = new Map<string, number[]>();
function changesIn(one: string): number[] {
  const known = changes.get(one) ?? changesOf(one, 2020, 2032);
  changes.set(one, known);
  return known;
}
/** Every other instant lies around a change of the clocks, where the zone has any. */
const instant = fc.record({
  any: fc.integer({ min: SINCE, max: UNTIL }),
  near: fc.boolean(),
  which: fc.nat(),
  off: fc.integer({ min: -30 * HOUR, max: 30 * HOUR }),
});
function instantIn(
  one: string,
  { any, near, which, off }: { any: number; near: boolean; which: number; off: number },
): number {
  const all = near ? changesIn(one) : [];
  return all.length > 0 ? (all[which % all.length] ?? 0) + off : any;
}

/** By the clock on the wall: within the hours that bind everyone, within the wave's, and within every exception that matches. */
function isOpen(at: number, facts: ContactFacts): boolean {
  const country = facts.residenceCountry ?? facts.hostCountry;
  const matching = facts.exceptions.filter(
    (each) => (!each.channel || each.channel === 'email') && (!each.country || each.country === country),
  );
  const rules: Rule[] = [{ from: '09:00', to: '20:00' }, facts.hours, ...matching];
  return plausible(facts).every((one) => {
    const { day, time } = wallClock(at, one);
    return rules.every(
      ({ from, to, days }) =>
        time >= (from ?? '') && time < (to ?? '24') && (!days || days.some((each) => each === day)),
    );
  });
}

const scenario = fc.record({
  place: where,
  next: where,
  when: instant,
  due: fc.integer({ min: -5 * DAY, max: 2 * DAY }),
  hours: fc.option(quarters, { nil: { from: '09:00', to: '20:00' } }),
  exceptions: fc.oneof(fc.constant([]), fc.array(exception, { maxLength: 3 })),
  spreadMinutes: fc.constantFrom(0, 0, 45, 600),
  memberId: fc.uuid(),
});

it('whoever may be written to, and when, it is within the hours where they are, in every plausible zone', () => {
  const seen = { send: 0, wait: 0, suppress: 0, moved: 0 };
  fc.assert(
    fc.property(scenario, ({ place, next, when, due, hours, exceptions, spreadMinutes, memberId }) => {
      const now = instantIn(plausible(place)[0] ?? 'UTC', when);
      const facts = aContact({
        ...place,
        hours,
        exceptions,
        memberId,
        step: aStep({ spreadMinutes }),
        dueAt: new Date(now + due),
        closesAt: new Date(now + 40 * DAY),
      });
      const decision = decide(facts, new Date(now));
      seen[decision.kind] += 1;
      if (decision.kind === 'suppress') {
        if (decision.reason !== 'no_contact_hour') throw wrong(now, decision.reason, facts);
        if (seen.suppress % 100 === 0)
          for (let at = Math.max(now, now + due); at < now + due + 8 * DAY; at += 15 * MINUTE)
            if (isOpen(at, facts)) throw wrong(at, 'open', facts);
        return;
      }
      const at = decision.kind === 'send' ? now : decision.until.getTime();
      if (at < Math.max(now, now + due) || !isOpen(at, facts)) throw wrong(at, decision.kind, facts);
      if (decision.kind === 'send') return;
      if (at === now || decide(facts, decision.until).kind !== 'send') throw wrong(at, 'again', facts);
      // They moved while it waited: what counts is where they are now.
      const elsewhere = { ...facts, ...next };
      const there = decide(elsewhere, decision.until);
      if (there.kind === 'send') seen.moved += 1;
      const then = there.kind === 'wait' ? there.until.getTime() : at;
      if (there.kind !== 'suppress' && !isOpen(then, elsewhere)) throw wrong(then, 'moved', elsewhere);
    }),
    { numRuns: RUNS },
  );
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(RUNS / 50);
});

const wrong = (at: number, what: string, facts: ContactFacts): Error =>
  new Error(
    `${what} at ${new Date(at).toISOString()}: ${JSON.stringify(plausible(facts).map((one) => [one, wallClock(at, one)]))} ` +
      JSON.stringify([facts.dueAt, facts.hours, facts.exceptions]),
  );
