import type { Random } from './random.ts';
import {
  built,
  busy,
  capital,
  clock,
  iso,
  type Now,
  otherThan,
  type Request,
  requestOf,
  SERVICES,
  type ServiceName,
  serviceNow,
  type Write,
} from './request.ts';

/** A few more instances than run now, or a few fewer, and why. */
export function scaleALittle(random: Random, now: Now, target: ServiceName = random.pick(SERVICES)): Request {
  const from = serviceNow(now, target).instances;
  const count = from + random.between(1, 2);
  const share = random.between(68, 84);
  const other = otherThan(random, target);
  return requestOf(random, {
    actionType: 'instances.scale',
    target,
    params: { count },
    summary: random.pick([
      `Traffic to ${target} has grown since ${clock(now, 50)}, and its ${from} instances are at ${share} % of their capacity. I would like to run ${count}.`,
      `${capital(target)} queues requests at the peak. Going from ${from} to ${count} instances leaves some headroom for the evening.`,
      `Add ${count - from === 1 ? 'one more instance' : 'two more instances'} to ${target}: its p95 went from ${random.between(40, 60)} ms to ${random.between(90, 140)} ms within half an hour, and nothing was deployed meanwhile.`,
      `A newsletter to ${random.between(20, 60)},000 people leaves at ${clock(now, -30)}. ${capital(target)} should have ${count} instances by then.`,
      `Latency of ${target} must come down: it waits for ${other}, which answers more slowly since noon, and so its slots are taken for longer. ${count} instances make up for that.`,
    ]),
    evidence: [busy(random, now, target)],
    alternatives: [
      { option: `${from + 4} instances`, confidence: 0.4, whyNot: 'more than the traffic asks for' },
      { option: 'do nothing', confidence: 0.2, whyNot: 'the queue would overflow within the hour' },
    ],
  });
}

const scaleDown: Write = (random, now) => {
  const target = random.pick(SERVICES);
  const from = serviceNow(now, target).instances;
  const count = from - 1;
  return requestOf(random, {
    actionType: 'instances.scale',
    target,
    params: { count },
    summary: random.pick([
      `${capital(target)} is idle tonight: ${random.between(14, 30)} % of its slots are in use. One instance fewer, ${count} instead of ${from}, is enough until the morning.`,
      `Scale ${target} down to ${count}. The evening peak is over and the third instance serves almost nothing.`,
    ]),
    evidence: [
      {
        title: 'capacity dashboard',
        detail: `${target}: ${random.between(14, 30)} % of its slots in use at ${clock(now, 3)}`,
      },
    ],
  });
};

/** Far, and said so. */
const scaleFar: Write = (random, now) => {
  const target = random.pick(SERVICES);
  const from = serviceNow(now, target).instances;
  const count = random.between(from * 2 + 1, from * 3);
  return requestOf(random, {
    actionType: 'instances.scale',
    target,
    params: { count },
    summary: random.pick([
      `The winter sale opens at ${clock(now, -45)}. Last year it brought ${target} about three times the usual traffic, so please run ${count} instances instead of ${from} for it. That is a large step, and I would take it back at midnight.`,
      `A television spot about the shop is on at ${clock(now, -25)}. I propose to take ${target} from ${from} to ${count} instances, more than twice as many, for two hours.`,
    ]),
    evidence: [
      {
        title: 'load test',
        detail: `run ${random.between(300, 480)}: ${count} instances of ${target} carry ${count * 14} requests a second`,
      },
      busy(random, now, target),
    ],
  });
};

interface Setting {
  readonly target: ServiceName;
  readonly key: string;
}

const SETTINGS: readonly Setting[] = [
  { target: 'catalog', key: 'queueLimit' },
  { target: 'cart', key: 'queueLimit' },
  { target: 'cart', key: 'maxQuantity' },
  { target: 'checkout', key: 'queueLimit' },
  { target: 'checkout', key: 'maxItems' },
  { target: 'checkout', key: 'paymentTimeoutMs' },
];

