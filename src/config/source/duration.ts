const DURATION = /^(?:(\d{1,4})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/;

/** Returns the milliseconds of a duration, for example `90s`, `5m`, `24h` or `1h30m`; undefined for any other text. */
export function parseDuration(text: string): number | undefined {
  const [, hours, minutes, seconds] = text === '' ? [] : (DURATION.exec(text) ?? []);
  if (hours === undefined && minutes === undefined && seconds === undefined) return undefined;
  return ((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1000;
}
