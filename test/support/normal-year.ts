import type { RuledBefore } from '../../src/domain/attention/anomaly-rules.ts';
import type { PersonDecided } from '../../src/domain/attention/request-facts.ts';

/** A year of normal work: three teams of four, four people who are on call by turns, six agents, about 7,000 requests. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A Monday. Clocks show UTC. */
export const YEAR_BEGINS = Date.parse('2026-01-05T00:00:00Z');

const TEAMS = ['checkout', 'cart', 'catalog'].map((team) => ({
  team,
  members: [1, 2, 3, 4].map((n) => `${team}-${n}`),
  agents: [`${team}-deployer`, `${team}-scaler`],
}));
const ON_CALL = ['sre-1', 'sre-2', 'sre-3', 'sre-4'];

/** The same numbers for the same seed: mulberry32. */
export function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** In the order in which they were asked for. */
export function normalYear(seed: number): RuledBefore[] {
  const random = drawn(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const many = (mean: number) => {
    let count = 0;
    for (let left = Math.exp(-mean), product = random(); product > left; count += 1) product *= random();
    return count;
  };
  const pick = <T>(from: readonly T[]): T => {
    const [first] = from;
    const one = from[Math.floor(random() * from.length)] ?? first;
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  };
  const seen: RuledBefore[] = [];

  /** Half an hour is a long time for an answer, a minute a short one; some read faster than others. */
  const reading = (person: string) =>
    4 * MINUTE * Math.exp(1.1 * normal()) * (person.endsWith('1') ? 0.5 : 1);
  /** One in thirty to one in ten is denied, depending on who looks. */
  const verdictOf = (person: string): PersonDecided['verdict'] =>
    random() < 0.03 + 0.02 * Number(person.at(-1)) ? 'deny' : 'approve';

  const ask = (agent: string, at: number, person: string, target: string) => {
    const scaling = agent.endsWith('scaler');
    const [from, by] = [1 + Math.floor(random() * 8), 1 + Math.floor(random() * 4)];
    seen.push({
      actionId: `${agent}.${seen.length}`,
      agent,
      actionType: scaling ? 'instances.scale' : 'version.deploy',
      target,
      risk: Math.max(5, Math.min(90, Math.round(38 + 12 * normal()))),
      ruledAt: at,
      entitled: 8,
      ...(scaling ? { sizeChange: by / from } : {}),
      decisions: [{ person, verdict: verdictOf(person), at: at + reading(person) }],
    });
  };

  for (let day = 0; day < 365; day += 1) {
    const midnight = YEAR_BEGINS + day * DAY;
    const onCall = ON_CALL[Math.floor(day / 7) % ON_CALL.length] ?? 'sre-1';
    const weekend = day % 7 > 4;
    for (const [n, { team, members, agents }] of TEAMS.entries()) {
      // In summer two of each team are away for three weeks, one after the other team.
      const away = day >= 180 + 21 * n && day < 201 + 21 * n ? members.slice(0, 2) : [];
      const there = members.filter((member) => !away.includes(member));
      // The first to look is mostly the same.
      const answering = () => there.find(() => random() < 0.45) ?? pick(there);
      for (const agent of agents) {
        for (let i = many(weekend ? 0.2 : 4); i > 0; i -= 1)
          ask(agent, midnight + (8 + 10 * random()) * HOUR, weekend ? onCall : answering(), team);
        for (let i = many(0.05); i > 0; i -= 1) ask(agent, midnight + 5 * random() * HOUR, onCall, team);
      }
      // Every other Tuesday a release: one person lets eight services through.
      if (day % 14 === 1) {
        const releaser = answering();
        for (let i = 0; i < 8; i += 1)
          ask(`${team}-deployer`, midnight + 10 * HOUR + i * 4 * MINUTE, releaser, `${team}-${i}`);
      }
    }
    // Twice a month something breaks at night, and whoever is on call lets a handful of things through.
    if (random() < 1 / 15) {
      const { team, agents } = pick(TEAMS);
      for (let i = 3 + Math.floor(4 * random()); i > 0; i -= 1)
        ask(pick(agents), midnight + (2 + random()) * HOUR, onCall, team);
    }
  }
  return seen.toSorted((a, b) => a.ruledAt - b.ruledAt);
}
