import type { Comparison } from '../../src/domain/analysis/comparison.ts';
import type { Chance } from './chance.ts';

/** What a service counts in a minute. */
export interface Minute {
  readonly total: number;
  readonly bad: number;
  /** Whether its counters were read at the end of the minute. They go on counting where they were not. */
  readonly isScraped: boolean;
}

/** A simulated service, and how it is compared. */
export interface Situation {
  readonly name: string;
  /** Requests in a minute. @param at the minute; 0 is the first one after the action */
  readonly traffic: (at: number) => number;
  /** The share of them that are bad where nothing is wrong. */
  readonly share: number;
  readonly form: 'ratio' | 'counts';
  readonly against: Comparison['against'];
  /** How many bad requests a minute has on average. Absent: as many as is usual. */
  readonly varied?: (chance: Chance, expected: number, at: number) => number;
  /** The share of minutes at whose end nothing is scraped. */
  readonly gaps?: number;
  /** 1.5 unless it is given. */
  readonly tolerance?: number;
  /** So many minutes the watch may last while it cannot tell. */
  readonly extendTo?: number;
}

const BUSY = 600;
const busy = { traffic: () => BUSY, share: 0.01, form: 'ratio', against: 'before' } as const;

/** The minute after the action in which one sample is bad. */
const BAD_SAMPLE = 4;

/** The traffic of a morning: in an hour it grows by half. */
const morning = (at: number) => BUSY * 1.5 ** (at / 60);

export const SITUATIONS: readonly Situation[] = [
  { ...busy, name: 'steady, 600 requests a minute, 1 % bad' },
  { ...busy, name: 'the same with `tolerance: 2`', tolerance: 2 },
  { ...busy, name: 'the same with `extendTo: 2h`', extendTo: 120 },
  { ...busy, name: 'few errors: 600 a minute, 0.2 % bad', share: 0.002 },
  { ...busy, name: 'low traffic: 20 a minute, 2 % bad', traffic: () => 20, share: 0.02 },
  {
    ...busy,
    name: 'the same with `tolerance: 3`, `extendTo: 2h`',
    traffic: () => 20,
    share: 0.02,
    tolerance: 3,
    extendTo: 120,
  },
  { ...busy, name: 'a growing morning, by share', traffic: morning },
  { ...busy, name: 'the same morning, by count', traffic: morning, form: 'counts' },
  {
    ...busy,
    name: 'the same morning, by count, against yesterday',
    traffic: morning,
    form: 'counts',
    against: 'yesterday',
  },
  { ...busy, name: 'gaps: a scrape in twenty is lost', gaps: 0.05 },
  {
    ...busy,
    name: 'one bad sample: a minute with 4 times as many',
    varied: (_, expected, at) => (at === BAD_SAMPLE ? 4 * expected : expected),
  },
  {
    ...busy,
    name: 'a little bursty: twice the variance of chance',
    varied: (chance, expected) => chance.varying(expected, 6),
  },
  {
    ...busy,
    name: 'bursty: 4 times the variance',
    varied: (chance, expected) => chance.varying(expected, 2),
  },
  {
    ...busy,
    name: 'very bursty: 7 times the variance',
    varied: (chance, expected) => chance.varying(expected, 1),
  },
];

/** What one watch meets: minute by minute, from before the action on, and the same a day earlier. */
export interface Met {
  readonly first: number;
  readonly today: readonly Minute[];
  readonly yesterday: readonly Minute[];
}

/** How many minutes are watched. */
export const MINUTES = 30;

/** Draws what a watch meets. @param factor so many times as many requests are bad after the action */
export function meet(
  { traffic, share, varied = (_, expected) => expected, gaps = 0, against, extendTo = MINUTES }: Situation,
  factor: number,
  chance: Chance,
): Met {
  // A watch with gaps lasts some minutes longer.
  const last = extendTo + 30;
  const first = -last;
  const minutesOf = (day: 'today' | 'yesterday'): Minute[] => {
    const minutes: Minute[] = [];
    for (let at = first; at <= last; at++) {
      const total = chance.poisson(traffic(at));
      const usual = share * total;
      const expected = day === 'today' ? varied(chance, usual, at) : usual;
      const bad = chance.poisson(day === 'today' && at >= 0 ? factor * expected : expected);
      minutes.push({ total, bad: Math.min(total, bad), isScraped: chance.uniform() >= gaps });
    }
    return minutes;
  };
  return {
    first,
    today: minutesOf('today'),
    yesterday: against === 'yesterday' ? minutesOf('yesterday') : [],
  };
}
