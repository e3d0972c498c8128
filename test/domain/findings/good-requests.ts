import type { Asked } from './requests.ts';

/** Requests that a careful agent makes, in many wordings. None of them contradicts itself, or anything else. */
export const GOOD: Readonly<Record<string, Asked>> = {
  'scale to what it says': {
    type: 'instances.scale',
    params: { count: 6 },
    now: { count: 4 },
    summary:
      'Checkout runs on four instances at 78 % CPU. Scale it to 6 instances before the evening peak, which was 40 % higher last Monday.',
    alternatives: [
      ['scale to 5 instances', 'would be full again at about 19:30'],
      ['scale to 8', 'costs 40 euro a day more and is not needed'],
    ],
    evidence: [['cpu', '78 % at 2026-03-02T11:50:00Z, 71 % an hour before']],
    criteria: ['p95 latency of checkout stays below 400 ms', 'the error ratio stays below 1 %'],
  },
  'by half': {
    type: 'instances.scale',
    params: { count: 6 },
    now: { count: 4 },
    summary:
      'Requests doubled since 11:00 because of the campaign, so we add half of the instances again: from 4 to 6.',
    evidence: [['requests per second', '220 at 11:00, 310 at 11:30, 440 at 11:55']],
  },
  'as often before': {
    type: 'instances.scale',
    params: { count: 12 },
    now: { count: 8 },
    before: { count: { least: 2, most: 12, times: 31 } },
    summary: 'The evening peak of the campaign is 40 % above the usual one, so we go to 12 instances.',
    evidence: [['cpu', '81 % at 2026-03-02T11:54Z']],
  },
  'more than was set, where that is seldom done': {
    type: 'instances.scale',
    params: { count: 9 },
    now: { count: 6 },
    before: { count: { least: 4, most: 6, times: 3 } },
    summary: 'Traffic rose by half since 10:00. Scale checkout from 6 to 9 instances.',
    evidence: [['cpu', '84 % at 2026-03-02T11:54Z']],
  },
  'the next layout': {
    type: 'schema.migrate',
    params: { layout: 8 },
    now: { layout: 7 },
    before: { layout: { least: 1, most: 7, times: 7, always: 'greater' } },
    summary: 'Move the orders to layout 8, which 2.6.0 reads.',
    evidence: [['rehearsal', 'all 41,200 orders moved at 2026-03-02T11:20Z']],
  },
  'between what was set and what is': {
    type: 'pool.resize',
    params: { maxConnections: 60 },
    now: { maxConnections: 80 },
    before: { maxConnections: { least: 20, most: 40, times: 9 } },
    summary: 'The database is at its limit of clients. Lower the pool of checkout from 80 to 60 connections.',
    evidence: [['clients', '492 of 500 at 2026-03-02T11:53Z']],
  },
  'two more': {
    type: 'instances.scale',
    params: { count: 5 },
    now: { count: 3 },
    summary: 'Two more instances take the load of the 30,000 newsletters that go out at 13:00.',
  },
  'a quarter more': {
    type: 'instances.scale',
    params: { count: 10 },
    now: { count: 8 },
    summary: 'Traffic rises by 3 % an hour. Increase capacity by a quarter, to ten instances.',
  },
  'a count nobody read': {
    type: 'instances.scale',
    target: 'cart',
    params: { count: 5 },
    summary: 'Traffic to cart grows by 8 % an hour and three instances are at 71 % of their capacity.',
    alternatives: [
      ['four instances', 'would be full again before the morning peak'],
      ['do nothing', 'the queue overflows at about 06:00'],
    ],
    evidence: [['requests per second', '14.2 at 02:00, 15.3 at 03:00, 16.6 at 04:00']],
    criteria: ['p95 latency of cart stays below twice its value before'],
  },
  'down after a campaign': {
    type: 'instances.scale',
    params: { count: 4 },
    now: { count: 7 },
    summary:
      'We added three instances for the campaign on Friday. It is over, traffic fell by 45 %, and checkout has more instances than it needs: back to four.',
    evidence: [['utilization', '22 % on average between 2026-03-02T11:00Z and 2026-03-02T11:55Z']],
  },
  'fewer to save': {
    type: 'instances.scale',
    target: 'search-index',
    params: { count: 2 },
    now: { count: 3 },
    summary:
      'The index is half as large since the cleanup. One instance fewer saves 310 euro a month without more latency.',
    criteria: ['latency p95 does not increase by more than 10 %'],
  },
  'scale down': {
    type: 'instances.scale',
    params: { count: 3 },
    now: { count: 6 },
    summary:
      'Scale checkout down from 6 to 3 for the night; if traffic rises again before 06:00 the agent will add capacity.',
  },
  'scale because of a dependency': {
    type: 'instances.scale',
    target: 'cart',
    params: { count: 6 },
    now: { count: 4 },
    summary:
      'Cart answers slowly because catalog takes 900 ms for each list. More instances of cart keep the queue short until catalog recovers.',
    evidence: [['catalog latency', 'p95 0.9 s at 2026-03-02T11:52Z, usually 0.2 s']],
    criteria: ['latency of cart below 600 ms', 'web and checkout show no errors from cart'],
  },
  'deploy a fix': {
    type: 'version.deploy',
    params: { version: '2.5.1' },
    now: { version: '2.5.0' },
    summary: 'Version 2.5.1 mends the rounding of totals that 2.5.0 introduced. All 1,204 tests passed.',
    alternatives: [
      ['wait for 2.6.0', 'it is due in two weeks'],
      ['roll back to 2.4.9', 'it does not know the new discounts'],
    ],
    evidence: [
      ['build', '2.5.1: 1,204 tests passed at 2026-03-01T22:10Z'],
      ['error log', '214 totals were wrong by one cent today'],
    ],
    criteria: ['no total is wrong for an hour', 'the error ratio stays below 2 %'],
  },
  'deploy after staging': {
    type: 'version.deploy',
    params: { version: '3.1.0' },
    now: { version: '3.0.4' },
    summary:
      '3.1.0 ran in staging for two days without an error and was load-tested there with 900 requests a second. It brings faster lists.',
    evidence: [['staging', 'p95 of 180 ms in staging, 240 ms in production']],
  },
  'deploy with a library': {
    type: 'version.deploy',
    target: 'payments',
    params: { version: '4.2.0' },
    now: { version: '4.1.7' },
    summary:
      'Updates OpenSSL to 3.0.14, which closes CVE-2024-5535, and Node to 20.11.1. Nothing else changed between 4.1.7 and 4.2.0.',
    evidence: [['scanner', '1 critical finding in openssl 3.0.11, none in the build of 4.2.0']],
    criteria: ['no payment fails that did not fail before', 'latency p95 stays within 10 %'],
  },
  'back to the version before': {
    type: 'version.deploy',
    params: { version: '2.4.9' },
    now: { version: '2.5.0' },
    summary:
      'Since 2.5.0 was deployed at 11:20 every fifth order fails with a 500. Roll back to 2.4.9, which ran for three weeks without this.',
    evidence: [['error-ratio', '0.19 since 2026-03-02T11:21Z, 0.004 before']],
    criteria: ['the error ratio falls below 1 % within five minutes'],
  },
  'back, and the current version unknown': {
    type: 'version.deploy',
    target: 'catalog',
    params: { version: '1.18.2' },
    summary:
      'Go back to 1.18.2: version 1.19.0 leaks about 40 MB an hour and was restarted 6 times since yesterday.',
    evidence: [['memory', 'grew from 510 MB to 930 MB in the last 10 hours']],
  },
  'deploy with tickets': {
    type: 'version.deploy',
    target: 'web',
    params: { version: '7.0.3' },
    now: { version: '7.0.2' },
    summary:
      'Fixes SHOP-2211 and SHOP-2215: the basket icon showed 0 after a reload. Change CHG0031207 describes it.',
    evidence: [['pipeline 88214', 'all 312 checks green, released by the pipeline 20 minutes ago']],
    criteria: ['client errors per minute do not rise'],
  },
  'deploy asks for approval': {
    type: 'version.deploy',
    params: { version: '2.6.0' },
    now: { version: '2.5.1' },
    summary:
      'Adds gift cards behind a flag that stays off. Needs the approval of the checkout team, because it touches the payment form; nothing runs until it is approved.',
    evidence: [['tests', '1,250 passed, coverage 84.2 %']],
  },
  'approved payments are business': {
    type: 'version.deploy',
    target: 'payments',
    params: { version: '4.2.1' },
    now: { version: '4.2.0' },
    summary:
      'The share of approved payments fell from 96.1 % to 93.4 % with 4.2.0: cards of one bank are declined. 4.2.1 sends the field again that the bank needs.',
    evidence: [['approval rate', '93.4 % at 2026-03-02T11:40Z, 96.1 % on average last week']],
    criteria: ['the approval rate is above 95.5 % after 30 minutes', 'error ratio below 1 %'],
  },
  'raise a timeout': {
    type: 'config.change',
    params: { key: 'paymentTimeoutMs', value: 2500 },
    now: { value: 2000 },
    summary: 'The payment provider announced slower answers until 06:00; 2 s would cut off good payments.',
    alternatives: [['leave it at 2 s', 'about 1 % of the payments would fail']],
    evidence: [['provider status page', 'p99 of 2.2 s expected between 04:00 and 06:00']],
    criteria: ['the error ratio of checkout stays below 2 %'],
  },
  'raise a timeout in seconds': {
    type: 'timeout.set',
    params: { timeout: 3000 },
    now: { timeout: 2000 },
    summary:
      'Raise the timeout from 2 s to 3 seconds: 4 % of the answers of the bank take between 2.1 and 2.8 s today.',
  },
  'lower a timeout': {
    type: 'timeout.set',
    params: { timeout: 800 },
    now: { timeout: 2000 },
    summary:
      'While payments is slow, checkout holds threads for up to 2 s each. Lower the timeout to 800 ms so that the pool of 64 threads stays free; more requests then fail quickly.',
  },
  'lower a limit': {
    type: 'config.change',
    target: 'cart',
    params: { key: 'maxItems', value: 50 },
    now: { value: 100 },
    summary:
      'Baskets with more than 60 items slow every page down: 3 of them made 12 % of the load today. Set maxItems to 50.',
  },
  'raise a queue': {
    type: 'config.change',
    target: 'cart',
    params: { key: 'queueLimit', value: 400 },
    now: { value: 200 },
    summary:
      'Twice the queue, 400 instead of 200, lets cart take the burst of 1,500 clients at 12:30 without refusing any.',
    evidence: [['refused requests', '31 in the last 15 minutes']],
  },
  'flush after an import': {
    type: 'cache.flush',
    target: 'catalog',
    summary: 'The catalog serves prices from before the 03:41 import.',
    alternatives: [['wait for the entries to expire', 'takes six hours']],
    evidence: [['price import', 'finished at 03:41; 212 prices changed, the cache is from 03:02']],
    criteria: ['the error ratio of catalog stays below 2 %'],
  },
  'flush named in another way': {
    type: 'cache.flush',
    target: 'catalog',
    summary:
      'Shoppers of web see old pictures. Their age in the cache of catalog is 5 hours; they were replaced in the shop at 10:15.',
    evidence: [['support', '14 reports between 10:20 and 11:50']],
  },
  'restart a leak': {
    type: 'service.restart',
    target: 'mail-sender',
    summary:
      'The heap of mail-sender is at 97 % and grows by 1 % every 4 minutes. A restart takes 20 s, in which mails wait in the queue; it helped on 12 February as well.',
    evidence: [['heap', '97 % at 2026-03-02T11:57:30Z']],
    criteria: ['error-ratio is 0 after the restart', 'the queue is empty within 10 minutes'],
  },
  'restart of a dependency is no cure': {
    type: 'service.restart',
    target: 'checkout',
    summary:
      'Checkout kept connections to payments that the provider closed. Restarting payments would lose 40 open orders; checkout loses none.',
    alternatives: [
      ['restart payments', 'loses open orders'],
      ['wait', 'the pool never heals by itself'],
    ],
  },
  'first step of a canary': {
    type: 'traffic.shift',
    params: { percent: 10 },
    now: { percent: 5 },
    summary:
      'The new version had 5 % of the traffic for an hour with 0.2 % errors, the old one 0.3 %. Send it 10 %.',
    criteria: ['error ratio of both versions differs by less than 0.5 %'],
  },
  'last step of a canary': {
    type: 'traffic.shift',
    params: { percent: 100 },
    now: { percent: 50 },
    summary:
      'Half of the traffic ran through 2.5.1 since yesterday evening, and p95 fell by 12 %. Shift all of it, 100 %.',
    evidence: [['latency-p95', '0.22 s at 2026-03-02T11:30Z with 50 % of the traffic']],
  },
  'a larger pool': {
    type: 'pool.resize',
    params: { maxConnections: 80 },
    now: { maxConnections: 60 },
    summary:
      'All 60 connections are in use for 9 of 10 minutes and 12 requests wait on average. 80 connections are a third more; the database takes 500 and has 210 open.',
    evidence: [['pool', '60 of 60 in use at 2026-03-02T11:58Z, 12 waiting']],
  },
  'a smaller pool': {
    type: 'pool.resize',
    target: 'search-index',
    params: { maxConnections: 20 },
    now: { maxConnections: 40 },
    summary:
      'The database is close to its limit of 500 connections. Search uses 7 at most, so halve its pool from 40 to 20.',
  },
  'more memory': {
    type: 'memory.limit',
    target: 'catalog',
    params: { memoryMb: 2048 },
    now: { memoryMb: 1024 },
    summary:
      'Catalog was killed 3 times today at its limit of 1 GB, because the picture index grew to 900 MB. Give it 2 GB of memory.',
    evidence: [['kills', '3 since 2026-03-02T06:00Z, last one 25 minutes ago']],
  },
  'less memory': {
    type: 'memory.limit',
    target: 'mail-sender',
    params: { memoryMb: 512 },
    now: { memoryMb: 768 },
    summary:
      'Uses 210 MB at most in 30 days. Lowering its limit by a third frees room for checkout, which needs more memory next week.',
  },
  'migration, recommended': {
    type: 'schema.migrate',
    params: { layout: 7 },
    now: { layout: 6 },
    summary:
      'Layout 7 adds a column for gift cards to 2.1 million orders; at 40,000 a minute that takes about 52 minutes. It cannot be taken back.',
    criteria: ['all 2.1 million rows have the column'],
  },
  'in an incident': {
    type: 'instances.scale',
    params: { count: 8 },
    now: { count: 5 },
    summary:
      'Incident 4711: checkout refuses 6 % of all orders since 11:31, all five instances are at 98 % CPU. Three more bring it to about 61 %.',
    evidence: [
      ['cpu', '98 % at 2026-03-02T11:56Z'],
      ['incident 4711', 'opened 2026-03-02T11:35Z by the alert'],
    ],
  },
  'staging asks for staging': {
    type: 'version.deploy',
    environment: 'staging',
    params: { version: '2.7.0-rc.1' },
    now: { version: '2.6.0' },
    summary:
      'Deploy the release candidate to staging, so that it can soak until Thursday before it goes to production.',
  },
  'compares with the days before': {
    type: 'instances.scale',
    params: { count: 9 },
    now: { count: 7 },
    summary:
      'At this hour yesterday checkout served 320 requests a second, now 410. Nine instances keep each below 50.',
    evidence: [
      ['load', '410 rps at 2026-03-02T11:55Z, 28 % more than yesterday'],
      ['last year', 'Black Friday had 14 instances, 2025-11-28'],
    ],
  },
  'a release of many weeks': {
    type: 'version.deploy',
    target: 'search-index',
    params: { version: 'v12.3.0' },
    now: { version: 'v12.2.1' },
    summary:
      'Adds synonyms for 140 words. It was measured last week: 3.1 % more clicks on the first result, p = 0.01, in a test of 20,000 searches.',
    evidence: [
      ['experiment', '3.1 % more clicks between 2026-02-16 and 2026-02-23'],
      ['build', 'v12.3.0, signed, 412 tests'],
    ],
    criteria: ['error ratio and latency as before'],
  },
  'mentions a person without a claim': {
    type: 'config.change',
    params: { key: 'queueLimit', value: 300 },
    now: { value: 250 },
    summary:
      'Within the grace period of 10 minutes 40 orders were refused. Raising queueLimit to 300 takes all of them.',
    evidence: [['refused orders', '40 between 11:40 and 11:50, as jonas saw on the dashboard']],
  },
  'the cure is usual': {
    type: 'service.restart',
    target: 'search-index',
    summary:
      'Search answers with an empty list since its disk was replaced at 10:58. The runbook says to restart it then, and the last two restarts helped within a minute.',
    evidence: [['empty answers', '37 % of 1,120 searches between 2026-03-02T11:10Z and 11:50Z']],
    criteria: ['the error ratio is below 0.5 % after two minutes'],
  },
  'one limit of several': {
    type: 'config.change',
    target: 'cart',
    params: { key: 'maxItems', value: 120 },
    now: { value: 100 },
    summary:
      'Business customers reach the limit of 100 items 15 times a day. Raise maxItems by 20 %; queueLimit stays as it is.',
  },
  'a long text of a model': {
    type: 'instances.scale',
    params: { count: 8 },
    now: { count: 6 },
    summary:
      'The checkout service is experiencing sustained CPU saturation (average 87 % over the past 20 minutes) across its 6 instances, driven by a 32 % increase in request volume since 11:10. ' +
      'Based on the current trend, p95 latency will exceed the 500 ms objective within approximately 25 minutes. ' +
      'I recommend scaling checkout from 6 to 8 instances, which should bring average CPU down to about 65 %. ' +
      'This is a conservative step: at most 2 additional instances are started, and the cluster has room for 20.',
    alternatives: [
      [
        'Scale to 10 instances',
        'Over-provisions for the traffic expected today and raises cost by about 67 %.',
      ],
      [
        'Enable aggressive caching in cart',
        'Needs a code change and a deployment of cart; not possible within 25 minutes.',
      ],
      ['Do nothing and monitor', 'p95 would breach the objective before 12:30.'],
    ],
    evidence: [
      ['CPU utilization (checkout)', 'avg(cpu) = 87 % over 20m, max 94 %'],
      ['Request rate', '1,240 rps at 11:58 UTC vs 940 rps at 11:10 UTC'],
      ['Latency p95', '431 ms at 11:58 UTC, up from 280 ms at 11:10 UTC'],
    ],
    criteria: [
      'Average CPU below 70 % within 10 minutes',
      'p95 latency below 350 ms',
      'Error ratio unchanged (< 0.5 %)',
    ],
  },
  'a long text about a deploy': {
    type: 'version.deploy',
    params: { version: '2.8.3' },
    now: { version: '2.8.2' },
    summary:
      'Release 2.8.3 contains a single change over 2.8.2: the retry budget of the payments client is lowered from 5 to 2 attempts, so that a slow payments no longer exhausts the worker pool of checkout. ' +
      'The change was merged after review, has been running in staging since Friday, and was exercised with a replay of 24 hours of production traffic. ' +
      'If the error ratio rises above 2 %, Countersign rolls back to 2.8.2 automatically.',
    alternatives: [
      ['Wait for 2.9.0 on Wednesday', 'the pool was exhausted twice in the last 48 hours'],
      ['Scale payments', 'owned by another team, and the provider is the bottleneck'],
    ],
    evidence: [
      ['Pipeline run 4412', '2.8.3 built from commit 9f31c2e; 1,311 tests passed, 0 failed'],
      ['Staging soak', '61 hours, 0 pool exhaustions, p95 212 ms'],
      ['Postmortem PM-118', 'recommends a retry budget of 2'],
    ],
    criteria: ['error ratio of checkout stays under 1 %', 'no pool exhaustion for 24 hours'],
  },
  'scale in at night': {
    type: 'instances.scale',
    target: 'web',
    params: { count: 2 },
    now: { count: 4 },
    summary:
      'Night schedule: web falls to 12 requests a second after 23:00, which 2 instances serve at 35 % CPU. Halving the fleet saves 9 euro a night; the morning schedule brings it back to 4 at 05:30.',
  },
  'a step of many': {
    type: 'instances.scale',
    params: { count: 12 },
    now: { count: 10 },
    summary:
      'Second of three steps towards 14 instances for the sale on Friday. The first one, from 8 to 10 this morning, went well: p95 fell by 9 %.',
  },
  'a third more': {
    type: 'instances.scale',
    target: 'search-index',
    params: { count: 4 },
    now: { count: 3 },
    summary:
      'One of the three instances rebuilds its index until 15:00 and serves nothing. A fourth keeps the other two below 80 %.',
  },
  'the count comes from a formula': {
    type: 'instances.scale',
    params: { count: 7 },
    now: { count: 5 },
    summary: '410 requests per second at 60 per instance need 6.8, so 7 instances. Five are at 96 %.',
  },
  'a rollback with its reason': {
    type: 'version.deploy',
    target: 'cart',
    params: { version: '5.4.1' },
    now: { version: '5.5.0' },
    summary:
      'Rolling cart back to 5.4.1, the last good version. 5.5.0 was deployed at 09:40; since then every coupon is applied twice (SHOP-3102). The fix will be in 5.5.1, later today.',
    alternatives: [
      ['deploy 5.5.1', 'not built yet'],
      ['turn coupons off', 'costs more orders'],
    ],
  },
  'a deploy in plain words': {
    type: 'version.deploy',
    target: 'mail-sender',
    params: { version: '1.9.0' },
    now: { version: '1.8.4' },
    summary:
      'New templates for the order mail. Already live for the newsletter since 1.8.0 and asked for by the shop team. No change of the database.',
    evidence: [['preview', 'https://ci.example/mail-sender/1.9.0/preview']],
  },
  'a version in the middle of a sentence': {
    type: 'version.deploy',
    target: 'web',
    params: { version: '7.1.0' },
    now: { version: '7.0.3' },
    summary:
      'Customers with iOS 17.4.1 see an empty basket in 7.0.3; with 7.1.0 they do not. Needs checkout 2.5.0 or newer, which is deployed.',
    evidence: [['browser tests', '212 of 212 passed on 7.1.0, among them Safari 17.4.1']],
  },
  'a limit in a unit of its own': {
    type: 'memory.limit',
    target: 'search-index',
    params: { memoryMb: 6144 },
    now: { memoryMb: 4096 },
    summary:
      'The index is 3.4 GB and grows by 50 MB a day; with 4 GB the next rebuild runs out of memory. 6 GB last for about half a year.',
  },
  'a timeout that falls': {
    type: 'config.change',
    params: { key: 'paymentTimeoutMs', value: 1500 },
    now: { value: 3000 },
    summary:
      'Halve the payment timeout to 1.5 s. 99.9 % of all answers come within 900 ms, and each request that waits 3 s holds one of 64 workers.',
  },
  'a limit that stays within its range': {
    type: 'config.change',
    target: 'cart',
    params: { key: 'queueLimit', value: 250 },
    now: { value: 200 },
    summary:
      'A queue of 200 filled up 4 times between 10:00 and 11:30, for 20 seconds each. 250 would have been enough every time.',
  },
  'flush one of two': {
    type: 'cache.flush',
    target: 'cart',
    summary:
      'The voucher list that catalog sent at 10:02 was wrong and cart keeps it for 12 hours. Catalog was corrected at 10:40, so a flush of cart is enough.',
    alternatives: [['flush catalog as well', 'it does not cache vouchers']],
  },
  'restart after a certificate': {
    type: 'service.restart',
    target: 'payments',
    summary:
      'The new certificate was installed on 2026-03-01 and payments reads it only at start. The old one ends today at 18:00. Instances restart one after another; checkout retries for 5 s.',
    evidence: [['certificate', 'notAfter=2026-03-02T18:00:00Z, fingerprint 5F:0A:11']],
    criteria: ['payments serves the new certificate', 'error ratio of checkout does not rise'],
  },
  'restart in an emergency': {
    type: 'service.restart',
    target: 'cart',
    summary:
      'INC-90: cart has not answered its health check for 6 minutes. Two of four instances are stuck in garbage collection. On-call was paged at 11:52 and confirmed the alert.',
  },
  'a canary step back': {
    type: 'traffic.shift',
    params: { percent: 20 },
    now: { percent: 30 },
    summary:
      'At 30 % the new version answers in 320 ms, at 20 % it answered in 240 ms. Go back to 20 % until the index is warm.',
  },
  'a canary in steps': {
    type: 'traffic.shift',
    params: { percent: 50 },
    now: { percent: 25 },
    summary:
      'Steps of this rollout: 5 %, 25 %, 50 %, 100 %, an hour each. The third one is due: errors are at 0.21 %, as before.',
  },
  'pool after failover': {
    type: 'pool.resize',
    target: 'payments',
    params: { maxConnections: 50 },
    now: { maxConnections: 40 },
    summary:
      'After the failover the replica answers 30 % slower, so the same load keeps 46 connections busy. 50 is what the database team allows each service.',
  },
  'in the name of nobody': {
    type: 'version.deploy',
    params: { version: '2.9.0' },
    now: { version: '2.8.3' },
    summary:
      'Contains the new address form that product wants for the campaign on 9 March. Grace and Jonas reviewed the code. Whether it goes out today is for the owners of checkout to decide.',
  },
  'staging, scaled': {
    type: 'instances.scale',
    environment: 'staging',
    params: { count: 4 },
    now: { count: 2 },
    summary:
      'The load test at 14:00 compares with production, which runs on 4 instances, so staging needs four as well.',
  },
  'a rate limit that rises': {
    type: 'ratelimit.set',
    params: { requestsPerSecond: 600 },
    now: { requestsPerSecond: 500 },
    summary:
      'Legitimate traffic reached the limit of 500 requests per second for 14 minutes at noon; 2.1 % got a 429. Allow 600.',
  },
  'a rate limit that falls': {
    type: 'ratelimit.set',
    target: 'catalog',
    params: { requestsPerSecond: 80 },
    now: { requestsPerSecond: 120 },
    summary:
      'One crawler sends 95 requests a second. Lowering the limit by a third keeps the rest at a normal p95; shoppers never sent more than 61.',
  },
  'a shorter life of entries': {
    type: 'ttl.set',
    target: 'catalog',
    params: { ttlSeconds: 300 },
    now: { ttlSeconds: 900 },
    summary:
      'During the sale prices change every 10 minutes, so entries must not live for 15 minutes. With 5 minutes the hit ratio stays at 91 %.',
  },
  'a longer life of entries': {
    type: 'ttl.set',
    target: 'catalog',
    params: { ttlSeconds: 3600 },
    now: { ttlSeconds: 1800 },
    summary:
      'Raise the ttl from 30 minutes to one hour. Prices change twice a day, and the database is at 88 % CPU.',
  },
  'fewer retries': {
    type: 'retries.set',
    params: { maxRetries: 2 },
    now: { maxRetries: 4 },
    summary:
      'Payments answers slowly, and four tries of each call double its load. Two retries are enough: 99.4 % of the calls that succeed do so at the second one.',
  },
  'replicas before a holiday': {
    type: 'replicas.set',
    target: 'web',
    params: { replicas: 9 },
    now: { replicas: 6 },
    summary:
      'Tomorrow is a holiday in three countries. Last year 6 replicas were at 93 % on that day; nine give the usual 60 %.',
    evidence: [
      ['forecast', '2,900 requests per second at 20:00, from the model of 2026-03-01'],
      ['replicas', '6 ready of 6 desired'],
    ],
  },
  'a terse machine': {
    type: 'replicas.set',
    target: 'mail-sender',
    params: { replicas: 3 },
    now: { replicas: 2 },
    summary: 'queue_depth=4120 (threshold 1000), consumers=2, drain_eta=41m; +1 replica => drain_eta=24m',
    evidence: [['queue_depth', '4120 @ 2026-03-02T11:59:10Z']],
    criteria: ['queue_depth < 1000 within 30m', 'error_ratio unchanged'],
  },
  'a deploy at night with a plan': {
    type: 'version.deploy',
    target: 'search-index',
    params: { version: '12.4.0' },
    now: { version: '12.3.0' },
    summary:
      'Planned release, announced on 27 February. It rebuilds the index once, which takes 18 minutes with 3 of 4 instances serving. If the rebuild fails, the old index stays and we revert to 12.3.0.',
    evidence: [
      ['release notes', '12.4.0, 14 changes, none of them breaking'],
      ['rehearsal', '18 minutes in staging on 2026-02-26'],
    ],
  },
  'a deploy of a change by people': {
    type: 'version.deploy',
    target: 'cart',
    params: { version: '5.6.0' },
    now: { version: '5.5.1' },
    summary:
      'The cart team merged the new discount engine after two reviews. Feature flag discounts-v2 stays off, so shoppers see no difference until the team turns it on.',
  },
  'a question of cost': {
    type: 'instances.scale',
    target: 'catalog',
    params: { count: 3 },
    now: { count: 5 },
    summary:
      'CPU of catalog has been below 20 % for 9 days since the cache was enlarged. Scaling it in to 3 instances saves 380 euro a month and leaves each at about 33 %.',
    alternatives: [
      ['smaller instances', 'need a new image'],
      ['keep 5', 'costs 380 euro a month for nothing'],
    ],
  },
  'a nightly job': {
    type: 'pool.resize',
    target: 'search-index',
    params: { maxConnections: 30 },
    now: { maxConnections: 20 },
    summary:
      'The nightly reindex at 01:30 opens 12 connections on top of the 17 that searches use. 30 leave one spare; the pool goes back to 20 at 04:00.',
  },
  'asks people to look': {
    type: 'version.deploy',
    params: { version: '2.7.0' },
    now: { version: '2.6.1' },
    summary:
      'Please review before 17:00: the freeze begins at 18:00. 2.7.0 changes how refunds are rounded, which finance asked for in January (FIN-88). I did not find a reason to hurry beyond that.',
  },
  'reports what people did': {
    type: 'cache.flush',
    target: 'web',
    summary:
      'Jonas Weber replaced the banner at 11:30, and the pages of web keep the old one for up to 2 hours. Nobody asked me for a flush; the banner says that the sale is over while it is not.',
  },
  'scale with a ratio': {
    type: 'instances.scale',
    target: 'payments',
    params: { count: 4 },
    now: { count: 3 },
    summary:
      'Payments runs 3 instances at 82 %, 79 % and 85 % CPU. With a fourth one the average falls to 61 %. Checkout alone causes 70 % of its calls, and its own scaling from 4 to 6 instances at 11:15 raised them by a half.',
  },
  'a step towards a goal': {
    type: 'memory.limit',
    target: 'cart',
    params: { memoryMb: 1536 },
    now: { memoryMb: 1024 },
    summary:
      'Cart reached 996 MB of 1024 MB twice today. 1.5 GB is the next step of the plan; 2 GB would need a larger machine.',
  },
  'a limit that is about another service': {
    type: 'ratelimit.set',
    target: 'payments',
    params: { requestsPerSecond: 220 },
    now: { requestsPerSecond: 200 },
    summary:
      'The bank allows 250 requests per second per merchant, and checkout sends at most 215 at its peak. A limit of 220 stays below what the bank allows.',
  },
  'rollback of a rollback': {
    type: 'version.deploy',
    target: 'cart',
    params: { version: '5.5.1' },
    now: { version: '5.4.1' },
    summary:
      '5.5.1 is out: the coupon bug that made us roll back to 5.4.1 on Friday is fixed, and the test that was missing is there (SHOP-3102).',
    evidence: [['pipeline 4519', '5.5.1: 902 tests, the new one applies a coupon twice']],
  },
  'words in another order': {
    type: 'replicas.set',
    params: { replicas: 5 },
    now: { replicas: 4 },
    summary:
      'Of four replicas one is drained for a kernel update until 16:00, so for the next four hours five are needed to have four serving.',
  },
  'restart, one at a time': {
    type: 'service.restart',
    target: 'web',
    summary:
      'Threads of web wait for a lock since the clock of its host jumped by 90 s at 11:41. A rolling restart, one instance at a time with 30 s in between, clears it; no version or setting changes.',
  },
  'ttl, by a formula': {
    type: 'ttl.set',
    target: 'web',
    params: { ttlSeconds: 60 },
    now: { ttlSeconds: 120 },
    summary:
      'Stock changes 40 times a minute during the sale; pages may be one minute old at most, says the runbook for sales. Twice the load on catalog is fine: it is at 30 %.',
  },
  'a warning in the text': {
    type: 'config.change',
    params: { key: 'paymentTimeoutMs', value: 4000 },
    now: { value: 3000 },
    summary:
      'Raises the timeout by one second for the hour of maintenance at the bank. A risk: with 64 workers and 4 s each, 16 slow payments a second fill the pool. Afterwards it goes back to 3 s.',
  },
  'less traffic to a bad version': {
    type: 'traffic.shift',
    params: { percent: 0 },
    now: { percent: 10 },
    summary:
      'The new version answers 1.9 % of the requests with an error, the old one 0.2 %. Take all traffic off it, from 10 % to 0 %, and keep it running for the analysis.',
  },
  'a fix for one customer group': {
    type: 'version.deploy',
    target: 'payments',
    params: { version: '4.3.0' },
    now: { version: '4.2.1' },
    summary:
      'Adds Swish for Sweden behind a flag. Approved merchants get it on Thursday; until then no payment takes this path. TLS 1.3 stays the minimum, Java goes from 17.0.9 to 17.0.10.',
  },
  'before a window closes': {
    type: 'schema.migrate',
    target: 'cart',
    params: { layout: 4 },
    summary:
      'Copies 310,000 baskets to layout 4 in batches of 500, with a pause of 200 ms: about 2 minutes. Layout 3 stays readable, but what is written in layout 4 cannot be read by 5.4 any more.',
    criteria: ['error ratio of cart below 0.5 % during the copy'],
  },
  'the queue is the reason': {
    type: 'instances.scale',
    target: 'mail-sender',
    params: { count: 4 },
    now: { count: 2 },
    summary:
      '41,000 order mails wait since the provider came back at 11:20. Doubling the senders empties the queue by 12:50 instead of 14:10; the provider allows 4 connections per customer.',
  },
  'compares with another service': {
    type: 'timeout.set',
    params: { timeout: 1200 },
    now: { timeout: 1000 },
    summary:
      'Cart has a timeout of 1,500 ms towards catalog, checkout only 1,000 ms towards cart, so checkout gives up before cart can answer: 3 % of all orders. 1,200 ms halves that and stays below what shoppers accept.',
  },
  'in points': {
    type: 'instances.scale',
    params: { count: 8 },
    now: { count: 6 },
    summary:
      '- Problem: p95 at 780 ms (objective 500 ms) for 25 min\n- Cause: request volume +38 %\n- Action: 6 -> 8 instances\n- Expected: p95 about 430 ms\n- Undo: back to 6 by Countersign',
  },
  'after a review meeting': {
    type: 'config.change',
    target: 'cart',
    params: { key: 'maxItems', value: 80 },
    now: { value: 100 },
    summary:
      'Action item 3 of the incident review of 24 February: baskets of more than 80 items made the page time out. The item says to lower maxItems until the page loads its list in parts.',
  },
  'a number nobody would miss': {
    type: 'retries.set',
    target: 'mail-sender',
    params: { maxRetries: 5 },
    now: { maxRetries: 3 },
    summary:
      '12 % of all mails to one provider need a fourth try because of greylisting (it answers 451 for 5 minutes). With five tries 0.3 % are lost instead of 11.4 %.',
  },
  'no hurry': {
    type: 'instances.scale',
    target: 'web',
    params: { count: 5 },
    now: { count: 4 },
    summary:
      'The team of web wants to remove the oldest host on Thursday, which takes one instance with it. One more before that keeps the number of working ones at four.',
  },
};
