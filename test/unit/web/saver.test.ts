import type { SaveBody, Saved, Snapshot } from '../../../src/web/shared/respond-api.js';
import type { Reply } from '../../../src/web/respond/client.js';
import { Saver, type SaverParts, type SaveState } from '../../../src/web/respond/saver.js';

const snapshot = (value: unknown): Snapshot => ({
  answers: { q: value },
  page: 'p',
  reached: 'p',
  locale: 'ru',
});
const problem = (code: string, more: object = {}): Reply<Saved> => ({
  kind: 'problem',
  problem: { status: 409, code, ...more },
});
const saved = (revision: number): Reply<Saved> => ({
  kind: 'done',
  body: { revision, savedAt: '2026-03-05T12:00:00Z' },
});

/** A saver whose requests wait for an answer, and whose clock is turned by hand. */
function aSaver(base = 0) {
  const posted: SaveBody[] = [];
  const answers: ((reply: Reply<Saved>) => void)[] = [];
  const timers = new Map<number, { act: () => void; milliseconds: number }>();
  const states: SaveState[] = [];
  let kept: Parameters<SaverParts['keep']>[0] = null;
  let ids = 0;
  const saver = new Saver(base, {
    post: (body) => {
      posted.push(body);
      return new Promise((resolve) => answers.push(resolve));
    },
    newId: () => `id-${++ids}`,
    later: (act, milliseconds) => {
      const id = ++ids;
      timers.set(id, { act, milliseconds });
      return () => timers.delete(id);
    },
    keep: (unsent) => (kept = unsent),
    show: (state) => states.push(state),
  });
  return {
    saver,
    posted,
    states,
    kept: () => kept,
    last: () => states.at(-1)?.kind,
    waits: () => [...timers.values()].map(({ milliseconds }) => milliseconds),
    async reply(reply: Reply<Saved>) {
      answers.shift()?.(reply);
      await new Promise(setImmediate);
    },
    elapse() {
      for (const [id, { act }] of [...timers]) {
        timers.delete(id);
        act();
      }
    },
  };
}

