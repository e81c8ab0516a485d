/** What a person can stop in one channel: everything, the wave of the message, all surveys, or all check-ins. */
export const STOP_CHOICES = ['all', 'wave', 'survey', 'check-in'] as const;
export type StopChoice = (typeof STOP_CHOICES)[number];

/** What was chosen; whatever names no choice, such as a mail program's one click, stops everything. */
export const stopChoice = (posted: unknown): StopChoice =>
  STOP_CHOICES.find((choice) => choice === posted) ?? 'all';

/** The purpose under which a stop is kept. */
export const purposeOf = (choice: StopChoice, waveId: string): string =>
  choice === 'wave' ? `wave:${waveId}` : choice;
