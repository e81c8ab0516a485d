import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { CaseService } from '../../src/wave/case.service.js';
import { seeded } from '../make/random-answers.js';
import { answersUpTo, completeAnswers, WAVE_A } from '../make/wave-a-answers.js';
import { type Acknowledged, type Ledger } from './answers-figures.js';
import { type AnswersSite, type Invited } from './answers-site.js';

type Answers = Record<string, unknown>;

/** A browser's patience with one request. */
const PATIENCE_MS = 25_000;
const SAVES = 5;
/** Of so many failed requests one is given up: the person loads the page anew, and what came of the request they never hear. */
const GIVES_UP_EVERY = 5;
/** Of so many acknowledged requests one is sent once more, as a browser does that lost the reply. */
const REPEATS_EVERY = 8;

interface Reply {
  status: number;
  json: Record<string, unknown>;
  cookie: string | undefined;
}

/** What lives end with, in turn. */
const ENDS = ['submits', 'submits', 'submits', 'refuses', 'departs', 'stops', 'falls silent'] as const;
export type LifeEnd = (typeof ENDS)[number];

export interface Lives {
  clients?: number;
  /** Default: all there are. */
  ends?: readonly LifeEnd[];
}

/** Sets of answers that grow page by page to a whole questionnaire. */
const LIVES = Array.from({ length: 8 }, (_, seed) => {
  const whole = completeAnswers(seed);
  const last = WAVE_A.pages.length - 1;
  const drafts = Array.from({ length: SAVES }, (_, nr) => {
    const page = WAVE_A.pages[Math.floor((last * (nr + 1)) / SAVES)]?.name ?? '';
    return { page, answers: answersUpTo(page, whole) };
  });
  return { whole, drafts };
});

/** Lets clients live the lives of all people of a site at once, each client one person after the other. Every act is written down. */
export async function liveThrough(
  site: AnswersSite,
  ledger: Ledger,
  { clients = 8, ends = ENDS }: Lives = {},
): Promise<void> {
  const queue = [...site.people.entries()];
  const one = async (client: number) => {
    const random = seeded(client);
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [nr, person] = next;
      await new Client(site, ledger, person, random).live(nr, ends[nr % ends.length] ?? 'submits');
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, nr) => one(nr)));
}

/** One person's browser. It repeats what got no answer, with the very same id and body, until it is told what became of it. */
class Client {
  private cookie: string | undefined;
  private base = 0;
  private hasGivenUp = false;
  private isOver = false;

  constructor(
    private readonly site: Pick<AnswersSite, 'urls' | 'services'>,
    private readonly ledger: Ledger,
    private readonly person: Invited,
    private readonly random: () => number,
  ) {}

  async live(nr: number, end: LifeEnd): Promise<void> {
    const { whole, drafts } = LIVES[nr % LIVES.length]!;
    await this.open();
    for (const { page, answers } of drafts) if (!this.isOver) await this.save(answers, page);
    if (this.isOver) return;
    if (end === 'submits') await this.submit(whole);
    if (end === 'refuses') await this.submit({ consent_take_part: 'no' });
    if (end === 'stops') await this.stop();
    if (end === 'departs') await this.depart(whole);
  }

  async open(): Promise<void> {
    const reply = await this.insist(
      '/respond/session',
      new URLSearchParams({ token: this.person.token, locale: 'ru' }),
    );
    if (reply?.status !== 303 || !reply.cookie) return this.wonder('a link', reply);
    this.cookie = reply.cookie;
  }

  async save(answers: Answers, page: string): Promise<void> {
    const sent = { answers, page, reached: page, locale: 'ru' };
    const reply = await this.act('revisions', (base) => ({ saveId: this.newId(), base, ...sent }));
    if (!reply) return;
    const { revision } = reply.json as { revision: number };
    this.note({ act: 'save', id: reply.id, answers, base: reply.base, revision });
    this.base = revision;
  }

  async submit(answers: Answers): Promise<void> {
    const reply = await this.act('submission', (base) => ({
      submissionId: this.newId(),
      base,
      answers,
      locale: 'ru',
    }));
    if (!reply) return;
    this.note({ act: 'submission', id: reply.id, answers, receipt: String(reply.json['receipt']) });
    this.isOver = true;
  }

  private async stop(): Promise<void> {
    const reply = await this.insist(`/stop/ru/${this.person.stopToken}`, new URLSearchParams());
    if (reply?.status !== 200) return this.wonder('a stop', reply);
    this.note({ act: 'stop' });
  }

