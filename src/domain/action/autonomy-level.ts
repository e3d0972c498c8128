/**
 * The autonomy level of an agent. 0 advisory: it only recommends; 1 assisted: people approve each action; 2 conditional: people may object
 * during a window; 3 scoped autonomy: runs at once, is reviewed afterwards.
 */
export type Level = 0 | 1 | 2 | 3;

export const LEVEL_NAMES: Readonly<Record<Level, string>> = {
  0: 'advisory',
  1: 'assisted',
  2: 'conditional',
  3: 'scoped autonomy',
};
