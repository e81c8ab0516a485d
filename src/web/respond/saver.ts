import type { Finding, ProblemDetails, SaveBody, Saved, Snapshot } from '../shared/respond-api.js';
import { type Reply, retryDelayMs } from './client.js';
import type { Unsent } from './unsent.js';

/** What the status line has to tell. `ended` carries the code of the problem that ends the visit. */
export type SaveState =
  | { kind: 'ready' }
  | { kind: 'saving' }
  | { kind: 'saved'; at: string; differs?: Saved['differs'] }
  | { kind: 'offline' }
  | { kind: 'busy' }
  | { kind: 'tooLarge' }
  | { kind: 'refused'; findings: readonly Finding[] }
  | { kind: 'conflict'; stored: number }
  | { kind: 'ended'; code: string };

export interface SaverParts {
  post(body: SaveBody): Promise<Reply<Saved>>;
  newId(): string;
  /** Runs `act` later; the result cancels it. */
  later(act: () => void, milliseconds: number): () => void;
  /** Keeps what is unacknowledged where a reload finds it; null when all is acknowledged. */
  keep(unsent: Omit<Unsent, 'case'> | null): void;
  show(state: SaveState): void;
}

const DEBOUNCE_MS = 400;

/**
 * Saves answers as revisions, one request at a time, each on top of the last acknowledged revision. A request that got
 * no answer is repeated with the very same id and body, so that the server can tell a repetition from a change. When
 * another tab or device has saved in between, it stops and asks (`conflict`); it never overwrites by itself.
 */
export class Saver {
  private state: SaveState = { kind: 'ready' };
  private inFlight: SaveBody | null = null;
  private latest: Snapshot | null = null;
  private sending = false;
  private attempt = 0;
  private cancelTimer: (() => void) | null = null;
  private waiting: ((base: number | null) => void)[] = [];

  constructor(
    private base: number,
    private readonly parts: SaverParts,
  ) {}

  /** Goes on with what an earlier page load left unacknowledged. */
  resume(unsent: Unsent): void {
    this.base = unsent.base;
    this.inFlight = unsent.inFlight;
    this.latest = unsent.latest;
    this.pump();
  }

  /** An answer, a page or the language has changed. `atOnce` skips the short wait for further changes. */
  changed(snapshot: Snapshot, atOnce = false): void {
    if (this.state.kind === 'ended') return;
    this.latest = snapshot;
    this.keep();
    if (this.state.kind === 'conflict') return;
    if (this.inFlight) {
      if (atOnce && !this.sending) this.retryNow();
      return;
    }
    this.at(atOnce ? 0 : DEBOUNCE_MS);
  }

  /** The network is back, or the page is about to go: sends without waiting. */
  retryNow(): void {
    if (this.state.kind === 'ended' || this.state.kind === 'conflict') return;
    if (this.inFlight || this.latest) this.at(0);
  }

  get hasUnsaved(): boolean {
    return this.inFlight !== null || this.latest !== null;
  }

