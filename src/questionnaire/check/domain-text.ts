import { Helpers, Serializer, settings, type Question } from 'survey-core';
import { type Domain, LONGEST_TEXT, type Place, pick, refuse } from './domain.js';
import type { Evaluate } from './routing-run.js';

interface TextQuestion extends Question {
  inputType: string;
  min: unknown;
  max: unknown;
  step: unknown;
  maskType: string;
  maskSettings: { saveMaskedValue: boolean; toJSON(): object };
  getMaxLength(): number | null;
}

/** survey-core's input mask: how a typed text and the stored value belong together. */
interface Mask {
  getMaskedValue(value: unknown): string;
  getUnmaskedValue(text: string): unknown;
}

const FORMATS: Record<string, { pattern: RegExp; valid?: (text: string) => boolean }> = {
  date: { pattern: /^\d{4}-\d\d-\d\d$/, valid: (text) => isDay(text) },
  'datetime-local': {
    pattern: /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/,
    valid: (text) => isDay(text.slice(0, 10)),
  },
  month: { pattern: /^\d{4}-(0[1-9]|1[0-2])$/ },
  week: { pattern: /^\d{4}-W(0[1-9]|[1-4]\d|5[0-3])$/ },
  time: { pattern: /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/ },
  color: { pattern: /^#[0-9a-fA-F]{6}$/ },
  email: {
    pattern: /^[^\s@<>()[\]\\,;:"]+@([^\s@<>()[\]\\,;:".]+\.)+[^\s@<>()[\]\\,;:".]{2,}$/,
    valid: (text) => !text.startsWith('.') && !text.includes('..') && !text.includes('.@'),
  },
};

const isDay = (text: string): boolean => {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
};

/** A control character or half a character: no database takes them, and nobody types them. */
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]|\p{Surrogate}/u;

/** Checks a free text. Returns it, or undefined when refused. */
export function readText(value: unknown, maxLength: number, at: Place, path = at.path): string | undefined {
  if (typeof value !== 'string') return refuse(at, 'wrong_type', path);
  if (value.length > maxLength) return refuse(at, 'too_long', path);
  if (FORBIDDEN.test(value)) return refuse(at, 'forbidden_character', path);
  return value;
}

/** The value of an expression as a limit: dates become the texts that items hold. */
export const limitOf = (value: unknown, inputType: string): unknown =>
  Helpers.convertValToQuestionVal(value, inputType);

const WORDS = ['Белград', 'работа', 'friends', 'помощь', 'language', 'дом', 'новое дело', 'school'];

/** Text and comment questions. `limits` are the compiled minimum and maximum expressions. */
export function textDomain(
  question: Question,
  limits: { min?: Evaluate | undefined; max?: Evaluate | undefined },
): Domain {
  const text = question as TextQuestion;
  const inputType = question.getType() === 'comment' ? 'text' : text.inputType;
  if (inputType === 'number' || inputType === 'range') return numberDomain(text, limits);
  const maxLength = Math.min(text.getMaxLength() ?? LONGEST_TEXT, LONGEST_TEXT);
  if (['text', 'tel'].includes(inputType) && question.getType() === 'text' && text.maskType !== 'none') {
    return maskDomain(text);
  }
  const format = FORMATS[inputType];
  const dated = inputType === 'date' || inputType === 'datetime-local';
  const bound = (evaluate: Evaluate | undefined, fixed: unknown, last: string): Evaluate => {
    const constant = Helpers.isValueEmpty(fixed) ? last : String(fixed);
    return evaluate ? (scope) => limitOf(evaluate(scope), inputType) || last : () => constant;
  };
  const kind = question.getType() === 'comment' ? 'comment' : inputType;
  const min = bound(limits.min, text.min, dated ? settings.minDate : '');
  const max = bound(limits.max, text.max, dated ? settings.maxDate : '');
  const moment = (limit: string) =>
    dated ? new Date(limit.length === 10 ? `${limit}T00:00:00` : limit) : limit;
  const limited = dated || ['month', 'week', 'time'].includes(inputType);
  return {
    kind,
    free: !format,
    read(value, at) {
      const read = readText(value, maxLength, at);
      if (read === undefined || !format) return read;
      return format.pattern.test(read) && (format.valid?.(read) ?? true) ? read : refuse(at, 'pattern');
    },
    finish(value, at) {
      if (!limited || value === undefined) return;
      const [from, to] = [min(at.scope), max(at.scope)];
      if (from && moment(value as string) < moment(String(from))) refuse(at, 'out_of_range');
      else if (to && moment(value as string) > moment(String(to))) refuse(at, 'out_of_range');
    },
    sample(random, at) {
      if (!limited) {
        if (inputType === 'email') return `person${Math.floor(random() * 1e6)}@example.org`;
        if (inputType === 'color') return '#336699';
        if (inputType === 'url') return 'https://example.org/';
        const words = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(random, WORDS));
        return words.join(' ').slice(0, maxLength).trim();
      }
      const from = String(min(at.scope) || '2021-01-01');
      const to = String(max(at.scope) || '2024-12-31');
      return sampleMoment(inputType, random, from, to.startsWith('2999') ? '2024-12-31' : to);
    },
  };
}

