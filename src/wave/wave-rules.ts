import { addDays, DAY_MS } from '../kit/clock.js';
import { Problem } from '../kit/problem.js';
import { hoursAfter } from '../study/contact-plan.js';
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
      return windowFaults(wave, rulesOf(study, wave).window).map((sentence) => ({
        path: `waves[${index}].contactPlan`,
        sentence,
      }));
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      return [{ path: `waves[${index}]`, sentence: cause.message }];
    }
  });
}

function windowFaults(wave: WaveFile, window: Window | undefined): string[] {
  return window && 'rolling' in window && window.rolling.days > wave.windowDays
    ? ['A member’s window is longer than the wave is open; lengthen windowDays.']
    : planFaults(wave, window);
}

/**
 * What is wrong with a contact plan for the time in which a wave can be answered.
 * @param open  when the wave was opened and closes; absent: as long as it is declared
 */
export function planFaults(
  { contactPlan, windowDays }: WaveFile,
  window: Window | undefined,
  open?: { openedAt: Date; closesAt: Date },
): string[] {
  const declared =
    window && 'fixed' in window
      ? (Date.parse(window.fixed.closes) - Date.parse(window.fixed.opens)) / DAY_MS
      : windowDays;
  const whole = open ? (open.closesAt.getTime() - open.openedAt.getTime()) / DAY_MS : declared;
  const days = window && 'rolling' in window ? Math.min(window.rolling.days, whole) : whole;
  return contactPlan
    .filter((step) => Math.max(hoursAfter(step) / 24, step.beforeCloseDays ?? 0) >= days)
    .map(
      ({ step }) =>
        `The step ${step} comes after the window has closed, or before it opens; move it or lengthen the window.`,
    );
}