  /** Resolves with the revision when everything is acknowledged, or with null when that needs the person first. */
  settled(): Promise<number | null> {
    this.retryNow();
    if (!this.hasUnsaved) return Promise.resolve(this.base);
    if (this.isStuck()) return Promise.resolve(null);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** The submission met a newer revision: the same question to the person as when a save does. */
  overtaken(mine: Snapshot, stored = this.base): void {
    this.latest = mine;
    this.keep();
    this.tell({ kind: 'conflict', stored });
  }

  /** Answer to a conflict: what this page shows becomes the next revision, on top of the stored one. */
  keepMine(): void {
    if (this.state.kind !== 'conflict') return;
    this.base = this.state.stored;
    this.latest ??= this.inFlight && snapshotOf(this.inFlight);
    this.inFlight = null;
    this.tell({ kind: 'saving' });
    this.at(0);
  }

  /** Answer to a conflict: what this page has not saved is given up. */
  dropMine(): void {
    this.stop();
    this.inFlight = null;
    this.latest = null;
    this.parts.keep(null);
  }

  /** Ends all saving and waiting. */
  stop(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
    this.state = { kind: 'ended', code: 'stopped' };
    this.release();
  }

  private at(milliseconds: number): void {
    this.cancelTimer?.();
    if (milliseconds === 0) {
      this.cancelTimer = null;
      this.pump();
    } else {
      this.cancelTimer = this.parts.later(() => {
        this.cancelTimer = null;
        this.pump();
      }, milliseconds);
    }
  }

  private pump(): void {
    if (this.sending) return;
    if (!this.inFlight && this.latest) {
      this.inFlight = { saveId: this.parts.newId(), base: this.base, ...this.latest };
      this.latest = null;
      this.keep();
      this.tell({ kind: 'saving' });
    }
    if (this.inFlight) void this.send(this.inFlight);
  }

  private async send(body: SaveBody): Promise<void> {
    this.sending = true;
    const reply = await this.parts.post(body);
    this.sending = false;
    if (this.state.kind === 'ended') return;
    if (reply.kind === 'done') this.acknowledged(reply.body);
    else if (reply.kind === 'problem') this.declined(reply.problem, body);
    else {
      this.tell({ kind: reply.kind === 'busy' ? 'busy' : 'offline' });
      this.at(retryDelayMs(this.attempt++));
    }
  }

  private acknowledged({ revision, savedAt, differs }: Saved): void {
    this.base = revision;
    this.inFlight = null;
    this.attempt = 0;
    this.keep();
    this.tell({ kind: 'saved', at: savedAt, ...(differs ? { differs } : {}) });
    if (this.latest) this.at(this.waiting.length > 0 ? 0 : DEBOUNCE_MS);
    else this.release();
  }

  private declined(problem: ProblemDetails, body: SaveBody): void {
    this.attempt = 0;
    switch (problem.code) {
      case 'response.stale_revision':
        this.tell({ kind: 'conflict', stored: problem.revision ?? this.base });
        break;
      case 'response.save_id_reused':
        // The id met another body, so this one was never stored: it goes again under a new id.
        this.latest ??= snapshotOf(body);
        this.inFlight = null;
        this.at(0);
        return;
      case 'response.refused':
        this.latest ??= snapshotOf(body);
        this.inFlight = null;
        this.tell({ kind: 'refused', findings: problem.findings ?? [] });
        break;
      case 'response.kept_after_close':
        // The questionnaire has closed, and what came is kept apart. What was answered since goes after it, and so does what
        // waits to be sent; only then the person is told.
        this.inFlight = null;
        this.keep();
        if (this.latest) {
          this.at(0);
          return;
        }
        this.release();
        this.tell({ kind: 'ended', code: problem.code });
        return;
      default:
        if (problem.status === 413) {
          this.latest ??= snapshotOf(body);
          this.inFlight = null;
          this.tell({ kind: 'tooLarge' });
        } else this.tell({ kind: 'ended', code: problem.code });
    }
    this.keep();
    if (this.isStuck()) this.release();
  }

  private isStuck(): boolean {
    const { kind } = this.state;
    return (
      kind === 'conflict' ||
      kind === 'ended' ||
      (!this.sending && !this.cancelTimer && (kind === 'refused' || kind === 'tooLarge'))
    );
  }

  private release(): void {
    const base = this.hasUnsaved ? null : this.base;
    for (const resolve of this.waiting.splice(0)) resolve(base);
  }

  private keep(): void {
    const { base, inFlight, latest } = this;
    this.parts.keep(inFlight || latest ? { base, inFlight, latest } : null);
  }

  private tell(state: SaveState): void {
    this.state = state;
    this.parts.show(state);
  }
}

const snapshotOf = ({ answers, page, reached, locale }: SaveBody): Snapshot => ({
  answers,
  page,
  reached,
  locale,
});
