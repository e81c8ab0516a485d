import { MISSING_CODES, missingCode, type MissingKey } from '../questionnaire/missing.js';

/** Why a cell has no value, in every notation: numbers in CSV, SPSS and Parquet, letters in Stata, words in the codebook. */
export interface MissingReason {
  key: MissingKey;
  code: number;
  /** Stata's extended missing value. */
  stata: string;
  words: Readonly<Record<string, string>>;
}

const reason = (key: MissingKey, stata: string, en: string, ru: string): MissingReason => ({
  key,
  code: MISSING_CODES[key],
  stata,
  words: { en, ru },
});

export const MISSING_REASONS: readonly MissingReason[] = [
  reason('dontKnow', '.d', 'Does not know', 'Не знает'),
  reason('refused', '.r', 'Refused', 'Отказ от ответа'),
  reason('leftBlank', '.m', 'Shown, left blank', 'Вопрос показан, ответа нет'),
  reason('brokeOff', '.b', 'Broke off before the item', 'Прервал(а) анкету до этого вопроса'),
  reason('implausible', '.v', 'Implausible, removed', 'Неправдоподобно, удалено'),
  reason('notInVersion', '.q', 'Not in this version or language', 'Нет в этой версии или на этом языке'),
  reason('proxy', '.p', 'Proxy or short form', 'Ответ за другого или краткая форма'),
  reason('inapplicable', '.i', 'Inapplicable (routing)', 'Неприменимо (по переходам)'),
  reason('error', '.e', 'Error', 'Ошибка'),
  reason('notFielded', '.y', 'Item not fielded in this wave', 'Вопрос не задавался в этой волне'),
  reason('noInterview', '.w', 'No interview in this wave', 'Нет интервью в этой волне'),
  reason('suppressed', '.s', 'Suppressed for disclosure control', 'Скрыто для защиты от раскрытия'),
];

const BY_KEY = new Map(MISSING_REASONS.map((one) => [one.key, one]));

/** The reason as it stands in one variable's cells; where values may be below zero, with its long code. */
export function missingReasonOf(key: MissingKey, negatives: boolean): MissingReason {
  const found = BY_KEY.get(key) as MissingReason;
  return negatives ? { ...found, code: missingCode(key, negatives) } : found;
}

/** The words of a reason, in English where the locale has none. */
export const wordsOf = (of: MissingReason, locale: string): string =>
  of.words[locale] ?? of.words.en ?? of.key;
