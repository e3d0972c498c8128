export type Report = (line: string) => void;

/** Reports every 5 s how far the work is, until it is done. */
export async function reportWhile<T>(report: Report, line: () => string, work: Promise<T>): Promise<T> {
  const timer = setInterval(() => report(line()), 5_000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

/** What went wrong in one line, with the cause that `fetch` hides behind "fetch failed". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${reasonOf(error.cause)}`;
}
