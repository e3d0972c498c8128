import { isWithin, type Part, type Scenario, type ScriptedProposal } from '../domain/exercise/scenario.ts';
import type { Installation } from '../domain/installation/installation.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A Monday. */
export const YEAR_BEGINS = Date.parse('2026-01-05T00:00:00Z');

/** What agents ask for, and the share of it: most runs by itself, some after a window, little waits for people. */
const MIX = [
  { share: 0.85, agent: 'cache-agent', actionType: 'cache.flush', targets: ['catalog', 'search'] },
  { share: 0.12, agent: 'scaler-agent', actionType: 'instances.scale', targets: ['cart', 'web'] },
  { share: 0.03, agent: 'deploy-agent', actionType: 'version.deploy', targets: ['checkout'] },
] as const;

/** Of what waits for people or for a window, one in twenty is bad. What an agent does by itself is good: one rollback would cost its level. */
const BAD = 0.05;

/** The same numbers for the same seed: mulberry32. */
function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A year of the shop that ships: work on weekdays from 8 to 18, less at night and at weekends. Each agent stays with one build, which has its level. Everybody is
 * away for three weeks, and answers what they are asked within ten minutes otherwise.
 *
 * @param count how many proposals
 */
export function yearOf({ people }: Pick<Installation, 'people'>, count: number, seed = 1): Scenario {
  const random = drawn(seed);
  const time = (): number => {
    const at = Math.floor(random() * 364 * DAY);
    const isWork = Math.floor(at / DAY) % 7 < 5 && isWithin([{ from: 8 * HOUR, until: 18 * HOUR }], at % DAY);
    return isWork || random() < 0.1 ? at : time();
  };
  const times = Array.from({ length: count }, time).sort((a, b) => a - b);
  const kindOf = (): (typeof MIX)[number] => {
    const [own, window, asked] = MIX;
    const drawnShare = random();
    if (drawnShare < own.share) return own;
    return drawnShare < own.share + window.share ? window : asked;
  };
  const proposals = times.map((at, n): ScriptedProposal => {
    const { agent, actionType, targets } = kindOf();
    const isBad = agent !== MIX[0].agent && random() < BAD;
    return {
      name: `${agent}-${n + 1}`,
      at,
      agent,
      version: '1.0.0',
      actionType,
      target: targets[n % targets.length] ?? targets[0],
      environment: 'production',
      params: paramsOf(actionType, n),
      says: 'A year of generated work.',
      confidence: 0.9,
      is: isBad ? 'bad' : 'good',
      breaksAfter: isBad ? MINUTE / 2 : undefined,
      answer: 'done',
      rollbackAnswer: 'done',
      unsigned: false,
      expect: {},
    };
  });
  return {
    title: `A year of generated work: ${count} proposals`,
    begins: YEAR_BEGINS,
    lasts: 365 * DAY,
    people: Object.fromEntries(
      Object.keys(people).map((name, n): [string, Part] => {
        const from = (170 + 15 * n) * DAY;
        const away = [{ from, until: from + 21 * DAY }];
        return [name, { answers: 'right', after: Math.ceil((2 + 8 * random()) * MINUTE), away }];
      }),
    ),
    everybodyElse: { answers: 'never', after: 0, away: [] },
    pagerDown: [],
    mailDown: [],
    metrics: [],
    incidents: [],
    settings: { 'cart.count': 5, 'web.count': 5 },
    proposals,
    expect: {},
  };
}

function paramsOf(actionType: (typeof MIX)[number]['actionType'], n: number): ScriptedProposal['params'] {
  switch (actionType) {
    case 'cache.flush':
      return {};
    case 'instances.scale':
      return { count: 5 + (n % 2) };
    case 'version.deploy':
      return { version: `2.${n}.0` };
  }
}
