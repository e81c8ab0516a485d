import { error, type Finding, isJson, nodesOf } from './lint-walk.js';

/** Bounds of a questionnaire, far above what people can be asked. */
export const LIMITS = { bytes: 2 * 1024 * 1024, depth: 40, values: 100_000, list: 1000 } as const;

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** What must hold before anything is built of a questionnaire: it is an object, of bounded size, without hostile keys. */
export function lintShape(json: unknown): Finding[] {
  if (!isJson(json))
    return [error('', 'not-a-questionnaire', 'This is not a questionnaire. Give one JSON object.')];
  const deep = tooDeep(json);
  if (deep !== null)
    return [
      error(
        deep,
        'too-deep',
        `This nests deeper than ${LIMITS.depth} levels, more than can be shown. Flatten it.`,
      ),
    ];
  const size = new TextEncoder().encode(JSON.stringify(json)).length;
  if (size > LIMITS.bytes)
    return [
      error(
        '',
        'too-large',
        `The questionnaire has ${size} bytes; at most ${LIMITS.bytes} can be loaded on a phone. Split it.`,
      ),
    ];
  const findings: Finding[] = [];
  let values = 0;
  for (const { path, key, value } of nodesOf(json)) {
    values += 1;
    if (FORBIDDEN_KEYS.has(key) && !Array.isArray(value))
      findings.push(
        error(path, 'forbidden-key', `The key "${key}" could change how programs work. Remove it.`),
      );
    if (Array.isArray(value) && value.length > LIMITS.list)
      findings.push(
        error(
          path,
          'list-too-long',
          `This list has ${value.length} entries; at most ${LIMITS.list} fit. Shorten it.`,
        ),
      );
  }
  if (values > LIMITS.values)
    findings.push(
      error(
        '',
        'too-large',
        `The questionnaire has ${values} values; at most ${LIMITS.values} can be checked. Split it.`,
      ),
    );
  return findings;
}

/** The path of the first thing that stands too deep, without recursion: the depth may be hostile. */
function tooDeep(json: object): string | null {
  let level: { value: object; path: string }[] = [{ value: json, path: '' }];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > LIMITS.depth) return level[0]?.path ?? '';
    level = level.flatMap(({ value, path }) =>
      Object.entries(value)
        .filter(([, inner]) => typeof inner === 'object' && inner !== null)
        .map(([key, inner]) => ({
          value: inner as object,
          path: Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key,
        })),
    );
  }
  return null;
}
