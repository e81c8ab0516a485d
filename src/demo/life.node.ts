import { DataSource } from 'typeorm';
import { Sweep } from '../contact/sweep.service.js';
import { dateOf, HOUR_MS, hourOf, type MovableClock } from '../kit/clock.js';
import { Problem } from '../kit/problem.js';
import { QueueService } from '../kit/queue.service.js';
import { type SinkMessage } from '../kit/smtp-sink.js';
import { type Act } from './acts.js';
import { Calendar } from './calendar.js';
import { nextOwed } from './demo.queries.js';
import { type Person } from './people.js';
import { type Talk, VisitRefused } from './talk.node.js';
import { perform, type VisitedWorld, type Visitor } from './visits.node.js';

interface Life extends Visitor {
  tokens: { letter: string; token: string }[];
  due: Due[];
}

interface Due {
  at: Date;
  act: Act;
  token: string;
  letter: string;
}

/** What synthetic people need to live through a study. */
export interface World extends VisitedWorld {
  clock: Pick<MovableClock, 'now' | 'moveTo'>;
  /** Who goes over HTTP and who straight into the services. */
  talkOf: (person: Person) => Talk;
  /** Told when someone has answered a survey, with the day (YYYY-MM-DD). */
  onInterview?: (on: string) => void;
  onProgress?: (done: number) => void;
}

/**
 * People who read their mail and act on it on the movable clock, through the code that real people meet. Hour by hour while something
 * happens, each lived in its last moment: what falls due in an hour then goes out within the contact hours to which that hour belongs.
 * Hours in which nothing is owed and nobody does anything are passed over.
 */
export class Lives {
  readonly calendar = new Calendar();
  private readonly byAddress = new Map<string, Life>();

  constructor(
    people: readonly Person[],
    private readonly world: World,
  ) {
    this.add(people);
  }

  add(people: readonly Person[]): void {
    for (const person of people)
      this.byAddress.set(person.email, {
        person,
        talk: this.world.talkOf(person),
        said: {},
        begun: new Map(),
        tokens: [],
        due: [],
      });
  }

  /** A message arrives: whoever it is for notes what they will do about it. The link tells which wave it is about. */
  receive(message: Pick<SinkMessage, 'to' | 'text' | 'receivedAt'>): void {
    const [, letter, token] = /\/go\/[^/\s]+\/([a-z])\/[^#\s]*#([A-Za-z0-9_-]{43})/.exec(message.text) ?? [];
    const life = this.byAddress.get(message.to[0] ?? '');
    if (!life || !letter || !token) return;
    const nth = life.tokens.filter((one) => one.letter === letter).length;
    life.tokens.push({ letter, token });
    for (const act of life.person.acts[letter] ?? [])
      if (act.afterMessage === nth) {
        const at = new Date(message.receivedAt.getTime() + act.hours * HOUR_MS);
        life.due.push({ at, act, token, letter });
      }
  }

  /** The newest link that someone was sent. */
  linkTokenOf(person: Person): string | undefined {
    return this.byAddress.get(person.email)?.tokens.at(-1)?.token;
  }

  /**
   * Lives from the clock's hour to an instant. Acts that fall before were done in an earlier run.
   * @param onHour  told after each hour that was lived through, when all that belongs to it is done
   */
  async until(end: Date, onHour: (at: Date) => Promise<void> = () => Promise.resolve()): Promise<void> {
    const { clock } = this.world;
    const begun = clock.now().getTime();
    for (const life of this.byAddress.values()) life.due = life.due.filter(({ at }) => at.getTime() > begun);
    while (clock.now() < end) {
      const owed = await nextOwed(this.world.services(DataSource));
      const at = this.nextHour(owed, end);
      clock.moveTo(at);
      const occasions = this.calendar.take(at);
      for (const { happens } of occasions) await happens?.();
      if (occasions.length > 0 || (owed && owed <= at)) await this.deliver();
      await this.act();
      await onHour(at);
      this.world.onProgress?.((at.getTime() - begun) / (end.getTime() - begun));
    }
  }

  /** The last moment of the next hour in which something is to be done, or the end. */
  private nextHour(owed: Date | undefined, end: Date): Date {
    const now = this.world.clock.now().getTime();
    const acts = [...this.byAddress.values()].flatMap(({ due }) => due.map(({ at }) => at.getTime()));
    const instants = [owed?.getTime(), this.calendar.next()?.getTime(), end.getTime(), ...acts];
    const next = Math.min(...instants.filter((instant) => instant !== undefined));
    const hour = hourOf(new Date(Math.max(next, now + 1))).getTime();
    return new Date(Math.min(hour + HOUR_MS - 1, end.getTime()));
  }

  /** Sweeps until nothing is owed any more, and waits for the workers. */
  private async deliver(): Promise<void> {
    const { services, clock } = this.world;
    const queue = services(QueueService);
    for (let owed = true; owed;) {
      if ((await services(Sweep).run()).length === 0) return;
      while ((await queue.pending()) > 0) await new Promise((resolve) => setTimeout(resolve, 15));
      const next = await nextOwed(services(DataSource));
      owed = next !== undefined && next <= clock.now();
    }
  }

  /** Lets everyone do what is due by now: one after the other what is theirs, at the same time as the others. */
  private async act(): Promise<void> {
    const now = this.world.clock.now();
    const acting = [...this.byAddress.values()].map(async (life) => {
      const ripe = life.due.filter(({ at }) => at <= now);
      life.due = life.due.filter(({ at }) => at > now);
      ripe.sort((a, b) => a.at.getTime() - b.at.getTime() || a.letter.localeCompare(b.letter));
      for (const due of ripe) await this.perform(life, due);
    });
    await Promise.all(acting);
  }

  private async perform(life: Life, due: Due): Promise<void> {
    try {
      const answered = await perform(this.world, life, due);
      if (answered && this.world.waves.get(due.letter)?.kind === 'survey')
        this.world.onInterview?.(dateOf(this.world.clock.now()));
    } catch (cause) {
      if (!wasTurnedAway(cause)) throw cause;
    }
  }
}

/** A finished case or a closed wave turns people away: that is life. Anything else is a fault. */
const EXPECTED = new Set([
  'response.already_submitted',
  'wave.closed',
  'response.case_withdrawn',
  'access.link_unknown',
]);
const wasTurnedAway = (cause: unknown): boolean =>
  (cause instanceof Problem || cause instanceof VisitRefused) && EXPECTED.has(cause.code);