/** A setting a quarter or a half higher. */
export function raiseSetting(random: Random, now: Now, { target, key } = random.pick(SETTINGS)): Request {
  const from = serviceNow(now, target).config[key] ?? 0;
  const value = Math.round(from * random.pick([1.2, 1.25, 1.3, 1.5]));
  const tickets = random.between(6, 40);
  const summaries: Record<string, readonly string[]> = {
    queueLimit: [
      `Shoppers of ${target} get a 503 at short peaks while its instances are idle half of the time. A queue limit of ${value} instead of ${from} takes up these bursts.`,
      `Raise the queue limit of ${target} from ${from} to ${value}. Bursts last for two seconds at most, and waiting that long is better than an error.`,
    ],
    maxQuantity: [
      `Support has ${tickets} tickets of people who cannot buy more than ${from} of one product. Please raise the maximum quantity to ${value}.`,
      `School classes order before the holidays. With a maximum of ${value} a product, up from ${from}, they need not split their carts.`,
    ],
    maxItems: [
      `Wholesale customers run into the limit of ${from} items an order. ${value} items would cover nearly all of their carts.`,
      `${tickets} orders were refused since this morning because they have more than ${from} items. Allow ${value}.`,
    ],
    paymentTimeoutMs: [
      `The payment provider announced slower answers until ${clock(now, -240)}. ${from / 1_000} s would cut off good payments, so I would wait for up to ${value} ms.`,
      `Payments by bank transfer answer after ${from + 100} ms on average today. Extend the payment timeout of checkout from ${from} ms to ${value} ms, so that fewer of them fail.`,
    ],
  };
  return requestOf(random, {
    actionType: 'config.change',
    target,
    params: { key, value },
    summary: random.pick(summaries[key] ?? []),
    evidence: [
      random.pick([
        {
          title: `answers of ${target}`,
          detail: `${random.between(11, 40)} refused between ${clock(now, 30)} and ${clock(now, 2)}`,
        },
        { title: 'support queue', detail: `${tickets} tickets about it since ${clock(now, 55)}` },
        {
          title: 'log search',
          detail: `${random.between(50, 400)} refusals on ${target} in the last 30 minutes, read at ${iso(now, 2)}`,
        },
      ]),
    ],
  });
}

const lowerTimeout: Write = (random, now) => {
  const from = serviceNow(now, 'checkout').config.paymentTimeoutMs ?? 0;
  const value = Math.round((from * random.pick([0.7, 0.75, 0.8])) / 100) * 100;
  return requestOf(random, {
    actionType: 'config.change',
    target: 'checkout',
    params: { key: 'paymentTimeoutMs', value },
    summary: random.pick([
      `No payment that took longer than ${value} ms went through this month. Lowering the timeout from ${from} to ${value} ms frees the slots of checkout earlier.`,
      `Shorten the payment timeout to ${value} ms: when the provider hangs, shoppers see an error sooner and try again.`,
    ]),
    evidence: [{ title: 'payments', detail: `slowest success ${value - 140} ms, read at ${clock(now, 6)}` }],
  });
};

/** The version after the one that runs. */
const nextOf = (random: Random, version: string): string => {
  const [major, minor = '0', patch = '0'] = version.split('.');
  return random.pick([
    `${major}.${minor}.${Number(patch) + random.between(1, 4)}`,
    `${major}.${Number(minor) + random.between(2, 7)}.0`,
  ]);
};

const CHANGES = [
  'fixes the rounding of discounts',
  'shows delivery times in the language of the shopper',
  'replaces the JSON parser, whose maker announced a security hole',
  'no longer asks for the same product twice',
  'logs the reason when a coupon is refused',
];

/** The next version, and what it brings. */
export function deployNext(random: Random, now: Now, target: ServiceName = random.pick(SERVICES)): Request {
  const from = serviceNow(now, target).version;
  const version = nextOf(random, from);
  const change = random.pick(CHANGES);
  return requestOf(random, {
    actionType: 'version.deploy',
    target,
    params: { version },
    summary: random.pick([
      `${version} ${change}. All tests passed.`,
      `Please deploy ${version} to ${target}. It ${change}, and it ran in staging for two days without an error.`,
      `${capital(target)} still runs ${from}. Version ${version} ${change}; nothing else is in it.`,
      `Release ${version} of ${target}: it ${change}. Grace from checkout-team reported the problem last week.`,
    ]),
    evidence: [built(random, now, version)],
    successCriteria: ['the error ratio stays below 2 %', 'p95 latency does not double'],
  });
}

