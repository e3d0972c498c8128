const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
  ['millisecond', 1],
] as const;

/** A duration in its two largest units, for example "1 hour 30 minutes". */
export function inWords(milliseconds: number): string {
  let remainder = Math.round(milliseconds);
  const parts = UNITS.flatMap(([unit, size]) => {
    const count = Math.floor(remainder / size);
    remainder -= count * size;
    return count === 0 ? [] : [`${count} ${unit}${count === 1 ? '' : 's'}`];
  });
  return parts.slice(0, 2).join(' ') || 'no time';
}
