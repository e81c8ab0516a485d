import { InvalidJson } from './questionnaire.problems.js';

/** What the text of a file says as JSON. @throws InvalidJson */
export function readJsonText(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw InvalidJson({ file, reason: cause instanceof Error ? cause.message : 'not JSON' });
  }
}
