import { EmailValidator, type Question, type SurveyValidator } from 'survey-core';
import type { FormBuilder } from './compile-form.js';
import { type Item, isBlank } from './domain.js';
import type { Need } from './routing-names.js';
import type { Rule } from './verdict.js';

type Validate = Item['validators'][number];

interface AnyValidator extends SurveyValidator {
  minValue?: number | null;
  maxValue?: number | null;
  minLength?: number;
  maxLength?: number;
  allowDigits?: boolean;
  minCount?: number;
  maxCount?: number;
  regex?: string;
  caseInsensitive?: boolean;
  expression?: string;
}

const outside = (value: number, low: number | null | undefined, high: number | null | undefined): boolean =>
  (typeof low === 'number' && value < low) || (typeof high === 'number' && value > high);

const BY_TYPE: Record<string, (validator: AnyValidator) => (value: unknown) => Rule | undefined> = {
  numericvalidator({ minValue, maxValue }) {
    return (value) => {
      if (typeof value !== 'number') return 'wrong_type';
      return outside(value, minValue, maxValue) ? 'out_of_range' : undefined;
    };
  },
  textvalidator({ minLength = 0, maxLength = 0, allowDigits }) {
    return (value) => {
      if (typeof value !== 'string') return undefined;
      if (allowDigits === false && /\d$/.test(value)) return 'pattern';
      if (minLength > 0 && value.length < minLength) return 'too_short';
      return maxLength > 0 && value.length > maxLength ? 'too_long' : undefined;
    };
  },
  answercountvalidator({ minCount, maxCount }) {
    return (value) => {
      if (!Array.isArray(value)) return undefined;
      if (minCount && value.length < minCount) return 'too_few';
      return maxCount && value.length > maxCount ? 'too_many' : undefined;
    };
  },
  regexvalidator({ regex, caseInsensitive }) {
    if (!regex) return () => undefined;
    const pattern = new RegExp(regex, caseInsensitive ? 'i' : '');
    return (value) => {
      const texts = Array.isArray(value) ? [...(value as unknown[]), value] : [value];
      return texts.every((text) => pattern.test(String(text))) ? undefined : 'pattern';
    };
  },
  emailvalidator() {
    const email = new EmailValidator();
    return (value) => (email.validate(value) ? 'pattern' : undefined);
  },
};

/** Compiles the validators of a question; warnings and notes do not refuse answers. */
export function compileValidators(
  question: Question,
  key: string,
  form: FormBuilder,
  path: string,
  late: Need[],
): Validate[] {
  const validators: Validate[] = [];
  for (const validator of question.validators as AnyValidator[]) {
    const type = validator.getType();
    if ((validator.notificationType || 'error') !== 'error') continue;
    if (type === 'expressionvalidator') {
      const holds = form.expression(validator.expression, { path, self: key, needs: late });
      if (holds) validators.push((_value, scope) => (holds(scope) == true ? undefined : 'invalid'));
      continue;
    }
    const make = BY_TYPE[type];
    if (!make) {
      form.refuse(path, 'unsupported_validator', `Replace the validator ${type} by one of SurveyJS's own.`);
      continue;
    }
    try {
      const check = make(validator);
      validators.push((value) => (isBlank(value) ? undefined : check(value)));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      form.refuse(path, 'bad_pattern', 'Correct the regular expression; it is not valid.');
    }
  }
  return validators;
}
