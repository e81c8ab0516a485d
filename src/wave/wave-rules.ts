import { addDays, DAY_MS } from '../kit/clock.js';
import { Problem } from '../kit/problem.js';
import { type StudyFault } from '../study/study.problems.js';
import { type StudyFile, type WaveFile } from '../study/study.js';
import { parseEligibility } from './eligibility.js';
import { panelFacts } from './facts.js';
import { type WaveRules } from './issue.js';
import { parseWindow, type Window } from './window.js';

type Waves = Pick<StudyFile, 'waves' | 'consents'>;

/** Letters of the waves before one, in the order of time: what its eligibility may look back at. */
export function wavesBefore({ waves }: Pick<StudyFile, 'waves'>, letter: string): string[] {
  const letters = waves.map(({ id }) => id);
  return letters.includes(letter) ? letters.slice(0, letters.indexOf(letter)) : letters;
}

/**
 * Who a wave is for and when.
 * @throws InvalidEligibility, InvalidWindow
 */
export function rulesOf(study: Waves, wave: WaveFile): WaveRules {
  const facts = panelFacts(
    wavesBefore(study, wave.id),
    study.consents.map(({ id }) => id),
  );
  return {
    ...(wave.eligibility === undefined ? {} : { eligibility: parseEligibility(wave.eligibility, facts) }),
    ...(wave.window === undefined ? {} : { window: parseWindow(wave.window) }),
  };
}

/** When a wave closes that opens at an instant. */
export const closeOf = ({ windowDays }: WaveFile, { window }: WaveRules, openedAt: Date): Date =>
  window && 'fixed' in window ? new Date(window.fixed.closes) : addDays(openedAt, windowDays);

/** What is wrong with the waves' eligibility and windows, and with the contact plans that must fit into them. */
export function ruleFaults(study: Waves): StudyFault[] {
  return study.waves.flatMap((wave, index) => {
    try {
      return lastStepFault(wave, rulesOf(study, wave).window).map((sentence) => ({
        path: `waves[${index}].contactPlan`,
        sentence,
      }));
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      return [{ path: `waves[${index}]`, sentence: cause.message }];
    }
  });
}

function lastStepFault({ contactPlan, windowDays }: WaveFile, window: Window | undefined): string[] {
  if (!window) return [];
  const days =
    'fixed' in window
      ? (Date.parse(window.fixed.closes) - Date.parse(window.fixed.opens)) / DAY_MS
      : window.rolling.days;
  if ('rolling' in window && days > windowDays)
    return ['A member’s window is longer than the wave is open; lengthen windowDays.'];
  return (contactPlan.at(-1)?.afterDays ?? 0) < days
    ? []
    : ['The last step comes after the window has closed; bring it forward or lengthen the window.'];
}