const flush: Write = (random, now) => {
  const target = random.pick(['catalog', 'cart'] as const);
  const changed = random.between(80, 900);
  return requestOf(random, {
    actionType: 'cache.flush',
    target,
    params: {},
    summary: random.pick([
      `${capital(target)} serves prices from before the import of ${clock(now, 20)}. Flushing its cache makes the new ones visible.`,
      `${changed} products changed at ${clock(now, 20)} and the cache of ${target} is older than that.`,
    ]),
    evidence: [{ title: 'price import', detail: `finished at ${clock(now, 20)}; ${changed} prices changed` }],
    alternatives: [{ option: 'wait for the entries to expire', confidence: 0.4, whyNot: 'takes six hours' }],
  });
};

/** What people meet on a quiet day, in turn. */
export const CALM: readonly Write[] = [
  scaleALittle,
  raiseSetting,
  deployNext,
  scaleDown,
  flush,
  (random, now) => raiseSetting(random, now),
  lowerTimeout,
  scaleFar,
  (random, now) => deployNext(random, now),
  (random, now) => scaleALittle(random, now),
];

/** What ends the open incident, or is asked for because of it and says so. */
export const IN_INCIDENT: readonly Write[] = [
  (random, now) =>
    requestOf(random, {
      actionType: 'cache.flush',
      target: 'catalog',
      params: {},
      summary: random.pick([
        `INC-4802: the catalog shows last night's prices. Its cache is from before the import, so I would flush it.`,
        'Shoppers see wrong prices during the open incident. Flushing the cache of the catalog brings the right ones.',
      ]),
      evidence: [
        {
          title: 'sample of 40 products',
          detail: `${random.between(11, 39)} with the old price at ${clock(now, 2)}`,
        },
      ],
    }),
  (random, now) => {
    const count = serviceNow(now, 'cart').instances + random.between(1, 2);
    return requestOf(random, {
      actionType: 'instances.scale',
      target: 'cart',
      params: { count },
      summary: random.pick([
        `During incident INC-4803 shoppers reload cart again and again. ${count} instances keep it answering until the cause is found; this does not end the incident.`,
        `Cart loses items (INC-4803) and people retry, which doubles its load. Run ${count} instances for now.`,
      ]),
      evidence: [busy(random, now, 'cart')],
    });
  },
];

/** Back to the version that ran well, after one that had to be taken back; and a number that was set often before. */
export const AFTER_ROLLBACKS: readonly Write[] = [
  (random, now) => {
    const target = random.pick(['catalog', 'checkout'] as const);
    const bad = serviceNow(now, target).version;
    const version = target === 'catalog' ? '1.8.0' : '2.3.1';
    return requestOf(random, {
      actionType: 'version.deploy',
      target,
      params: { version },
      summary: random.pick([
        `Go back to ${version} of ${target}. Since ${bad} the number of abandoned carts has risen, and ${version} did not have that.`,
        `${bad} of ${target} formats prices wrongly for shoppers in Switzerland. Please deploy ${version} again until that is fixed.`,
      ]),
      evidence: [
        {
          title: 'order statistics',
          detail: `abandoned carts 41 % at ${iso(now, 0)}, 33 % before the deployment`,
        },
      ],
      successCriteria: ['error ratio under 2 %', 'p95 latency does not double'],
    });
  },
  (random, now) =>
    requestOf(random, {
      actionType: 'instances.scale',
      target: 'cart',
      params: { count: 4 },
      summary: random.pick([
        `The evening peak of cart begins at ${clock(now, -40)}. Run 4 instances for it, as on other evenings.`,
        `Cart queues requests at the peak. Going from ${serviceNow(now, 'cart').instances} to 4 instances leaves some headroom.`,
      ]),
      // Its instances were set a moment ago, so an honest agent measures once more.
      evidence: [
        {
          title: 'capacity dashboard',
          detail: `cart: ${random.between(66, 88)} % of its slots in use now`,
        },
      ],
    }),
];
