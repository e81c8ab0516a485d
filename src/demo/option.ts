import { InvalidDemoOption } from './demo.problems.js';

/** The number that an option gives. @throws InvalidDemoOption */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least || number > most)
    throw InvalidDemoOption({ option, allowed: `a whole number from ${least} to ${most}` });
  return number;
}
