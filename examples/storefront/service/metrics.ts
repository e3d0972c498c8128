import type { Family, Sample } from './openmetrics.ts';
import type { Services } from './services.ts';
import { SERVICE_NAMES, type ServiceName } from './versions.ts';

const WINDOW_MS = 5_000;
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

interface Answered {
  at: number;
  seconds: number;
  failed: boolean;
}

/** What one service has answered: totals since the start, and each answer of the last five seconds. */
class Tally {
  readonly codes = new Map<string, number>();
  readonly buckets = BUCKETS.map(() => 0);
  count = 0;
  sum = 0;
  #window: Answered[] = [];

  add(code: number, seconds: number, at: number): void {
    this.codes.set(String(code), (this.codes.get(String(code)) ?? 0) + 1);
    this.count += 1;
    this.sum += seconds;
    for (const [index, bound] of BUCKETS.entries()) {
      if (seconds <= bound) this.buckets[index] = (this.buckets[index] ?? 0) + 1;
    }
    this.window(at).push({ at, seconds, failed: code >= 500 });
  }

  window(now: number): Answered[] {
    const firstKept = this.#window.findIndex(({ at }) => at > now - WINDOW_MS);
    this.#window.splice(0, firstKept === -1 ? this.#window.length : firstKept);
    return this.#window;
  }
}

/** Counts public requests and tells them, with the services' state, as metric families. Times are in ms. */
export class Metrics {
  readonly #tallies = new Map<ServiceName, Tally>(SERVICE_NAMES.map((name) => [name, new Tally()]));

  record(service: ServiceName, code: number, seconds: number, now: number): void {
    this.#tallies.get(service)?.add(code, seconds, now);
  }

  families(services: Services, now: number): Family[] {
    const perService = (samples: (tally: Tally) => Sample[]): Sample[] =>
      [...this.#tallies].flatMap(([service, tally]) =>
        samples(tally).map((sample) => ({ ...sample, labels: { service, ...sample.labels } })),
      );
    // No requests, no sample: a service that nobody used has not been shown to work.
    const overWindow = (value: (answers: Answered[]) => number): Sample[] =>
      perService((tally) => {
        const answers = tally.window(now);
        return answers.length === 0 ? [] : [{ value: value(answers) }];
      });

    return [
      {
        name: 'storefront_requests',
        type: 'counter',
        help: 'Requests answered, by HTTP status code.',
        samples: perService(({ codes }) =>
          [...codes].map(([code, value]) => ({ suffix: '_total', labels: { code }, value })),
        ),
      },
      {
        name: 'storefront_request_duration_seconds',
        type: 'histogram',
        unit: 'seconds',
        help: 'Time from request to answer.',
        samples: perService(histogram),
      },
      {
        name: 'storefront_error_ratio',
        type: 'gauge',
        unit: 'ratio',
        help: 'Share of answers with a 5xx code over the last 5 seconds.',
        samples: overWindow((answers) => answers.filter(({ failed }) => failed).length / answers.length),
      },
      {
        name: 'storefront_latency_p95_seconds',
        type: 'gauge',
        unit: 'seconds',
        help: '95th percentile of the time to answer over the last 5 seconds.',
        samples: overWindow(p95),
      },
      {
        name: 'storefront_window_requests',
        type: 'gauge',
        unit: 'requests',
        help: 'Requests answered in the last 5 seconds.',
        samples: perService((tally) => [{ value: tally.window(now).length }]),
      },
      {
        name: 'storefront_instances',
        type: 'gauge',
        unit: 'instances',
        help: 'Running instances.',
        samples: SERVICE_NAMES.map((service) => ({
          labels: { service },
          value: services[service].state().instances,
        })),
      },
      {
        name: 'storefront_version',
        type: 'info',
        help: 'The deployed version.',
        samples: SERVICE_NAMES.map((service) => ({
          suffix: '_info',
          labels: { service, version: services[service].state().version },
          value: 1,
        })),
      },
    ];
  }
}

/** Nearest-rank 95th percentile, in seconds. */
function p95(answers: Answered[]): number {
  const sorted = answers.map(({ seconds }) => seconds).sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}

function histogram({ buckets, count, sum }: Tally): Sample[] {
  const bounds = BUCKETS.map((bound) => (Number.isInteger(bound) ? bound.toFixed(1) : String(bound)));
  return [
    ...buckets.map((value, index) => ({ suffix: '_bucket', labels: { le: bounds[index] ?? '' }, value })),
    { suffix: '_bucket', labels: { le: '+Inf' }, value: count },
    { suffix: '_count', value: count },
    { suffix: '_sum', value: sum },
  ];
}
