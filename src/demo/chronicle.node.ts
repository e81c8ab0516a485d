import { type Actor } from '../access/actor.js';
import { type Services } from '../kit/cli.js';
import { addDays, Clock, dateOf, HOUR_MS } from '../kit/clock.js';
import { Problem } from '../kit/problem.js';
import { type AttemptOutcome } from '../fieldwork/tracing.js';
import { TracingService } from '../fieldwork/tracing.service.js';
import { monthAfter, monthOf } from '../residence/month.js';
import { UnknownMember } from '../panel/panel.problems.js';
import { ResidenceService } from '../residence/residence.service.js';
import { type Study } from '../study/study.service.js';
import { EnrolmentService } from '../vault/enrolment.service.js';
import { rulesOf } from '../wave/wave-rules.js';
import { windowOf } from '../wave/window.js';
import { type Occasion } from './calendar.js';
import { type Lives } from './life.node.js';
import { type Person } from './people.js';
import { drawn, seeded } from './random.js';
import { openWave } from './town.node.js';
import { arrivalOf, lifeOf, pastOf } from './whereabouts.js';

const FIELD_TEAM: Actor = { kind: 'shell', by: 'field team' };

/** Months from the first wave to the opening of each: two years in all. */
const OPENS_AFTER_MONTHS: Readonly<Record<string, number>> = { k: 3, b: 6, l: 9, c: 12, m: 15, d: 23 };

/** Days between the field team's looks at who is to be looked for. */
const TRACING_EVERY_DAYS = 14;
const SEARCHED_DAYS = 180;

/** What the chronicle of a demo is written from. */
export interface Chronicle {
  services: Services;
  study: Study;
  begins: Date;
  lives: Lives;
  /** Who joins before a wave, and before which. */
  newcomers: { wave: string; people: Person[] };
}

/** When a wave of the demo opens: so many months after the first one, on the same day and hour. */
export function opensAt(begins: Date, letter: string): Date {
  const months = OPENS_AFTER_MONTHS[letter] ?? 0;
  return new Date(`${monthAfter(monthOf(begins.toISOString()), months)}${begins.toISOString().slice(7)}`);
}

/** Waves that open, people who join, and the field team's search for those who fell silent. */
export function studyOccasions(
  { services, study, begins, lives, newcomers }: Chronicle,
  ends: Date,
): Occasion[] {
  const waves = study.file.waves.slice(1).map(({ id }): Occasion => {
    return { at: opensAt(begins, id), happens: () => openWave(services, study, id) };
  });
  const joining: Occasion = {
    at: addDays(opensAt(begins, newcomers.wave), -1),
    happens: async () => {
      await services(EnrolmentService).add(study.id, newcomers.people, { kind: 'system' });
      lives.add(newcomers.people);
    },
  };
  const looks: Occasion[] = [];
  for (let at = addDays(begins, TRACING_EVERY_DAYS); at < ends; at = addDays(at, TRACING_EVERY_DAYS))
    looks.push({ at, happens: () => trace(services, study.id) });
  return [...waves, joining, ...looks];
}

/** Two attempts to reach whoever is looked for; half a year later the search ends. */
async function trace(services: Services, studyId: string): Promise<void> {
  const tracing = services(TracingService);
  await tracing.run();
  const longAgo = dateOf(addDays(services(Clock).now(), -SEARCHED_DAYS));
  for (const { memberId, attempts, openedOn } of await tracing.tasks(studyId, { open: true })) {
    const random = seeded(parseInt(memberId.slice(0, 8), 16) + attempts.length);
    const channel = attempts.length === 0 ? 'telegram' : 'acquaintance';
    const outcome = drawn<AttemptOutcome>(random, [
      [3, 'no_answer'],
      [1, 'reached'],
    ]);
    if (attempts.length < 2) await tracing.attempt(memberId, channel, outcome, FIELD_TEAM);
    else if (openedOn < longAgo) await tracing.close(memberId, 'not_found', FIELD_TEAM);
  }
}

/** Moves that people tell of by themselves, or the field team hears of, some weeks after they moved. */
export function moveReports(
  { services, begins }: Chronicle,
  people: readonly Person[],
  ends: Date,
): Occasion[] {
  const month = monthOf(begins.toISOString());
  return people
    .filter(({ reports }) => reports)
    .flatMap((person) =>
      lifeOf(person, month)
        .slice(pastOf(person).length)
        .map((stay): Occasion => {
          const at = new Date(Date.parse(`${stay.since}-20T00:00:00Z`) + 9 * HOUR_MS);
          const region = stay.town[person.locale];
          const place = { country: stay.country, region, ...arrivalOf(stay) };
          const reporter: Actor =
            person.seed % 3 === 0 ? FIELD_TEAM : { kind: 'member', memberId: person.id };
          return { at, happens: () => report(services, person.id, reporter, place) };
        }),
    )
    .filter(({ at }) => at < ends);
}

/** Of those who have left or not yet joined the study nothing is kept. */
async function report(services: Services, ...told: Parameters<ResidenceService['report']>): Promise<void> {
  try {
    await services(ResidenceService).report(...told);
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== UnknownMember.code) throw cause;
  }
}

/** The instants at which someone's own windows open after they were interviewed on a day (YYYY-MM-DD). */
export function windowOpenings({ file }: Study, interviewOn: string): Date[] {
  return file.waves.flatMap((wave) => {
    const { window } = rulesOf(file, wave);
    if (!window || !('rolling' in window) || window.rolling.anchor !== 'last_interview') return [];
    const own = windowOf(window, { joinedOn: interviewOn, lastInterviewOn: interviewOn });
    return own ? [own.opensAt] : [];
  });
}
