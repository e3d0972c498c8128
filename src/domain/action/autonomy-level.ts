/**
 * How much an agent may do by itself. 0 advisory: it recommends only; 1 assisted: people approve each action; 2
 * conditional: a window, in which people may object; 3 scoped autonomy: at once, reviewed afterwards.
 */
export type Level = 0 | 1 | 2 | 3;

export const LEVEL_NAMES: Readonly<Record<Level, string>> = {
  0: 'advisory',
  1: 'assisted',
  2: 'conditional',
  3: 'scoped autonomy',
};
