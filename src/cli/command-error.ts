/** An error that the person at the terminal can correct: it is shown without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