  /** As staff enter it who were asked to; afterwards nothing is taken any more. */
  private async depart(answers: Answers): Promise<void> {
    const { memberId } = this.person;
    const given = {
      memberId,
      as: 'withdrawn',
      reason: 'asked to',
      actor: { kind: 'shell', by: 'test' },
    } as const;
    for (;;) {
      try {
        await this.site.services(CaseService).endMembership(given);
        break;
      } catch {
        await pause(100 + this.random() * 200); // a crash of the server, whatever words the driver has for it
      }
    }
    this.note({ act: 'departure' });
    const body = { submissionId: randomUUID(), base: this.base, answers, locale: 'ru' };
    const late = await this.insist('/api/respond/submission', body);
    if (late?.json['code'] !== 'response.case_withdrawn')
      this.wonder('a submission after the withdrawal', late);
  }

  /**
   * Sends until it is acknowledged. Undefined where the person's case turns out to be over: an act that they gave up had arrived.
   */
  private async act<Body extends { base: number }>(path: string, make: (base: number) => Body) {
    for (;;) {
      const body = make(this.base);
      const reply = await this.insist(`/api/respond/${path}`, body, true);
      if (reply?.status === 201) {
        await this.maybeRepeat(path, body, reply);
        return { ...reply, base: body.base, id: idOf(body) };
      }
      const isOvertaken = reply?.json['code'] === 'response.stale_revision';
      if (reply && !(this.hasGivenUp && isOvertaken)) this.wonder(`a ${path}`, reply);
      if (this.isOver || !(await this.reload())) return undefined;
    }
  }

  private async maybeRepeat(path: string, body: object, first: Reply): Promise<void> {
    if (this.random() * REPEATS_EVERY >= 1) return;
    const again = await this.insist(`/api/respond/${path}`, body);
    const key = path === 'submission' ? 'receipt' : 'revision';
    if (again?.status !== 201 || again.json[key] !== first.json[key])
      this.wonder(`a repeated ${path}`, again);
  }

  /** The page is loaded anew. False where the case is over. */
  private async reload(): Promise<boolean> {
    const reply = await this.insist('/api/respond/interview');
    if (reply?.status !== 200) {
      this.isOver = true;
      if (reply?.json['code'] !== 'response.already_submitted') this.wonder('a reload', reply);
      return false;
    }
    this.base = reply.json['revision'] as number;
    return true;
  }

  /** Sends until there is an answer that means something. Undefined where the person gave up before. */
  private async insist(path: string, body?: object, mayGiveUp = false): Promise<Reply | undefined> {
    for (let attempt = 0; ; attempt += 1) {
      const reply = await this.ask(this.site.urls[attempt % this.site.urls.length] + path, body);
      if (reply && reply.status !== 503 && reply.status !== 429) {
        if (reply.status < 500) return reply;
        this.wonder(path, reply);
      }
      if (attempt > 600) throw new Error(`No answer for too long: ${path}`);
      await pause(100 + this.random() * 200);
      if (mayGiveUp && this.random() * GIVES_UP_EVERY < 1) {
        this.hasGivenUp = true;
        return undefined;
      }
    }
  }

  private async ask(url: string, body?: object): Promise<Reply | undefined> {
    const isForm = body instanceof URLSearchParams;
    const begun = performance.now();
    try {
      const reply = await fetch(url, {
        method: body ? 'POST' : 'GET',
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE_MS),
        headers: {
          accept: 'application/json',
          ...(this.cookie ? { cookie: this.cookie } : {}),
          ...(isForm ? {} : { 'content-type': 'application/json', 'x-onward': 'respond' }),
        },
        ...(body ? { body: isForm ? body : JSON.stringify(body) } : {}),
      });
      const text = await reply.text();
      if (reply.status === 503) this.ledger.busy += 1;
      const isJson = (reply.headers.get('content-type') ?? '').includes('json');
      return {
        status: reply.status,
        json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
        cookie: reply.headers.getSetCookie()[0]?.split(';', 1)[0],
      };
    } catch {
      return undefined; // no answer, or half of one: the process was killed
    } finally {
      this.ledger.longestMs = Math.max(this.ledger.longestMs, performance.now() - begun);
    }
  }

  private newId(): string {
    const id = randomUUID();
    const { memberId } = this.person;
    const ids = this.ledger.sent.get(memberId) ?? new Set();
    this.ledger.sent.set(memberId, ids.add(id));
    return id;
  }

  private note(one: OneOf<Acknowledged>): void {
    this.ledger.acknowledged.push({ ...one, memberId: this.person.memberId });
  }

  private wonder(what: string, reply: Reply | undefined): void {
    this.ledger.odd.push(`${what} was answered ${reply?.status} ${String(reply?.json['code'])}`);
  }
}

/** Each member of a union without the key that all share. */
type OneOf<Union> = Union extends unknown ? Omit<Union, 'memberId'> : never;

const idOf = (body: object): string => {
  const { saveId, submissionId } = body as { saveId?: string; submissionId?: string };
  return saveId ?? submissionId ?? '';
};
