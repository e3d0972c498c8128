import type { ForeignCpu } from './cpu.ts';

/** One line of a table: two names, then figures, each in a column. */
export const row = ([what = '', side = '', ...figures]: readonly string[]) =>
  [what.padEnd(20), side.padEnd(22), ...figures.map((figure) => figure.padStart(10))].join(' ').trimEnd();

export const fixed = (value: number, digits = 0) => (Number.isNaN(value) ? '-' : value.toFixed(digits));

export const shareOf = ({ share }: ForeignCpu) => `${fixed(share * 100)} %`;
