import type { Proposal } from 'countersign';
import type { stateOf } from '../../examples/storefront/process.ts';
import type { Random } from './random.ts';

/** What an agent asks for, before it has an id of its own. */
export type Request = Omit<Proposal, 'environment' | 'idempotencyKey'>;

/** How the storefront stands when a request is written, and when that is. */
export interface Now {
  readonly services: Awaited<ReturnType<typeof stateOf>>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Writes a request, as things stand then. */
export type Write = (random: Random, now: Now) => Request;

export const SERVICES = ['catalog', 'cart', 'checkout'] as const;
export type ServiceName = (typeof SERVICES)[number];

export const serviceNow = (now: Now, service: ServiceName) => {
  const found = now.services[service];
  if (!found) throw new RangeError(`the storefront has no ${service}`);
  return { ...found, config: found.config as Readonly<Record<string, number>> };
};

export const otherThan = (random: Random, service: ServiceName): ServiceName =>
  random.pick(SERVICES.filter((other) => other !== service));

/** A time of this day, as agents write it. */
export const clock = (now: Now, minutesAgo: number) => `${iso(now, minutesAgo).slice(11, 16)} UTC`;
export const iso = (now: Now, minutesAgo: number) =>
  `${new Date(now.at - minutesAgo * 60_000).toISOString().slice(0, 19)}Z`;
export const day = (now: Now, daysAgo: number) => iso(now, daysAgo * 24 * 60).slice(0, 10);

export const capital = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

type Evidence = Request['evidence'][number];

/** How busy a service is, measured a few minutes ago. */
export function busy(random: Random, now: Now, service: ServiceName): Evidence {
  const [before, after] = [random.between(110, 160) / 10, random.between(165, 240) / 10];
  const share = random.between(66, 88);
  return random.pick<Evidence>([
    {
      title: `requests per second of ${service}`,
      detail: `${before} at ${clock(now, 31)}, ${after} at ${clock(now, 3)}`,
    },
    { title: 'capacity dashboard', detail: `${service}: ${share} % of its slots in use at ${clock(now, 4)}` },
    {
      title: 'storefront_window_requests',
      detail: `${Math.round(after * 5)} in the last 5 seconds, read at ${iso(now, 2)}`,
    },
  ]);
}

/** A build of a version that passed its tests. */
export function built(random: Random, now: Now, version: string): Evidence {
  const tests = random.between(310, 1_940);
  return random.pick<Evidence>([
    {
      title: `build ${random.between(3_000, 9_000)}`,
      detail: `${version}: ${tests} tests passed, none failed`,
    },
    { title: 'pipeline', detail: `main at ${version}, all ${tests} tests green, finished ${clock(now, 25)}` },
    {
      title: 'release checklist',
      detail: `${version} complete, ${tests} tests, signed image pushed at ${clock(now, 40)}`,
    },
  ]);
}

/** What the storefront's watches measure. */
export function goesWell(random: Random, service: ServiceName): string[] {
  return random.pick([
    [`p95 latency of ${service} stays below twice its value before`],
    [`the error ratio of ${service} stays below 2 %`],
    ['error ratio under 2 %', 'p95 latency does not double'],
    [`no more errors on ${service} than before, by the error ratio`],
  ]);
}

const SCALER = { id: 'scaler-agent', version: '3.1.2' };
const DEPLOYER = { id: 'deploy-agent', version: '2.0.1' };
const FLUSHER = { id: 'cache-agent', version: '1.4.0' };
const AGENTS = {
  'instances.scale': SCALER,
  'config.change': DEPLOYER,
  'version.deploy': DEPLOYER,
  'schema.migrate': DEPLOYER,
  'cache.flush': FLUSHER,
};

interface Written {
  readonly actionType: keyof typeof AGENTS;
  readonly target: ServiceName;
  readonly params: Request['params'];
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  readonly successCriteria?: readonly string[];
  readonly alternatives?: Request['rationale']['alternatives'];
}

/** Fills in what the case leaves open: who asks, how sure, what else was thought of, and what is to come of it. */
export function requestOf(
  random: Random,
  { actionType, target, params, summary, evidence, successCriteria, alternatives }: Written,
): Request {
  return {
    actionType,
    target,
    params,
    agent: AGENTS[actionType],
    rationale: {
      summary,
      confidence: random.between(72, 96) / 100,
      alternatives: alternatives ?? [
        random.pick([
          { option: 'do nothing', confidence: 0.2, whyNot: 'shoppers would feel it before the evening' },
          { option: 'wait for the day shift', confidence: 0.45, whyNot: 'that is nine hours away' },
          { option: 'leave it to the owners', confidence: 0.3, whyNot: 'they asked for a proposal' },
        ]),
      ],
    },
    evidence,
    successCriteria: successCriteria ?? goesWell(random, target),
  };
}
