import { type Services } from '../kit/cli.js';
import { HOUR_MS, type MovableClock } from '../kit/clock.js';
import { Problem } from '../kit/problem.js';
import { QueueService } from '../kit/queue.service.js';
import { type SinkMessage } from '../kit/smtp-sink.js';
import { Sweep } from '../contact/sweep.service.js';
import { type CompiledQuestionnaire } from '../questionnaire/check/check.js';
import { randomAnswers } from '../questionnaire/random-answers.js';
import { steer } from './answers.js';
import { type Act, type Person } from './people.js';
import { seeded } from './random.js';
import { type Talk, VisitRefused } from './talk.node.js';

interface Life {
  person: Person;
  talk: Talk;
  tokens: string[];
  due: { at: Date; act: Act; token: string }[];
}

/** What synthetic people need to live through a wave. */
export interface World {
  services: Services;
  clock: Pick<MovableClock, 'now' | 'moveTo'>;
  check: CompiledQuestionnaire;
  json: { pages?: { name?: string; elements?: { name?: string }[] }[] };
  /** Who goes over HTTP and who straight into the services. */
  talkOf: (person: Person) => Talk;
  onProgress?: (done: number) => void;
}

/** People who read their mail and act on it, hour by hour on the movable clock, through the code that real people meet. */
export class Lives {
  private readonly byAddress: Map<string, Life>;

  constructor(
    people: Person[],
    private readonly world: World,
  ) {
    this.byAddress = new Map(
      people.map((person) => [person.email, { person, talk: world.talkOf(person), tokens: [], due: [] }]),
    );
  }

  /** A message arrives: whoever it is for notes what they will do about it. */
  receive(message: Pick<SinkMessage, 'to' | 'text' | 'receivedAt'>): void {
    const token = /#([A-Za-z0-9_-]{43})/.exec(message.text)?.[1];
    const life = this.byAddress.get(message.to[0] ?? '');
    if (!life || !token) return;
    const nth = life.tokens.push(token) - 1;
    for (const act of life.person.acts)
      if (act.afterMessage === nth)
        life.due.push({ at: new Date(message.receivedAt.getTime() + act.hours * HOUR_MS), act, token });
  }

  /** The newest link that someone was sent. */
  linkTokenOf(person: Person): string | undefined {
    return this.byAddress.get(person.email)?.tokens.at(-1);
  }

  /**
   * Lives from the clock's hour to an instant. Acts that fall before were done in an earlier run.
   * @param onHour  told after each hour, when all that belongs to it is done
   */
  async until(end: Date, onHour: (at: Date) => Promise<void> = () => Promise.resolve()): Promise<void> {
    const { clock } = this.world;
    const begun = clock.now().getTime();
    for (const life of this.byAddress.values()) life.due = life.due.filter(({ at }) => at.getTime() > begun);
    for (let at = begun; at < end.getTime(); at += HOUR_MS) {
      clock.moveTo(new Date(Math.min(at + HOUR_MS, end.getTime())));
      await this.deliver();
      await this.act();
      await onHour(clock.now());
      this.world.onProgress?.((at - begun) / (end.getTime() - begun));
    }
  }

  /** Sweeps until nothing is due any more, and waits for the workers. */
  private async deliver(): Promise<void> {
    const queue = this.world.services(QueueService);
    const sweep = this.world.services(Sweep);
    while ((await sweep.run()).length > 0) {
      while ((await queue.pending()) > 0) await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }

  private async act(): Promise<void> {
    const now = this.world.clock.now();
    for (const life of this.byAddress.values()) {
      const ripe = life.due.filter(({ at }) => at <= now);
      if (ripe.length === 0) continue;
      life.due = life.due.filter(({ at }) => at > now);
      ripe.sort((a, b) => a.at.getTime() - b.at.getTime());
      for (const { act, token } of ripe) await this.perform(life, act, token);
    }
  }

  private async perform({ person, talk }: Life, act: Act, token: string): Promise<void> {
    try {
      const visit = await talk.enter(token, person.locale);
      if (act.does === 'open') return;
      const answers = this.answersOf(person, act.does !== 'refuse');
      if (act.does === 'stall') {
        const { part, page } = this.upTo(answers, act.share ?? 0.5);
        await visit.save(part, page, person.locale);
      } else {
        await visit.submit(answers, person.locale);
      }
    } catch (cause) {
      if (!wasTurnedAway(cause)) throw cause;
    }
  }

  private answersOf(person: Person, willing: boolean): Record<string, unknown> {
    return randomAnswers(this.world.check, {
      random: seeded(person.seed),
      context: { now: this.world.clock.now() },
      choose: steer(person, willing),
      blankShare: 0.04,
    });
  }

  /** The answers of the first pages, as they stand when someone puts the phone away. */
  private upTo(
    answers: Record<string, unknown>,
    share: number,
  ): { part: Record<string, unknown>; page: string } {
    const pages = this.world.json.pages ?? [];
    const reached = Math.max(1, Math.floor(pages.length * share));
    const seen = new Set(
      pages.slice(0, reached).flatMap((page) => (page.elements ?? []).map((element) => element.name)),
    );
    const part = Object.fromEntries(
      Object.entries(answers).filter(([key]) => seen.has(key.replace(/-(Comment|refused)$/, ''))),
    );
    return { part, page: pages[reached - 1]?.name ?? '' };
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
