/** An answer as survey-core tells it in words (`getPlainData`), as far as it is read. */
export interface PlainAnswer {
  title?: string;
  displayValue?: unknown;
  isNode?: boolean;
  data?: PlainAnswer[];
}

/**
 * An answer in lines. Matrices and panels nest: their parts become lines “row: answer”.
 * @param titled  whether a line says what it answers
 */
export function linesOf(answer: PlainAnswer | undefined, titled: boolean): string[] {
  if (!answer) return [];
  const text = textOf(answer.displayValue);
  const parts = answer.isNode ? (answer.data ?? []).flatMap((part) => linesOf(part, true)) : [];
  const isList = parts.length > 0 && (typeof answer.displayValue === 'object' || text === '');
  if (isList) return titled && answer.title && parts.length > 1 ? [answer.title, ...parts] : parts;
  return [titled && answer.title && answer.title !== text ? `${answer.title}: ${text}` : text];
}

const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(', ');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
};
