import type { Question } from 'survey-core';
import { type Domain, refuse } from './domain.js';
import { isMultiple } from './domain-text.js';
import type { Evaluate } from './routing-run.js';

interface SliderQuestion extends Question {
  sliderType: string;
  min: number;
  max: number;
  step: number;
  minRangeLength: number | undefined;
  maxRangeLength: number | undefined;
}

/** A slider holds one number, or two for a range. `limits` are the compiled minimum and maximum expressions. */
export function sliderDomain(
  question: Question,
  limits: { min?: Evaluate | undefined; max?: Evaluate | undefined },
): Domain {
  const slider = question as SliderQuestion;
  const range = slider.sliderType === 'range';
  const { min, max, step, minRangeLength, maxRangeLength } = slider;
  const onStep = (value: number) => value === max || !(step > 0) || isMultiple(value - min, step);
  return {
    kind: 'slider',
    read(value, at) {
      const values: unknown[] = range ? (Array.isArray(value) ? value : []) : [value];
      if (values.length !== (range ? 2 : 1)) return refuse(at, 'wrong_type');
      for (const one of values) {
        if (typeof one !== 'number' || !Number.isFinite(one)) return refuse(at, 'wrong_type');
        if (one < min || one > max) return refuse(at, 'out_of_range');
        if (!onStep(one)) return refuse(at, 'wrong_step');
      }
      if (!range) return value;
      const width = (values[1] as number) - (values[0] as number);
      if (width < 0 || width < (minRangeLength ?? 0) || width > (maxRangeLength ?? Infinity)) {
        return refuse(at, 'out_of_range');
      }
      return values;
    },
    finish(value, at) {
      if (value === undefined) return;
      const [low, high] = [limits.min?.(at.scope), limits.max?.(at.scope)];
      for (const one of (range ? value : [value]) as number[]) {
        const under = typeof low === 'number' && one < low;
        if (under || (typeof high === 'number' && one > high)) return void refuse(at, 'out_of_range');
      }
    },
    sample(random, at) {
      const low = limits.min?.(at.scope);
      const high = limits.max?.(at.scope);
      const from = typeof low === 'number' ? Math.max(low, min) : min;
      const to = typeof high === 'number' ? Math.min(high, max) : max;
      const size = step > 0 ? step : 1;
      const one = () => from + Math.floor((random() * (to - from)) / size) * size;
      if (!range) return one();
      const [a, b] = [one(), one()];
      return a < b ? [a, b] : [b, a];
    },
  };
}

/** Yes or no, in whichever values the questionnaire stores them. */
export function booleanDomain(yes: unknown, no: unknown): Domain {
  return {
    kind: 'boolean',
    read: (value, at) =>
      value === yes || value === no
        ? value
        : refuse(
            at,
            typeof value === typeof yes || typeof value === typeof no ? 'not_a_choice' : 'wrong_type',
          ),
    sample: (random) => (random() < 0.5 ? yes : no),
  };
}

/** What holds no answer of its own: its value, if any, is computed. */
export const computedDomain = (kind: string): Domain => ({
  kind,
  read: () => undefined,
  sample: () => undefined,
});
