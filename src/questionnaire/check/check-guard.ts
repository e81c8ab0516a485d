import { FORBIDDEN_KEYS } from './domain.js';
import type { Findings } from './verdict.js';

const DEEPEST = 32;
const LARGEST = 256 * 1024;

/**
 * Looks at the whole of what was sent before anything else does: its shape, depth, size and keys.
 * @returns whether the answers can be read at all; what is wrong is in the findings
 */
export function guardAnswers(answers: unknown, findings: Findings): answers is Record<string, unknown> {
  if (typeof answers !== 'object' || answers === null || Array.isArray(answers)) {
    findings.add('', '', 'not_an_object');
    return false;
  }
  const left = { characters: LARGEST };
  const fault = faultOf(answers, 1, left);
  if (fault) findings.add('', '', fault);
  return fault === undefined;
}

function faultOf(
  value: object,
  depth: number,
  left: { characters: number },
): 'too_deep' | 'too_large' | 'forbidden_key' | 'wrong_type' | undefined {
  if (depth > DEEPEST) return 'too_deep';
  const isList = Array.isArray(value);
  if (!isList && Object.prototype.toString.call(value) !== '[object Object]') return 'wrong_type';
  for (const key of Object.keys(value)) {
    if (!isList) {
      if (FORBIDDEN_KEYS.has(key)) return 'forbidden_key';
      left.characters -= key.length + 4;
    }
    const inner = (value as Record<string, unknown>)[key];
    left.characters -= typeof inner === 'string' ? inner.length + 2 : 1;
    if (left.characters < 0) return 'too_large';
    if (typeof inner === 'object' && inner !== null) {
      const fault = faultOf(inner, depth + 1, left);
      if (fault) return fault;
    }
  }
  return undefined;
}
