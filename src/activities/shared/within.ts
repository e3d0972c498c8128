/** How long a ruling waits for what people are told beside it, in milliseconds: they wait for the ruling meanwhile. */
export const PATIENCE_MS = 2_000;

/** Waits for an answer for so long, and then gives another one. An error of `answer` in that time is thrown. */
export async function within<T>(ms: number, answer: Promise<T>, tooLate: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(tooLate()), ms);
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
