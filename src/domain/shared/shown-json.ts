/**
 * Returns a number as people write it: 0.0000001 and 1e21, where JavaScript writes 1e-7 and 1e+21. With more than twenty decimal places the
 * exponent stays.
 */
export function numberText(value: number): string {
  const text = String(value);
  const [mantissa = '', exponent] = text.split('e-');
  if (exponent === undefined) return text.replace('e+', 'e');
  const digits = mantissa.replace(/[-.]/g, '');
  const places = Number(exponent) + digits.length - 1;
  if (places > 20) return text;
  return `${value < 0 ? '-' : ''}0.${digits.padStart(places, '0')}`;
}

/** Returns a number rounded to so many significant digits. The greatest ones stay as they are: rounded up they would not be finite. */
export function toDigits(value: number, digits: number): number {
  const rounded = Number(value.toPrecision(digits));
  return Number.isFinite(rounded) ? rounded : value;
}

/** Returns a share, of which 1 is all, in percent to three digits: "37.5 %". */
export const percentText = (share: number): string => `${toDigits(100 * share, 3)} %`;

/** Returns a range of numbers as people write it; one number where both ends are the same. */
export const rangeText = (least: number, greatest: number): string =>
  least === greatest ? numberText(least) : `${numberText(least)} to ${numberText(greatest)}`;

const TEXT_OR_EXPONENT = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?e[+-]\d+/g;

/** Returns JSON for people to read and to fill in, with numbers as people write them. */
export const shownJson = (value: unknown, indent = 0): string =>
  JSON.stringify(value, null, indent).replace(TEXT_OR_EXPONENT, (token) =>
    token.startsWith('"') ? token : numberText(Number(token)),
  );
