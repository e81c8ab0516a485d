import { type WaveFile } from '../study/study.js';
import { drawn } from './random.js';

/** What someone does after the nth message (from 0) of a wave has reached them. */
export interface Act {
  afterMessage: number;
  hours: number;
  /** `leave`: they ask the field team to be taken out; `die`: the team learns that they have died. */
  does: 'open' | 'stall' | 'finish' | 'refuse' | 'leave' | 'die';
  /** For `stall`: the share of the pages that are answered before the phone is put away. */
  share?: number;
}

/** What is laid down for someone beforehand, so that every demo shows it. */
export type Fate = { wave: string; does: 'leave' | 'die' };

type Waves = readonly Pick<WaveFile, 'id' | 'kind'>[];

/**
 * What someone does in each wave: some fall silent for good, some skip a wave and come back.
 * @param waves  the waves that they can be asked in, in the order of time
 */
export function actsThrough(
  random: () => number,
  waves: Waves,
  fate: Fate | undefined,
): Record<string, Act[]> {
  const acts: Record<string, Act[]> = {};
  let silent = false;
  waves.forEach(({ id, kind }, nr) => {
    const checkIn = kind === 'check-in';
    const drawnActs = nr === 0 ? firstActs(random) : checkIn ? checkInActs(random) : laterActs(random);
    silent ||= nr > 0 && random() < (checkIn ? 0.03 : 0.07);
    const skips = nr > 0 && random() < (checkIn ? 0.15 : 0.11);
    if (fate) acts[id] = fatedActs(fate, id, waves);
    else acts[id] = silent || skips ? [] : drawnActs;
  });
  return acts;
}

/** Whoever has a fate answers each wave until it comes. */
function fatedActs(fate: Fate, wave: string, waves: Waves): Act[] {
  const place = (letter: string) => waves.findIndex(({ id }) => id === letter);
  if (place(wave) < place(fate.wave)) return [finish(0, 30)];
  if (wave !== fate.wave) return [];
  return fate.does === 'leave'
    ? [stall(0, 20, 0.3), { afterMessage: 1, hours: 26, does: 'leave' }]
    : [{ afterMessage: 0, hours: 80, does: 'die' }];
}

function firstActs(random: () => number): Act[] {
  const { soon, later, share } = paceOf(random);
  return drawn<Act[]>(random, [
    [44, [finish(0, soon)]],
    [15, [stall(0, soon, share), finish(1, later)]],
    [9, [finish(1, later)]],
    [5, [finish(2, later)]],
    [4, [{ afterMessage: 0, hours: soon, does: 'open' }]],
    [8, [stall(0, soon, share)]],
    [3, [{ afterMessage: 0, hours: soon, does: 'refuse' }]],
    [12, []],
  ]);
}

function laterActs(random: () => number): Act[] {
  const { soon, later, share } = paceOf(random);
  return drawn<Act[]>(random, [
    [62, [finish(0, soon)]],
    [13, [stall(0, soon, share), finish(1, later)]],
    [9, [finish(1, later)]],
    [5, [finish(2, later)]],
    [3, [{ afterMessage: 0, hours: soon, does: 'open' }]],
    [5, [stall(0, soon, share)]],
    [3, [{ afterMessage: 0, hours: soon, does: 'refuse' }]],
  ]);
}

function checkInActs(random: () => number): Act[] {
  const { soon, later } = paceOf(random);
  return drawn<Act[]>(random, [
    [75, [finish(0, soon)]],
    [18, [finish(1, later)]],
    [7, [{ afterMessage: 0, hours: soon, does: 'open' }]],
  ]);
}

const paceOf = (random: () => number) => ({
  soon: 1 + random() * 40,
  later: 2 + random() * 30,
  share: 0.1 + random() * 0.8,
});

const finish = (afterMessage: number, hours: number): Act => ({ afterMessage, hours, does: 'finish' });
const stall = (afterMessage: number, hours: number, share: number): Act => ({
  afterMessage,
  hours,
  does: 'stall',
  share,
});
