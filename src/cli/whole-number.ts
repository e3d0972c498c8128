import { InvalidArgumentError } from 'commander';

/** Reads an option that says how many. @throws InvalidArgumentError for anything but 1 to 999,999 */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return Number(text);
}
