/** What a person can do for themselves and gets a receipt for. */
export const RIGHTS_ACTS = [
  'pause',
  'resume',
  'stop',
  'restart',
  'consents',
  'language',
  'address',
  'move',
  'leave',
  'erase',
] as const;
export type RightsAct = (typeof RIGHTS_ACTS)[number];

export const isRightsAct = (text: string): text is RightsAct => RIGHTS_ACTS.some((act) => act === text);

/** `code` is known to its holder alone; `on` is the day of the act, YYYY-MM-DD. */
export interface Receipt {
  code: string;
  act: RightsAct;
  on: string;
}

/** `under_way` as long as an act waits for whoever keeps the addresses; `not_done` where they could not do it. */
export type ReceiptState = 'done' | 'under_way' | 'not_done';

/** The acts that are done in two parts: here, and where the addresses are. */
export const IN_TWO_PARTS: readonly RightsAct[] = ['address', 'erase'];

/** What a code tells: of nobody by name. */
export interface CheckedReceipt {
  act: RightsAct;
  on: string;
  state: ReceiptState;
}

/** Digits and capitals without I, L, O and U: 32 of them, five bits each. */
export const CODE_LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 12;

/** A code as it is shown, from its twelve letters. */
export const codeOf = (letters: string): string =>
  [letters.slice(0, 4), letters.slice(4, 8), letters.slice(8)].join('-');

/**
 * The code in what a person typed, whatever stands between its letters and however they are written; look-alikes are read as the letter
 * that a code can have. Undefined for what can be no code.
 */
export function codeIn(typed: unknown): string | undefined {
  if (typeof typed !== 'string' || typed.length > 100) return undefined;
  const letters = typed
    .toUpperCase()
    .replace(/[\s.\-‐-―]/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  const fits = letters.length === CODE_LENGTH && [...letters].every((each) => CODE_LETTERS.includes(each));
  return fits ? codeOf(letters) : undefined;
}