function sampleMoment(inputType: string, random: () => number, from: string, to: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  if (inputType === 'time') return `${two(8 + Math.floor(random() * 12))}:${two(Math.floor(random() * 60))}`;
  if (inputType === 'week') return `2023-W${two(1 + Math.floor(random() * 50))}`;
  const [start, end] = [from, to].map((limit) =>
    Date.parse(`${limit.slice(0, 10)}${limit.length < 10 ? '-01' : ''}`),
  );
  const at = new Date(start! + random() * Math.max(0, end! - start!)).toISOString();
  return inputType === 'month' ? at.slice(0, 7) : inputType === 'date' ? at.slice(0, 10) : at.slice(0, 16);
}

function numberDomain(
  text: TextQuestion,
  limits: { min?: Evaluate | undefined; max?: Evaluate | undefined },
): Domain {
  const fixed = (value: unknown) => (Helpers.isNumber(value) ? Helpers.getNumber(value) : undefined);
  const [low, high, step] = [fixed(text.min), fixed(text.max), fixed(text.step)];
  const limit = (evaluate: Evaluate | undefined, constant: number | undefined, at: Place) =>
    evaluate ? fixed(evaluate(at.scope)) : constant;
  const stepped = text.inputType === 'number';
  const wrongStep = (value: number) => step !== undefined && step > 0 && !isMultiple(value, step);
  return {
    kind: 'number',
    read: (value, at) =>
      typeof value === 'number' && Number.isFinite(value) ? value : refuse(at, 'wrong_type'),
    finish(value, at) {
      if (typeof value !== 'number') return;
      const [from, to] = [limit(limits.min, low, at), limit(limits.max, high, at)];
      if ((from !== undefined && value < from) || (to !== undefined && value > to))
        refuse(at, 'out_of_range');
      else if (stepped && wrongStep(value)) refuse(at, 'wrong_step');
    },
    sample(random, at) {
      const from = limit(limits.min, low, at) ?? 0;
      const to = limit(limits.max, high, at) ?? Math.max(from + 100, 100);
      const size = step !== undefined && step > 0 ? step : 1;
      const value = Math.ceil(from / size) * size + Math.floor((random() * (to - from)) / size) * size;
      return Number(Math.min(value, to).toFixed(6));
    },
  };
}

/** Is a number a whole multiple of a step, but for the noise of binary fractions? */
export function isMultiple(value: number, step: number): boolean {
  const times = value / step;
  return Math.abs(times - Math.round(times)) < 1e-9 * Math.max(1, Math.abs(times));
}

function maskDomain(text: TextQuestion): Domain {
  const masked = text.maskSettings.saveMaskedValue;
  const mask = Serializer.createClass(`${text.maskType}mask`, text.maskSettings.toJSON()) as Mask & {
    fromJSON(json: object): void;
  };
  mask.fromJSON(text.maskSettings.toJSON());
  const maskType = text.maskType;
  const numeric = maskType === 'numeric' || maskType === 'currency';
  const fits = (value: unknown): boolean => {
    if (masked) return mask.getMaskedValue(mask.getUnmaskedValue(value as string)) === value;
    return mask.getUnmaskedValue(mask.getMaskedValue(value)) === value;
  };
  return {
    kind: numeric ? 'number' : 'mask',
    read(value, at) {
      if (numeric && !masked) {
        if (typeof value !== 'number' || !Number.isFinite(value)) return refuse(at, 'wrong_type');
      } else if (readText(value, LONGEST_TEXT, at) === undefined) return undefined;
      return fits(value) ? value : refuse(at, 'pattern');
    },
    ...(masked ? { seen: (value: unknown) => (value ? mask.getUnmaskedValue(value as string) : value) } : {}),
    sample(random) {
      if (numeric && !masked) return Math.floor(random() * 1000);
      const digits = Array.from({ length: 24 }, () => Math.floor(random() * 10)).join('');
      const candidates = maskType === 'datetime' ? ['2022-03-05', '09:30'] : [digits, `a${digits}`];
      const shown = candidates.map((candidate) => mask.getMaskedValue(candidate));
      const values = masked ? shown : shown.map((value) => mask.getUnmaskedValue(value));
      return values.find((value) => value !== '' && value !== undefined && fits(value));
    },
  };
}