describe('Saver', () => {
  it('waits a moment for further changes and sends the last of them', () => {
    const it = aSaver();
    it.saver.changed(snapshot(1));
    it.saver.changed(snapshot(2));
    expect(it.posted).toEqual([]);
    expect(it.waits()).toEqual([400]);
    it.elapse();
    expect(it.posted).toEqual([{ saveId: 'id-3', base: 0, ...snapshot(2) }]);
  });

  it('sends at once when asked to', () => {
    const it = aSaver();
    it.saver.changed(snapshot(1), true);
    expect(it.posted).toHaveLength(1);
  });

  it('has one request in flight, and builds the next on the acknowledged revision', async () => {
    const it = aSaver(4);
    it.saver.changed(snapshot(1), true);
    it.saver.changed(snapshot(2), true);
    expect(it.posted).toHaveLength(1);
    await it.reply(saved(5));
    it.elapse();
    expect(it.posted.map(({ base, answers }) => [base, answers])).toEqual([
      [4, { q: 1 }],
      [5, { q: 2 }],
    ]);
  });

  it.each(['unreachable', 'busy'] as const)(
    'repeats the very same body when %s, waiting longer each time',
    async (kind) => {
      const it = aSaver();
      it.saver.changed(snapshot(1), true);
      it.saver.changed(snapshot(2));
      await it.reply({ kind });
      expect(it.last()).toBe(kind === 'busy' ? 'busy' : 'offline');
      expect(it.waits()).toEqual([1000]);
      it.elapse();
      await it.reply({ kind });
      expect(it.waits()).toEqual([2000]);
      it.saver.retryNow();
      expect(it.posted).toHaveLength(3);
      expect(it.posted[1]).toEqual(it.posted[0]);
      expect(it.posted[2]).toEqual(it.posted[0]);
      await it.reply(saved(1));
      it.elapse();
      expect(it.posted[3]).toMatchObject({ base: 1, answers: { q: 2 } });
    },
  );

  it('keeps what is unacknowledged, and nothing after the acknowledgement', async () => {
    const it = aSaver();
    it.saver.changed(snapshot(1), true);
    it.saver.changed(snapshot(2));
    expect(it.kept()).toMatchObject({
      base: 0,
      inFlight: { answers: { q: 1 } },
      latest: { answers: { q: 2 } },
    });
    await it.reply(saved(1));
    expect(it.kept()).toMatchObject({ base: 1, inFlight: null, latest: { answers: { q: 2 } } });
    it.elapse();
    await it.reply(saved(2));
    expect(it.kept()).toBeNull();
    expect(it.saver.hasUnsaved).toBe(false);
  });

  it('goes on after a reload with the request that got no answer, then with later changes', async () => {
    const it = aSaver(9);
    const inFlight = { saveId: 'old', base: 3, ...snapshot(1) };
    it.saver.resume({ case: 'one', base: 3, inFlight, latest: snapshot(2) });
    expect(it.posted).toEqual([inFlight]);
    await it.reply(saved(4));
    it.elapse();
    expect(it.posted[1]).toMatchObject({ base: 4, answers: { q: 2 } });
  });

  it('stops at a conflict and overwrites only when told to', async () => {
    const it = aSaver(2);
    it.saver.changed(snapshot(1), true);
    await it.reply(problem('response.stale_revision', { revision: 7 }));
    expect(it.states.at(-1)).toEqual({ kind: 'conflict', stored: 7 });
    it.saver.changed(snapshot(2), true);
    it.saver.retryNow();
    it.elapse();
    expect(it.posted).toHaveLength(1);
    it.saver.keepMine();
    expect(it.posted[1]).toMatchObject({ base: 7, answers: { q: 2 } });
    expect(it.posted[1]?.saveId).not.toBe(it.posted[0]?.saveId);
  });

  it('never has two requests in flight, however often it is pushed', async () => {
    const it = aSaver();
    it.saver.changed(snapshot(1), true);
    it.saver.retryNow();
    it.saver.changed(snapshot(2), true);
    it.saver.retryNow();
    expect(it.posted).toHaveLength(1);
    await it.reply(saved(1));
    it.elapse();
    expect(it.posted).toHaveLength(2);
  });

  it('asks the same when the submission met newer answers, and saves nothing meanwhile', () => {
    const it = aSaver(3);
    it.saver.overtaken(snapshot(1), 8);
    it.saver.changed(snapshot(2));
    it.elapse();
    expect(it.posted).toEqual([]);
    expect(it.states.at(-1)).toEqual({ kind: 'conflict', stored: 8 });
    it.saver.keepMine();
    expect(it.posted).toMatchObject([{ base: 8, answers: { q: 2 } }]);
  });

  it('gives up what is unsaved when the newer answers are chosen', async () => {
    const it = aSaver();
    it.saver.changed(snapshot(1), true);
    await it.reply(problem('response.stale_revision', { revision: 7 }));
    it.saver.dropMine();
    expect(it.kept()).toBeNull();
    expect(it.saver.hasUnsaved).toBe(false);
  });

  it('sends under a new id what an id was reused for', async () => {
    const it = aSaver();
    it.saver.changed(snapshot(1), true);
    await it.reply(problem('response.save_id_reused'));
    expect(it.posted[1]).toMatchObject({ base: 0, answers: { q: 1 } });
    expect(it.posted[1]?.saveId).not.toBe(it.posted[0]?.saveId);
  });

  it('tells which answers were refused and tries again only after a change', async () => {
    const it = aSaver();
    it.saver.changed(snapshot(1), true);
    const findings = [{ item: 'q', rule: 'domain', message: 'no' }];
    await it.reply(problem('response.refused', { findings }));
    expect(it.states.at(-1)).toEqual({ kind: 'refused', findings });
    expect(it.waits()).toEqual([]);
    it.saver.changed(snapshot(2), true);
    await it.reply(saved(1));
    expect(it.last()).toBe('saved');
  });

  it('ends with the reason when the server takes nothing more', async () => {
    const it = aSaver();
    it.saver.changed(snapshot(1), true);
    await it.reply(problem('wave.closed'));
    expect(it.states.at(-1)).toEqual({ kind: 'ended', code: 'wave.closed' });
    it.saver.changed(snapshot(2), true);
    expect(it.posted).toHaveLength(1);
  });

  it('after the close, sends what was answered since as well before it tells that all is kept apart', async () => {
    const it = aSaver();
    it.saver.changed(snapshot(1), true);
    it.saver.changed(snapshot(2));
    const settled = it.saver.settled();
    await it.reply(problem('response.kept_after_close'));
    expect(it.posted.map(({ answers }) => answers)).toEqual([{ q: 1 }, { q: 2 }]);
    expect(it.last()).not.toBe('ended');
    await it.reply(problem('response.kept_after_close'));
    expect(await settled).toBe(0); // so that a questionnaire that waits to be sent follows
    expect(it.states.at(-1)).toEqual({ kind: 'ended', code: 'response.kept_after_close' });
    expect(it.kept()).toBeNull();
  });

  describe('settled', () => {
    it('is the revision at once when nothing is unsaved', async () => {
      expect(await aSaver(3).saver.settled()).toBe(3);
    });

    it('sends what waits and resolves with its acknowledgement', async () => {
      const it = aSaver();
      it.saver.changed(snapshot(1));
      const settled = it.saver.settled();
      await it.reply(saved(1));
      expect(await settled).toBe(1);
    });

    it('is null when the person has to decide first', async () => {
      const it = aSaver();
      it.saver.changed(snapshot(1));
      const settled = it.saver.settled();
      await it.reply(problem('response.stale_revision', { revision: 2 }));
      expect(await settled).toBeNull();
      expect(await it.saver.settled()).toBeNull();
    });
  });
});
