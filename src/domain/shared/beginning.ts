/** Returns the first so many UTF-16 units of a text. It cuts no character in half: half of one has no digest, and shows as a box. */
export const beginningOf = (text: string, length: number): string =>
  text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
