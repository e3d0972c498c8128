/**
 * Whether a value is text that people can read: not blank, bounded, without control characters other than line breaks and tabs, and without
 * lone surrogates. The contract's `text` makes the same checks.
 */
export function isText(value: unknown, max: number): value is string {
  if (typeof value !== 'string') return false;
  const text = value.trim();
  return text !== '' && text.length <= max && /^(?:[\t\n]|[^\p{Cc}\p{Surrogate}])*$/u.test(text);
}
