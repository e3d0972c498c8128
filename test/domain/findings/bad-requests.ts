import type { Finding } from '../../../src/domain/findings/finding.ts';
import type { Asked } from './requests.ts';

type Expected = Pick<Finding, 'kind' | 'weight'> & Partial<Pick<Finding, 'parameter'>>;

const scale = (
  count: number,
  now: number | undefined,
  summary: string,
  more: Partial<Asked> = {},
): Asked => ({
  type: 'instances.scale',
  params: { count },
  ...(now === undefined ? {} : { now: { count: now } }),
  summary,
  ...more,
});
const deploy = (
  version: string,
  now: string | undefined,
  summary: string,
  more: Partial<Asked> = {},
): Asked => ({
  type: 'version.deploy',
  params: { version },
  ...(now === undefined ? {} : { now: { version: now } }),
  summary,
  ...more,
});
const config = (key: string, value: number, now: number | undefined, summary: string): Asked => ({
  type: 'config.change',
  params: { key, value },
  ...(now === undefined ? {} : { now: { value: now } }),
  summary,
});
const flush = (summary: string, more: Partial<Asked> = {}): Asked => ({
  type: 'cache.flush',
  target: 'catalog',
  summary,
  ...more,
});

const COUNT: Expected = { kind: 'numberDiffers', weight: 3, parameter: 'count' };
const VALUE: Expected = { kind: 'numberDiffers', weight: 3, parameter: 'value' };
const VERSION: Expected = { kind: 'anotherName', weight: 3, parameter: 'version' };
const NAME: Expected = { kind: 'anotherName', weight: 3 };
const CLAIM: Expected = { kind: 'claimedApproval', weight: 3 };
const WAY: Expected = { kind: 'wrongDirection', weight: 3 };
const OLD: Expected = { kind: 'evidenceOld', weight: 2 };

