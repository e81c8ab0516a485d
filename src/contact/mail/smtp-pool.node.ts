import { type Delivery } from '../channel.js';
import { nameOf, type SmtpFailure } from './smtp-delivery.js';
import { type Envelope, type SmtpServer, SmtpSession } from './smtp-session.node.js';

/** Keeps a few connections to the mail server open and lets each message have one to itself. */
export class SmtpPool {
  private readonly idle: { session: SmtpSession; timer: NodeJS.Timeout }[] = [];
  private readonly waiting: (() => void)[] = [];
  private readonly drained: (() => void)[] = [];
  private readonly leaving = new Set<Promise<void>>();
  private busy = 0;
  private closed = false;

  constructor(
    private readonly server: SmtpServer,
    private readonly connections: number,
    /** After this time without work a connection is closed. */
    private readonly idleMs = 30_000,
  ) {}

  /**
   * Sends one message; `leave` is asked at most once (see SmtpSession). A connection that was used before may have died unnoticed:
   * where it fails before anything left, a fresh one is tried, once. Throws only what `leave` throws.
   */
  async deliver(envelope: Envelope, raw: Buffer, leave: () => Promise<boolean>): Promise<Delivery> {
    if (this.closed) return { kind: 'later', code: 'smtp_closing', away: false };
    await this.turn();
    try {
      const used = this.takeIdle();
      if (used) {
        const { delivery, lost } = await this.on(used, envelope, raw, leave);
        if (!lost) return delivery;
      }
      const fresh = await SmtpSession.open(this.server).catch((cause: SmtpFailure) => cause);
      if (!(fresh instanceof SmtpSession)) return awayBy(fresh);
      return (await this.on(fresh, envelope, raw, leave)).delivery;
    } finally {
      this.passOn();
    }
  }

  /** Begins no more messages, waits for those under way, and closes all connections. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.busy > 0) await new Promise<void>((done) => this.drained.push(done));
    for (const { session, timer } of this.idle.splice(0)) {
      clearTimeout(timer);
      this.end(session);
    }
    await Promise.all(this.leaving);
  }

  private async turn(): Promise<void> {
    if (this.busy >= this.connections) await new Promise<void>((go) => this.waiting.push(go));
    else this.busy += 1;
  }

  /** Whoever waited longest takes the turn over, so that nobody slips in between. */
  private passOn(): void {
    const next = this.waiting.shift();
    if (next) return next();
    this.busy -= 1;
    if (this.busy === 0) for (const done of this.drained.splice(0)) done();
  }

  private takeIdle(): SmtpSession | undefined {
    for (;;) {
      const last = this.idle.pop();
      if (!last) return undefined;
      clearTimeout(last.timer);
      if (last.session.usable) return last.session;
      this.end(last.session);
    }
  }

  private async on(session: SmtpSession, envelope: Envelope, raw: Buffer, leave: () => Promise<boolean>) {
    try {
      return await session.deliver(envelope, raw, leave);
    } finally {
      if (session.usable) this.keep(session);
      else this.end(session);
    }
  }

  private keep(session: SmtpSession): void {
    const kept = {
      session,
      timer: setTimeout(() => {
        this.idle.splice(this.idle.indexOf(kept), 1);
        this.end(session);
      }, this.idleMs),
    };
    kept.timer.unref();
    this.idle.push(kept);
  }

  private end(session: SmtpSession): void {
    const ended = session.end().finally(() => this.leaving.delete(ended));
    this.leaving.add(ended);
  }
}

/** Whatever keeps a connection from being opened is the server's state, or that of the way to it. */
const awayBy = (failure: SmtpFailure): Delivery => ({ kind: 'later', code: nameOf(failure), away: true });
