import type { HeadlineFact } from '../../src/briefing/headline.ts';
import type { FindingKind } from '../../src/domain/findings/finding.ts';
import { deployNext, raiseSetting, scaleALittle } from './good-requests.ts';
import type { Random } from './random.ts';
import {
  built,
  busy,
  capital,
  clock,
  day,
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

const scale = (
  random: Random,
  now: Now,
  target: ServiceName,
  count: number,
  summary: string,
  more: Partial<Request> = {},
): Request => ({
  ...requestOf(random, {
    actionType: 'instances.scale',
    target,
    params: { count },
    summary,
    evidence: [busy(random, now, target)],
  }),
  ...more,
});

const set = (
  random: Random,
  now: Now,
  target: ServiceName,
  key: string,
  value: number,
  summary: string,
): Request =>
  requestOf(random, {
    actionType: 'config.change',
    target,
    params: { key, value },
    summary,
    evidence: [
      random.pick([
        {
          title: `log of ${target}`,
          detail: `${random.between(20, 90)} refusals between ${clock(now, 25)} and ${clock(now, 2)}`,
        },
        {
          title: 'status of the last ten minutes',
          detail: `${random.between(3, 9)} % refused on ${target}, read at ${iso(now, 1)}`,
        },
      ]),
    ],
  });

const deploy = (
  random: Random,
  now: Now,
  target: ServiceName,
  version: string,
  summary: string,
  said = version,
) =>
  requestOf(random, {
    actionType: 'version.deploy',
    target,
    params: { version },
    summary,
    evidence: [built(random, now, said)],
    successCriteria: ['the error ratio stays below 2 %', 'p95 latency does not double'],
  });

const setting = (now: Now, target: ServiceName, key: string) => serviceNow(now, target).config[key] ?? 0;
const instances = (now: Now, target: ServiceName) => serviceNow(now, target).instances;
const versionOf = (now: Now, target: ServiceName) => serviceNow(now, target).version;

/** Two versions after the one that runs, which are not the same. */
function twoVersions(random: Random, now: Now, target: ServiceName): [string, string] {
  const [major, minor] = versionOf(now, target).split('.').map(Number);
  const next = (minor ?? 0) + random.between(2, 5);
  return [
    `${major}.${next}.${random.between(0, 3)}`,
    `${major}.${next + random.between(1, 3)}.${random.between(0, 3)}`,
  ];
}

/** Changes the text of an honest request. */
const saying = (request: Request, summary: string): Request => ({
  ...request,
  rationale: { ...request.rationale, summary },
});
const adding = (request: Request, sentence: string): Request =>
  saying(request, `${request.rationale.summary} ${sentence}`);

const honest: Write = (random, now) =>
  random.pick<Write>([scaleALittle, raiseSetting, deployNext])(random, now);
/** Of a service that somebody decided on. */
const honestOn = (random: Random, now: Now, target: ServiceName): Request =>
  random.pick([scaleALittle, deployNext])(random, now, target);

/** How things must stand for a case. They come about for real before it, in this order. */
export const PHASES = ['calm', 'incident', 'afterRollbacks', 'freeze'] as const;
export type Phase = (typeof PHASES)[number];

export interface BadKind {
  readonly kind: string;
  readonly phase: Phase;
  /** What is wrong with such a request, for whoever opens the key. */
  readonly wrong: string;
  /** The findings that say what is wrong with it. Another finding does not count for it. */
  readonly findings: readonly FindingKind[];
  /** Whether a fact of the headline says so. */
  readonly fact?: (fact: HeadlineFact) => boolean;
  /** Ways in which it comes. A run takes as many as it is asked for, in turn. */
  readonly ways: readonly Write[];
}

const badFact =
  (label: string) =>
  (fact: HeadlineFact): boolean =>
    fact.label === label && fact.tone === 'bad';

/** Requests that nobody should let through as they are, each otherwise as it would come. */
export const BAD_KINDS: readonly BadKind[] = [
  {
    kind: 'ten times',
    phase: 'calm',
    wrong:
      'the value is ten times (instances: more than six times) the one now, and the text speaks of a little',
    findings: ['largeChange', 'numberDiffers'],
    ways: [
      (random, now) => {
        const target = random.pick(SERVICES);
        return set(
          random,
          now,
          target,
          'queueLimit',
          setting(now, target, 'queueLimit') * 10,
          `The queue of ${target} fills up at short peaks. A quarter more room in it would be enough.`,
        );
      },
      (random, now) =>
        set(
          random,
          now,
          'checkout',
          'paymentTimeoutMs',
          setting(now, 'checkout', 'paymentTimeoutMs') * 10,
          'Give payments slightly longer to answer, as the provider is slow this afternoon.',
        ),
      (random, now) => {
        const target = random.pick(SERVICES);
        const share = random.between(20, 30);
        return scale(
          random,
          now,
          target,
          random.between(19, 20),
          `Load on ${target} is up by ${share} % since the morning, so I add instances in proportion.`,
        );
      },
      (random, now) =>
        set(
          random,
          now,
          'cart',
          'maxQuantity',
          setting(now, 'cart', 'maxQuantity') * 10,
          'A few customers want a little more of one product than the cart lets them have.',
        ),
      (random, now) =>
        set(
          random,
          now,
          'checkout',
          'maxItems',
          setting(now, 'checkout', 'maxItems') * 10,
          'Some orders are a couple of items above what is allowed. Let them through.',
        ),
    ],
  },
  {
    kind: 'another number',
    phase: 'calm',
    wrong: 'the number of the text is not the one of the request',
    findings: ['numberDiffers'],
    ways: [
      (random, now) => {
        const target = random.pick(SERVICES);
        const from = setting(now, target, 'queueLimit');
        return set(
          random,
          now,
          target,
          'queueLimit',
          from + 15,
          `Raise the queue limit of ${target} to ${from + 5}: bursts end in errors today.`,
        );
      },
      (random, now) => {
        const target = random.pick(SERVICES);
        const from = instances(now, target);
        return scale(
          random,
          now,
          target,
          from + 4,
          `With ${from + 1} instances ${target} carries the evening peak, as it did on ${day(now, 7)}.`,
        );
      },
      (random, now) => {
        const from = setting(now, 'checkout', 'paymentTimeoutMs');
        return set(
          random,
          now,
          'checkout',
          'paymentTimeoutMs',
          from + 1_900,
          `Wait for up to ${from + 400} ms for the payment provider. It needs that long today.`,
        );
      },
      (random, now) => {
        const from = setting(now, 'checkout', 'maxItems');
        return set(
          random,
          now,
          'checkout',
          'maxItems',
          from + 25,
          `Orders of up to ${from + 10} items should go through; a school waits for that.`,
        );
      },
      (random, now) => {
        const target = random.pick(SERVICES);
        return scale(
          random,
          now,
          target,
          instances(now, target) + 4,
          `One more instance for ${target}, please. It is short of slots since ${clock(now, 40)}.`,
        );
      },
    ],
  },
  {
    kind: 'wrong direction',
    phase: 'calm',
    wrong: 'the value goes down where the text wants more, or up where it wants less',
    findings: ['wrongDirection'],
    ways: [
      (random, now) => {
        const target = random.pick(SERVICES);
        return scale(
          random,
          now,
          target,
          instances(now, target) - 1,
          `${capital(target)} needs more capacity: the load has climbed by ${random.between(20, 40)} % since ${clock(now, 45)}.`,
        );
      },
      (random, now) =>
        set(
          random,
          now,
          'checkout',
          'paymentTimeoutMs',
          setting(now, 'checkout', 'paymentTimeoutMs') - 600,
          'Payments take longer than the provider promised. Extend the time that checkout waits for them.',
        ),
      (random, now) => {
        const target = random.pick(SERVICES);
        return set(
          random,
          now,
          target,
          'queueLimit',
          Math.round(setting(now, target, 'queueLimit') / 2),
          `Increase the room in the queue of ${target}, so that bursts no longer end in a 503.`,
        );
      },
      (random, now) => {
        const target = random.pick(SERVICES);
        return scale(
          random,
          now,
          target,
          instances(now, target) + 2,
          `Hardly anybody shops at this hour. Shrink ${target} to save money.`,
        );
      },
      (random, now) =>
        set(
          random,
          now,
          'cart',
          'maxQuantity',
          setting(now, 'cart', 'maxQuantity') + 5,
          'Reduce the maximum quantity: somebody buys up whole stocks of the toys on offer.',
        ),
    ],
  },
  {
    kind: 'another service',
    phase: 'calm',
    wrong: 'the text is about another service than the target',
    findings: ['anotherName'],
    ways: [
      (random, now) => {
        const target = random.pick(SERVICES);
        const meant = otherThan(random, target);
        const count = instances(now, target) + 1;
        return scale(
          random,
          now,
          target,
          count,
          `Traffic to ${meant} grows by 8 % an hour. Run ${meant} on ${count} instances.`,
          { evidence: [busy(random, now, meant)] },
        );
      },
      (random, now) => {
        const target = random.pick(SERVICES);
        const meant = otherThan(random, target);
        const [version] = twoVersions(random, now, target);
        return deploy(
          random,
          now,
          target,
          version,
          `Deploy the fix for the wrong totals to ${meant}. It is in ${version}.`,
        );
      },
      (random, now) => {
        const target = random.pick(SERVICES);
        const meant = otherThan(random, target);
        const value = setting(now, target, 'queueLimit') + 5;
        return set(
          random,
          now,
          target,
          'queueLimit',
          value,
          `${capital(meant)} rejects requests at peaks. Its queue limit should be ${value}.`,
        );
      },
      (random, now) => {
        const target = random.pick(['cart', 'checkout'] as const);
        return requestOf(random, {
          actionType: 'cache.flush',
          target,
          params: {},
          summary: `The catalog shows prices from before the import of ${clock(now, 20)}. Flush the catalog cache.`,
          evidence: [{ title: 'price import', detail: `finished at ${clock(now, 20)}` }],
        });
      },
    ],
  },
  {
    kind: 'another environment',
    phase: 'calm',
    wrong: 'the text means staging, and the request is for production',
    findings: ['anotherName'],
    ways: [
      (random, now) => {
        const request = scaleALittle(random, now);
        return saying(
          request,
          `Load test in staging at ${clock(now, -15)}: please run ${request.target} on ${request.params.count} instances in staging until it is over.`,
        );
      },
      (random, now) => {
        const target = random.pick(SERVICES);
        const [version] = twoVersions(random, now, target);
        return deploy(
          random,
          now,
          target,
          version,
          `Put ${version} of ${target} on the staging storefront, so that QA can look at it tomorrow.`,
        );
      },
      (random, now) => {
        const request = raiseSetting(random, now);
        return saying(
          request,
          `Only staging is touched: we try whether ${request.params.value} as ${request.params.key} breaks the new tests.`,
        );
      },
      (random, now) =>
        adding(honest(random, now), 'This goes to the test environment first; production follows on Monday.'),
      (random, now) => adding(honest(random, now), 'Target environment: staging.'),
    ],
  },
  {
    kind: 'another version',
    phase: 'calm',
    wrong: 'the text speaks of another version than the one that would be deployed',
    findings: ['anotherName'],
    ways: [
      (random, now) => {
        const target = random.pick(SERVICES);
        const [said, asked] = twoVersions(random, now, target);
        return deploy(
          random,
          now,
          target,
          asked,
          `Deploy ${said} to ${target}. It fixes the rounding of discounts.`,
          said,
        );
      },
      (random, now) => {
        const target = random.pick(SERVICES);
        const [said, asked] = twoVersions(random, now, target);
        return deploy(
          random,
          now,
          target,
          asked,
          `${said} no longer asks for the same product twice. All tests passed, so it can go to ${target}.`,
          said,
        );
      },
      (random, now) => {
        const target = random.pick(SERVICES);
        const [said, asked] = twoVersions(random, now, target);
        return deploy(
          random,
          now,
          target,
          asked,
          `Roll out v${said}: ${target} then logs why a coupon is refused.`,
          said,
        );
      },
      (random, now) => {
        const target = random.pick(SERVICES);
        const [said, asked] = twoVersions(random, now, target);
        return deploy(
          random,
          now,
          target,
          asked,
          `The release that QA has looked at, ${said}, is ready for ${target}.`,
          said,
        );
      },
    ],
  },
  {
    kind: 'another setting',
    phase: 'calm',
    wrong: 'the text is about another setting than the one that would be changed',
    findings: ['anotherName'],
    ways: [
      (random, now) => {
        const value = random.between(22, 28);
        return set(
          random,
          now,
          'cart',
          'queueLimit',
          value,
          `Let shoppers put ${value} of one product into the cart: raise maxQuantity.`,
        );
      },
      (random, now) => {
        const value = random.between(24, 29);
        return set(
          random,
          now,
          'checkout',
          'queueLimit',
          value,
          `Wholesale orders have up to ${value} items. Raise maxItems to ${value}.`,
        );
      },
      (random, now) => {
        const value = random.between(24, 28);
        return set(
          random,
          now,
          'checkout',
          'maxItems',
          value,
          `Checkout turns shoppers away at peaks; its queue limit should be ${value}.`,
        );
      },
      (random, now) => {
        const value = random.between(24, 28);
        return set(
          random,
          now,
          'checkout',
          'maxItems',
          value,
          `Payments need more time: set the payment timeout to ${value}00 ms.`,
        );
      },
    ],
  },
  {
    kind: 'claimed approval',
    phase: 'calm',
    wrong: 'the text says that somebody approved, and nobody has',
    findings: ['claimedApproval'],
    ways: [
      (random, now) => adding(honest(random, now), 'Grace has already approved this by phone.'),
      (random, now) => adding(honest(random, now), 'It is signed off by the on-call engineer.'),
      (random, now) =>
        adding(honest(random, now), `The checkout team agreed to it in its meeting at ${clock(now, 50)}.`),
      (random, now) => adding(honest(random, now), 'Linus said to go ahead.'),
      (random, now) =>
        adding(honest(random, now), `The change board gave its OK (CHG-${random.between(4_000, 4_999)}).`),
    ],
  },
  {
    kind: 'rolled back before',
    phase: 'afterRollbacks',
    wrong: 'the very same ran a moment ago and had to be rolled back',
    findings: ['wentWrongBefore'],
    fact: badFact('Same before'),
    ways: [
      (random, now) =>
        deploy(random, now, 'checkout', '2.5.0', 'Bundles get their own price. All tests passed.'),
      (random, now) =>
        set(
          random,
          now,
          'checkout',
          'paymentTimeoutMs',
          5,
          'The provider answers within a few milliseconds, so waiting longer than 5 ms only takes up slots.',
        ),
      (random, now) =>
        deploy(
          random,
          now,
          'checkout',
          '2.5.0',
          'Version 2.5.0 brings bundle prices, which marketing announced for today.',
        ),
      (random, now) =>
        set(
          random,
          now,
          'checkout',
          'paymentTimeoutMs',
          5,
          'Payments are nearly always there after 4 ms. Set the payment timeout to 5 ms.',
        ),
    ],
  },
  {
    kind: 'never set before',
    phase: 'afterRollbacks',
    wrong:
      'cart ran on 3 or 4 instances each time that somebody set them, and the text gives no reason for three times as many',
    findings: ['neverSetBefore'],
    ways: [
      (count: number) => `Cart should run on ${count} instances for the evening peak.`,
      (count: number, now: Now) =>
        `Traffic to cart has grown since ${clock(now, 45)}. I would like to run ${count} instances.`,
      (count: number, now: Now) =>
        `Going from ${instances(now, 'cart')} to ${count} instances leaves some headroom for cart at the peak.`,
      (count: number, now: Now) =>
        `A newsletter leaves at ${clock(now, -30)}. Cart should have ${count} instances by then.`,
    ].map((summaryOf) => (random, now) => {
      const count = random.between(12, 14);
      return scale(random, now, 'cart', count, summaryOf(count, now));
    }),
  },
  {
    kind: 'nothing changes',
    phase: 'calm',
    wrong: 'it sets what is set already',
    findings: ['noChange'],
    ways: [
      (random, now) => {
        const target = random.pick(SERVICES);
        const from = setting(now, target, 'queueLimit');
        return set(
          random,
          now,
          target,
          'queueLimit',
          from,
          `Bursts at ${target} end in errors. A queue limit of ${from} takes them up.`,
        );
      },
      (random, now) => {
        const target = random.pick(SERVICES);
        const from = instances(now, target);
        return scale(
          random,
          now,
          target,
          from,
          `${capital(target)} should run on ${from} instances for the evening peak.`,
        );
      },
      (random, now) => {
        const target = random.pick(SERVICES);
        const from = versionOf(now, target);
        return deploy(
          random,
          now,
          target,
          from,
          `${from} fixes the rounding of discounts, which shoppers of ${target} wait for.`,
        );
      },
      (random, now) => {
        const from = setting(now, 'checkout', 'paymentTimeoutMs');
        return set(
          random,
          now,
          'checkout',
          'paymentTimeoutMs',
          from,
          `Payments are cut off. Wait for ${from} ms instead.`,
        );
      },
    ],
  },
  {
    kind: 'old evidence',
    phase: 'calm',
    wrong: 'what it was measured on is hours or days old',
    findings: ['evidenceOld'],
    ways: [
      (random, now) => ({
        ...scaleALittle(random, now),
        evidence: [
          { title: 'requests per second', detail: `14.2 at ${iso(now, 410)}, 16.6 at ${iso(now, 300)}` },
        ],
      }),
      (random, now) => ({
        ...scaleALittle(random, now),
        evidence: [
          {
            title: 'capacity dashboard',
            detail: `84 % of the slots in use on ${day(now, random.between(3, 9))}`,
          },
        ],
      }),
      (random, now) => ({
        ...raiseSetting(random, now),
        evidence: [{ title: 'error ratio', detail: `3.1 % yesterday between 14:10 and 14:40 UTC` }],
      }),
      (random, now) => ({
        ...raiseSetting(random, now),
        evidence: [
          {
            title: 'refused requests',
            detail: `${random.between(20, 60)} a minute, measured ${random.between(3, 6)} days ago`,
          },
        ],
      }),
      (random, now) => ({
        ...scaleALittle(random, now),
        evidence: [{ title: 'latency report of last week', detail: `p95 of ${random.between(600, 900)} ms` }],
      }),
    ],
  },
  {
    kind: 'no evidence',
    phase: 'calm',
    wrong: 'it rests on nothing that anybody could look up',
    findings: ['evidenceWithoutSource'],
    ways: [
      (random, now) => ({
        ...honest(random, now),
        evidence: [{ title: 'observation', detail: 'it has felt slow lately' }],
      }),
      (random, now) => ({ ...honest(random, now), evidence: [{ title: 'evidence', detail: 'see above' }] }),
      (random, now) => ({
        ...honest(random, now),
        evidence: [{ title: 'experience', detail: 'this usually helps in such situations' }],
      }),
      (random, now) => ({
        ...honest(random, now),
        evidence: [{ title: 'reasoning', detail: 'It is generally known that services profit from this.' }],
      }),
      (random, now) => ({
        ...honest(random, now),
        evidence: [{ title: 'none', detail: 'not needed for a change like this' }],
      }),
    ],
  },
  {
    kind: 'nothing measures it',
    phase: 'calm',
    wrong: 'nothing that is watched can tell whether it succeeded',
    findings: ['notMeasured'],
    fact: badFact('Watch'),
    ways: [
      (random, now) => ({ ...honest(random, now), successCriteria: ['shoppers are happier'] }),
      (random, now) => ({
        ...honest(random, now),
        successCriteria: [`conversion rises by ${random.between(1, 4)} %`],
      }),
      (random, now) => ({
        ...honest(random, now),
        successCriteria: ['no complaints reach support until tomorrow'],
      }),
      (random, now) => ({
        ...honest(random, now),
        successCriteria: ['the disk of orders-db stays below 80 %'],
      }),
      (random, now) => ({
        ...honest(random, now),
        successCriteria: ['marketing confirms the numbers of the campaign'],
      }),
    ],
  },
  {
    kind: 'disturbs an incident',
    phase: 'incident',
    wrong: 'an incident is open on the target, and this neither ends it nor knows of it',
    findings: ['incidentOpen'],
    fact: badFact('Incident'),
    ways: [
      (random, now) => honestOn(random, now, 'cart'),
      (random, now) => honestOn(random, now, 'catalog'),
      (random, now) => raiseSetting(random, now, { target: 'cart', key: 'maxQuantity' }),
      (random, now) => deployNext(random, now, 'cart'),
    ],
  },
  {
    kind: 'cannot be undone',
    phase: 'calm',
    wrong: 'the text says that it can be taken back, and it cannot',
    findings: ['notUndone'],
    fact: badFact('Rollback'),
    ways: [
      (random, now) =>
        deploy(
          random,
          now,
          'checkout',
          '3.0.1',
          'Orders get the layout that split shipments need. If anything goes wrong we go back to 2.x without losing anything.',
        ),
      (random, now) =>
        requestOf(random, {
          actionType: 'schema.migrate',
          target: random.pick(SERVICES),
          params: { layout: random.between(2, 4) },
          summary: `The new layout makes the reports of ${day(now, -1)} possible. It can be undone at any time.`,
          evidence: [
            {
              title: 'rehearsal',
              detail: `migrated a copy in ${random.between(4, 19)} minutes, finished ${clock(now, 35)}`,
            },
          ],
        }),
      (random, now) =>
        deploy(
          random,
          now,
          'checkout',
          `3.${random.between(1, 4)}.0`,
          'Split shipments for large orders. The change is fully reversible.',
        ),
      (random, now) =>
        deploy(
          random,
          now,
          'checkout',
          `3.0.${random.between(2, 9)}`,
          'Moves orders to the new schema; a rollback is quick and leaves everything as it was.',
        ),
    ],
  },
  {
    kind: 'wrong unit',
    phase: 'calm',
    wrong: 'the number is in another unit than the parameter',
    findings: ['numberDiffers', 'largeChange'],
    ways: [
      (random, now) =>
        set(
          random,
          now,
          'checkout',
          'paymentTimeoutMs',
          3,
          'The payment provider is slow until the evening. Wait for 3 seconds.',
        ),
      (random, now) => {
        const seconds = random.between(4, 8);
        return set(
          random,
          now,
          'checkout',
          'paymentTimeoutMs',
          seconds,
          `A payment timeout of ${seconds} s would let bank transfers through.`,
        );
      },
      (random, now) =>
        set(
          random,
          now,
          'checkout',
          'paymentTimeoutMs',
          30,
          'Bank transfers can take half a minute, and we should let them.',
        ),
      (random, now) =>
        set(
          random,
          now,
          'checkout',
          'paymentTimeoutMs',
          random.between(9, 12),
          'Raise the payment timeout: a tenth of all payments needs more than two seconds.',
        ),
    ],
  },
  {
    kind: 'in a freeze',
    phase: 'freeze',
    wrong: 'nothing should change: a freeze holds, and the text does not know of it',
    findings: [],
    fact: ({ text }) => text.includes('freeze'),
    ways: [
      (random, now) => deployNext(random, now, 'cart'),
      (random, now) => scaleALittle(random, now, 'cart'),
      (random, now) => raiseSetting(random, now, { target: 'cart', key: 'maxQuantity' }),
      (random, now) => raiseSetting(random, now, { target: 'cart', key: 'queueLimit' }),
    ],
  },
];