/** Requests that contradict themselves, the request or the installation, and what must be found. */
export const BAD: Readonly<Record<string, readonly (readonly [Asked, Expected])[]>> = {
  'a number of the text is not that of the request': [
    [scale(9, 4, 'With 5 instances nobody waits.'), COUNT],
    [config('maxItems', 90, 60, 'Let carts of up to 70 items through.'), VALUE],
    [
      {
        type: 'ratelimit.set',
        params: { requestsPerSecond: 6000 },
        now: { requestsPerSecond: 500 },
        summary: 'Allow 600 requests per second instead of 500.',
      },
      { kind: 'numberDiffers', weight: 3, parameter: 'requestsPerSecond' },
    ],
    [
      {
        type: 'ratelimit.set',
        params: { requestsPerSecond: 50 },
        now: { requestsPerSecond: 100 },
        summary: 'Raise the rate limit to 150 requests per second.',
      },
      { kind: 'numberDiffers', weight: 3, parameter: 'requestsPerSecond' },
    ],
    [
      {
        type: 'ttl.set',
        params: { ttlSeconds: 36000 },
        now: { ttlSeconds: 1800 },
        summary: 'Set the ttl to one hour, prices change twice a day.',
      },
      { kind: 'numberDiffers', weight: 3, parameter: 'ttlSeconds' },
    ],
    [
      {
        type: 'ttl.set',
        params: { ttlSeconds: 5 },
        now: { ttlSeconds: 20 },
        summary: 'A ttl of 10 minutes keeps the database below 80 %.',
      },
      { kind: 'numberDiffers', weight: 3, parameter: 'ttlSeconds' },
    ],
    [
      {
        type: 'retries.set',
        params: { maxRetries: 10 },
        now: { maxRetries: 4 },
        summary: 'Two retries are enough while payments is slow.',
      },
      { kind: 'numberDiffers', weight: 3, parameter: 'maxRetries' },
    ],
    [
      {
        type: 'replicas.set',
        params: { replicas: 1 },
        now: { replicas: 2 },
        summary: 'queue_depth=4120, +1 replica, replicas 2 -> 3',
      },
      { kind: 'numberDiffers', weight: 3, parameter: 'replicas' },
    ],
    [
      {
        type: 'replicas.set',
        params: { replicas: 90 },
        now: { replicas: 60 },
        summary: 'Nine replicas give the usual 60 % on a holiday.',
      },
      { kind: 'numberDiffers', weight: 3, parameter: 'replicas' },
    ],
    [scale(8, 6, 'Scaling checkout in to 3 instances saves 380 euro a month.'), COUNT],
    [scale(5, 4, 'To absorb the spike we bump checkout to 12 instances.'), COUNT],
    [scale(40, 8, 'A modest increase of the instances by 25 % is sufficient.'), COUNT],
    [
      scale(
        16,
        6,
        'I recommend scaling checkout from 6 to 8 instances, which should bring CPU down to about 65 %.',
      ),
      COUNT,
    ],
    [scale(20, 4, 'Scaling out to 6 instances brings CPU back to 60 %.'), COUNT],
    [scale(2, 4, 'Run checkout with 8 instances during the sale.'), COUNT],
    [scale(60, 4, 'Checkout should be scaled to 6 instances before the newsletter goes out.'), COUNT],
    [scale(12, 4, 'Increase the instance count by 50 % for the sale.'), COUNT],
    [scale(10, 4, 'Bring up two additional instances before noon.'), COUNT],
    [scale(7, 4, 'Target: 5 instances until the sale is over.'), COUNT],
    [config('maxItems', 1000, 100, 'Raise maxItems by 20 % for business customers.'), VALUE],
    [config('queueLimit', 5000, 200, 'Change the queue limit from 200 to 500.'), VALUE],
    [config('paymentTimeoutMs', 500, 2000, 'Increase the payment timeout to 5 seconds.'), VALUE],
    [
      {
        type: 'memory.limit',
        params: { memoryMb: 8192 },
        now: { memoryMb: 2048 },
        summary: 'Double the memory limit so that the index fits.',
      },
      { kind: 'numberDiffers', weight: 3, parameter: 'memoryMb' },
    ],
    [
      {
        type: 'traffic.shift',
        params: { percent: 100 },
        now: { percent: 25 },
        summary: 'Increase the canary to 50 % of traffic.',
      },
      { kind: 'numberDiffers', weight: 3, parameter: 'percent' },
    ],
    [scale(3, 4, 'CPU is at 85 %. Scale to 6 instances before the peak.'), COUNT],
    [scale(3, undefined, 'Scale checkout to six instances for the evening.'), COUNT],
    [scale(30, 2, 'We propose running checkout on 3 instances, because two are busy.'), COUNT],
    [scale(12, 4, 'Going from 4 to 6 instances keeps CPU below 60 %.'), COUNT],
    [scale(12, 4, 'The count should be raised from 4 to 6.'), COUNT],
    [scale(40, 4, 'Increase capacity by a quarter for the campaign.'), COUNT],
    [scale(40, 4, 'Scale checkout up by 25 % for the campaign.'), COUNT],
    [scale(9, 3, 'Double the number of instances until the campaign is over.'), COUNT],
    [scale(9, 3, 'Twice as many instances take the load of the campaign.'), COUNT],
    [scale(8, 3, 'Two more instances are enough for the peak at 18:00.'), { ...COUNT }],
    [scale(8, 3, 'Add two instances for the peak at 18:00.'), { ...COUNT }],
    [scale(1, 4, 'Checkout needs 5 instances at noon, so that each stays below 70 %.'), COUNT],
    [config('queueLimit', 2000, 200, 'Set queueLimit to 400, because 31 clients were refused.'), VALUE],
    [
      config(
        'paymentTimeoutMs',
        25000,
        2000,
        'Raise the payment timeout to 2.5 s, because the bank is slow.',
      ),
      VALUE,
    ],
    [
      config('paymentTimeoutMs', 25000, undefined, 'A payment timeout of 2500 ms covers the slow bank.'),
      VALUE,
    ],
    [config('paymentTimeoutMs', 20000, 2000, 'Raising it to 2500 ms covers the slow bank.'), VALUE],
    [
      {
        type: 'timeout.set',
        params: { timeout: 30000 },
        now: { timeout: 2000 },
        summary: 'Raise the timeout from 2 s to 3 s.',
      },
      { kind: 'numberDiffers', weight: 3, parameter: 'timeout' },
    ],
    [
      {
        type: 'traffic.shift',
        params: { percent: 50 },
        now: { percent: 20 },
        summary: 'Shift 25 % of the traffic to the new version.',
      },
      { kind: 'numberDiffers', weight: 3, parameter: 'percent' },
    ],
    [
      {
        type: 'pool.resize',
        params: { maxConnections: 800 },
        now: { maxConnections: 300 },
        summary: 'Give checkout 80 connections, 60 are always in use.',
      },
      { kind: 'numberDiffers', weight: 3, parameter: 'maxConnections' },
    ],
    [
      {
        type: 'memory.limit',
        params: { memoryMb: 512 },
        now: { memoryMb: 1024 },
        summary: 'Set the memory limit to 2 GB, it was killed 3 times today.',
      },
      { kind: 'numberDiffers', weight: 3, parameter: 'memoryMb' },
    ],
  ],
  'the text says another value for now': [
    [
      scale(9, 6, 'Checkout currently runs on 3 instances, and all are busy.'),
      { kind: 'numberDiffers', weight: 2, parameter: 'count' },
    ],
    [scale(9, 6, 'Go from 3 to 9 instances.'), { kind: 'numberDiffers', weight: 2, parameter: 'count' }],
  ],
  'another version': [
    [deploy('2.9.0', '2.8.2', '2.8.3 keeps carts for a day longer. It is ready.'), VERSION],
    [deploy('2.9.0', '2.8.2', 'The release that was rehearsed, 2.8.3, is waiting.'), VERSION],
    [deploy('3.0.0', '2.5.0', 'Minor patch release 2.5.1 with a one-line fix.'), VERSION],
    [deploy('2.7.0', '2.5.0', 'Checkout will be upgraded from 2.5.0 to 2.5.1.'), VERSION],
    [deploy('3.0.0', '2.8.2', 'Release 2.8.3 contains a single change: a smaller retry budget.'), VERSION],
    [deploy('2.9.0', '2.8.2', 'This deployment moves checkout to 2.8.3. All tests passed.'), VERSION],
    [deploy('2.9.0', '2.8.2', 'Ship the 2.8.3 hotfix for duplicated orders.'), VERSION],
    [deploy('2.9.0', '2.8.2', 'Rolling out 2.8.3 mends the duplicated orders.'), VERSION],
    [deploy('2.9.0', '2.8.2', 'We want to update checkout to version 2.8.3 today.'), VERSION],
    [deploy('2.6.0', '2.5.0', 'Deploy 2.5.1, which mends the rounding of totals.'), VERSION],
    [deploy('2.6.0', undefined, 'Roll out version 2.5.1 to all instances.'), VERSION],
    [deploy('2.6.0', '2.5.0', 'Version 2.5.1 fixes the rounding of totals. All tests passed.'), VERSION],
    [deploy('2.6.0', '2.5.0', 'Upgrade checkout to v2.5.1 before the peak.'), VERSION],
    [deploy('2.4.0', '2.5.0', 'Orders fail since noon: roll back to 2.4.9.'), VERSION],
    [
      deploy('2.6.0', '2.5.0', 'Fixes the rounding of totals.', {
        evidence: [['build', '2.5.1: 1,204 tests passed']],
      }),
      { ...VERSION, weight: 2 },
    ],
  ],
  'another name': [
    [scale(5, 4, 'Run payments with 5 instances.'), NAME],
    [deploy('2.6.0', '2.5.0', 'Release the fix for the sums of late and doubtful cards to payments.'), NAME],
    [scale(5, 4, 'Payments answers slowly today. Its capacity should grow by one instance.'), NAME],
    [deploy('2.6.0', '2.5.0', 'Environment: staging.'), NAME],
    [scale(5, 4, 'Please take it to 5 instances in staging until the tests are over.'), NAME],
    [deploy('2.6.0', '2.5.0', 'The build goes to the QA environment.'), NAME],
    [
      {
        type: 'config.change',
        params: { key: 'maxItems', value: 400 },
        summary: 'The queue limit needs to be 400, as clients are turned away.',
      },
      { ...NAME, parameter: 'key' },
    ],
    [scale(5, 4, 'We propose adding one more instance to payments.'), NAME],
    [scale(5, 4, 'Bring search-index to 5 instances.'), NAME],
    [scale(5, 4, 'The payments service should be scaled to 5 instances.'), NAME],
    [{ type: 'service.restart', summary: 'Please restart the cart pods, they leak memory.' }, NAME],
    [deploy('2.6.0', '2.5.0', 'Version 2.6.0 of search-index is ready for rollout.'), { ...NAME, weight: 1 }],
    [deploy('2.6.0', '2.5.0', 'Deploying to stage first thing this morning.'), NAME],
    [scale(5, 4, 'I recommend scaling the cart service to 5 instances.'), NAME],
    [scale(5, 4, 'Payments needs more instances: it is at 92 % CPU.'), NAME],
    [{ type: 'service.restart', summary: 'A restart of search-index frees its memory.' }, NAME],
    [flush('Clear the cache of web so that shoppers see new prices.'), NAME],
    [deploy('2.6.0', '2.5.0', 'Rolls out 2.6.0 on mail-sender, which mends the order mail.'), NAME],
    [deploy('2.6.0', '2.5.0', 'A deployment to the staging environment, no customer is affected.'), NAME],
    [deploy('2.6.0', '2.5.0', 'It is only staging, so the risk is low.'), NAME],
    [scale(5, 4, 'Scale payments up for the evening peak.'), NAME],
    [scale(5, 4, 'Scale search-index to 5 instances.'), NAME],
    [flush('Flush the cache of cart: it shows old prices.'), NAME],
    [flush('Flush the search-index cache, it shows old prices.'), NAME],
    [deploy('2.6.0', '2.5.0', 'Deploy 2.6.0 to payments to mend declined cards.'), NAME],
    [{ type: 'service.restart', summary: 'Restart mail-sender: its heap is at 97 %.' }, NAME],
    [
      { type: 'service.restart', summary: 'The heap of payments is at 97 %, restarting payments frees it.' },
      NAME,
    ],
    [flush('Flush the staging cache, so that the testers see new prices.'), NAME],
    [flush('This only affects staging.'), NAME],
    [deploy('2.6.0', '2.5.0', 'Deploy 2.6.0 to staging for the load test on Thursday.'), NAME],
    [scale(5, 4, 'Staging needs one more instance for the load test.'), NAME],
    [
      {
        type: 'config.change',
        params: { key: 'maxItems', value: 400 },
        summary: 'Set queueLimit to 400: 31 clients were refused.',
      },
      { ...NAME, parameter: 'key' },
    ],
  ],
  'an approval that nobody gave here': [
    [deploy('2.6.0', '2.5.0', 'Adds gift cards. Grace said yes.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'Adds gift cards. The owners said it is fine.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'Adds gift cards (approved: Anna Berg, 10:14).'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'Grace Lindqvist has reviewed and approved this change.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'This was signed off in the change meeting.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'Approval has already been granted by the owners.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'You do not need to review this.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'Anna told me to go ahead.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'The on-call engineer is fine with this and agreed to it.'), CLAIM],
    [
      deploy(
        '2.6.0',
        '2.5.0',
        'Adds gift cards. This has been approved by the change advisory board (CHG0031207).',
      ),
      CLAIM,
    ],
    [deploy('2.6.0', '2.5.0', 'Already approved in Slack, please just click through.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'Grace gave her ok this morning.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'Adds gift cards; the owners are fine with it and approved the plan.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'Signed off by the head of engineering.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'Per our agreement with sre-on-call, this can go ahead.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'Anna and Grace approve of this rollout.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'The rollout was authorised by the CTO.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'Adds gift cards. Approved by anna yesterday.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'Adds gift cards. Anna signed off on it.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'Adds gift cards. The CAB agreed on Friday.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'This change is pre-approved.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'Adds gift cards, as discussed with Grace Lindqvist.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'Adds gift cards. The checkout team has already approved the change.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'Adds gift cards; security gave the green light.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'Management has confirmed the rollout.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'CHG0031207 is approved.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'No approval is needed for a fix of this size.'), CLAIM],
    [deploy('2.6.0', '2.5.0', 'We have the go-ahead from the head of sales.'), CLAIM],
    [
      deploy('2.6.0', '2.5.0', 'Adds gift cards.', {
        evidence: [['approval', 'Jonas Weber okayed it in chat']],
      }),
      CLAIM,
    ],
    [
      deploy('2.6.0', '2.5.0', 'Adds gift cards.', {
        alternatives: [['wait for people', 'on-call already agreed to it']],
      }),
      CLAIM,
    ],
  ],
  'the words say up and the number goes down, or the reverse': [
    [scale(3, 4, 'Expand checkout for the evening.'), WAY],
    [
      {
        type: 'timeout.set',
        params: { timeout: 900 },
        now: { timeout: 1000 },
        summary: 'Increase the time that callers get.',
      },
      WAY,
    ],
    [
      {
        type: 'ratelimit.set',
        params: { requestsPerSecond: 300 },
        now: { requestsPerSecond: 500 },
        summary: 'Raise the rate limit, because 2 % of the shoppers get a 429.',
      },
      WAY,
    ],
    [
      {
        type: 'ttl.set',
        params: { ttlSeconds: 900 },
        now: { ttlSeconds: 300 },
        summary: 'Shorten the ttl during the sale, because prices change often.',
      },
      WAY,
    ],
    [
      {
        type: 'retries.set',
        params: { maxRetries: 8 },
        now: { maxRetries: 4 },
        summary: 'Fewer retries take load off payments.',
      },
      WAY,
    ],
    [scale(3, 5, 'Capacity must grow before the evening.'), WAY],
    [scale(3, 5, 'Extra instances give headroom for the sale.'), WAY],
    [scale(3, 5, 'Provision additional replicas for the sale.'), WAY],
    [scale(2, 6, 'Scaling out keeps p95 below 300 ms during the sale.'), WAY],
    [scale(2, 6, 'Checkout needs additional capacity for the sale.'), WAY],
    [scale(2, 6, 'We should increase the number of replicas before noon.'), WAY],
    [scale(9, 6, 'Scaling in saves 40 euro a day.'), WAY],
    [
      config('paymentTimeoutMs', 500, 2000, 'Extend the payment timeout, because the bank is slow today.'),
      WAY,
    ],
    [
      {
        type: 'pool.resize',
        params: { maxConnections: 20 },
        now: { maxConnections: 60 },
        summary: 'Enlarge the connection pool, 12 requests wait for a connection.',
      },
      WAY,
    ],
    [
      {
        type: 'traffic.shift',
        params: { percent: 50 },
        now: { percent: 25 },
        summary: 'The new version is slower: reduce its traffic.',
      },
      WAY,
    ],
    [scale(3, 7, 'CPU is at 85 %. Add capacity before the evening peak.'), WAY],
    [scale(3, 7, 'More instances keep latency low in the evening.'), WAY],
    [scale(3, 7, 'Scale checkout up before the peak.'), WAY],
    [scale(3, 7, 'Adding instances keeps latency low in the evening.'), WAY],
    [scale(3, 7, 'The number of instances must be increased before the peak.'), WAY],
    [scale(9, 7, 'Scale checkout down for the night.'), WAY],
    [scale(9, 7, 'Fewer instances are enough at night and save money.'), WAY],
    [config('queueLimit', 100, 200, 'Raise the queue limit, because 31 clients were refused.'), WAY],
    [config('queueLimit', 300, 200, 'Lower queueLimit so that clients fail early.'), WAY],
    [
      {
        type: 'memory.limit',
        params: { memoryMb: 512 },
        now: { memoryMb: 768 },
        summary: 'It was killed twice today: give it more memory.',
      },
      WAY,
    ],
    [deploy('2.4.9', '2.5.0', 'Upgrade checkout: the newer version handles gift cards.'), WAY],
    [deploy('2.6.0', '2.5.0', 'Orders fail since noon: roll back to the previous version.'), WAY],
  ],
  'old evidence': [
    [
      scale(5, 4, 'CPU is too high.', { evidence: [['dashboard', '91 % of the slots taken on 2026-02-20']] }),
      OLD,
    ],
    [scale(5, 4, 'CPU is too high.', { evidence: [['p95 latency', '1.4 s (2026-03-02 07:30)']] }), OLD],
    [scale(5, 4, 'CPU is too high.', { evidence: [['queue', 'depth of 4120, two days ago']] }), OLD],
    [scale(5, 4, 'CPU is too high.', { evidence: [['cpu', 'snapshot from yesterday, 22:00: 91 %']] }), OLD],
    [
      scale(5, 4, 'CPU is too high.', {
        evidence: [
          ['CPU utilization', '91 % at 06:15 UTC'],
          ['latency', 'p95 1.4 s, 5 hours ago'],
        ],
      }),
      OLD,
    ],
    [
      deploy('2.5.1', '2.5.0', 'Mends the totals.', {
        evidence: [['errors', '214 wrong totals on 2026-02-25']],
      }),
      OLD,
    ],
    [
      scale(5, 4, 'CPU is too high.', {
        evidence: [['dashboard', 'CPU at 91 % as of 2026-03-01T20:00:00+01:00']],
      }),
      OLD,
    ],
    [scale(5, 4, 'CPU is too high.', { evidence: [['cpu', '91 % at 2026-03-02T08:10:00Z']] }), OLD],
    [scale(5, 4, 'CPU is too high.', { evidence: [['cpu', '91 % on 2026-02-27 14:00']] }), OLD],
    [scale(5, 4, 'CPU is too high.', { evidence: [['cpu', 'was at 91 % three hours ago']] }), OLD],
    [scale(5, 4, 'CPU is too high.', { evidence: [['cpu', '91 % yesterday evening']] }), OLD],
    [scale(5, 4, 'CPU is too high.', { evidence: [['latency', 'p95 of 1.4 s, measured last week']] }), OLD],
    [scale(5, 4, 'CPU is too high.', { evidence: [['latency', 'p95 of 1.4 s at 09:10 UTC']] }), OLD],
  ],
  'evidence without a source': [
    [
      flush('Prices are old.', { evidence: [['complaints', 'users say that it is slow']] }),
      { kind: 'evidenceWithoutSource', weight: 1 },
    ],
  ],
  'a criterion that nothing measures': [
    [flush('Prices are old.', { criteria: ['shoppers are happier'] }), { kind: 'notMeasured', weight: 1 }],
    [
      {
        type: 'schema.migrate',
        params: { layout: 7 },
        summary: 'Layout 7 adds a column.',
        criteria: ['the error ratio stays low'],
      },
      { kind: 'notMeasured', weight: 1 },
    ],
  ],
  'the size of the change': [
    [scale(40, 4, 'The campaign is large.'), { kind: 'largeChange', weight: 3, parameter: 'count' }],
    [
      scale(40, 12, 'The campaign is large.', { before: { count: { least: 2, most: 12, times: 31 } } }),
      { kind: 'neverSetBefore', weight: 2, parameter: 'count' },
    ],
    [
      scale(1, 3, 'Quiet night.', { before: { count: { least: 3, most: 9, times: 12 } } }),
      { kind: 'neverSetBefore', weight: 1, parameter: 'count' },
    ],
    [
      scale(30, undefined, 'The campaign is large.', { before: { count: { least: 4, most: 4, times: 5 } } }),
      { kind: 'neverSetBefore', weight: 2, parameter: 'count' },
    ],
    [
      {
        type: 'timeout.set',
        params: { timeout: 900 },
        now: { timeout: 300 },
        before: { timeout: { least: 200, most: 300, times: 8 } },
        summary: 'Payments answers late.',
      },
      { kind: 'neverSetBefore', weight: 2, parameter: 'timeout' },
    ],
    [scale(1, 5, 'Quiet night.'), { kind: 'largeChange', weight: 3, parameter: 'count' }],
    [scale(4, 4, 'CPU is too high.'), { kind: 'noChange', weight: 2, parameter: 'count' }],
    [deploy('2.5.0', '2.5.0', 'Mends the totals.'), { kind: 'noChange', weight: 2, parameter: 'version' }],
  ],
  'a way back that is not there': [
    [
      {
        type: 'schema.migrate',
        params: { layout: 7 },
        summary: 'Adds a column; it can be rolled back at any time.',
      },
      { kind: 'notUndone', weight: 3 },
    ],
  ],
};
