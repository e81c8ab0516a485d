import { isInEu } from './region.js';

export const MOVE_CLASSES = [
  'host_to_eu',
  'host_to_us',
  'host_to_host',
  'return_to_russia',
  'to_other',
] as const;
export type MoveClass = (typeof MOVE_CLASSES)[number];

/**
 * The class of a move out of a country, or undefined where it is no move of the study (leaving Russia for the first
 * host, or no change of country).
 * @param month  YYYY-MM of the arrival; membership of the EU is that of the month's first day
 */
export function moveClass(
  from: string,
  to: string,
  month: string,
  hosts: readonly string[],
): MoveClass | undefined {
  if (from === to || from === 'RUS') return undefined;
  if (to === 'RUS') return 'return_to_russia';
  if (!hosts.includes(from)) return 'to_other';
  if (isInEu(to, `${month}-01`)) return 'host_to_eu';
  if (to === 'USA') return 'host_to_us';
  return hosts.includes(to) ? 'host_to_host' : 'to_other';
}
