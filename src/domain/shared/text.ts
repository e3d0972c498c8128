/**
 * Whether it is text that people can read: not blank, bounded, without control characters but line breaks and tabs, and
 * without half characters. The contract's `text` says the same.
 */
export function isText(value: unknown, max: number): value is string {
  if (typeof value !== 'string') return false;
  const text = value.trim();
  return text !== '' && text.length <= max && /^(?:[\t\n]|[^\p{Cc}\p{Surrogate}])*$/u.test(text);
}
