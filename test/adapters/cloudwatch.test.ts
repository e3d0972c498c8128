import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createCloudWatch } from '../../src/adapters/cloudwatch.ts';
import { periodFor } from '../../src/adapters/cloudwatch-query.ts';
import { queryFault } from '../../src/adapters/index.ts';
import { type Received, serve } from './serve.ts';

/** A sample counts for 130 s. CloudWatch's client signs by its own clock, so the tests are by it too. */
const NOW = Math.floor(Date.now() / 60_000) * 60_000 + 5_000;
const MINUTE = NOW - 5_000;
const STRETCH = { from: MINUTE - 120_000, until: MINUTE, stepMs: 60_000 };
const STAT = JSON.stringify({
  Metric: {
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HTTPCode_Target_5XX_Count',
    Dimensions: [{ Name: 'TargetGroup', Value: 'checkout' }],
  },
  Stat: 'Sum',
});

/** Endpoint of CloudWatch's JSON protocol: each answer is written by hand, as the reference of GetMetricData has it. */
async function cloudWatch(...answers: readonly (readonly [status: number, body: object])[]) {
  const left = [...answers];
  const { url, requests } = await serve((response) => {
    const [status, body] = left.shift() ?? [500, {}];
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
  });
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'the-secret-access-key');
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return { source: sourceAt(url), requests };
}

const sourceAt = (endpoint: string) =>
  createCloudWatch({ region: 'eu-west-1', endpoint, intervalMs: 60_000, now: () => NOW });

const result = (values: readonly (readonly [at: number, value: number])[], members: object = {}) => ({
  Id: 'q',
  Label: 'errors',
  StatusCode: 'Complete',
  Timestamps: values.map(([at]) => at / 1_000),
  Values: values.map(([, value]) => value),
  ...members,
});
const page = (...results: object[]) => [200, { MetricDataResults: results }] as const;

const asked = ({ body }: Received) => JSON.parse(body);
const none = (reason: unknown) => ({ kind: 'none', reason });

describe('CloudWatch is asked', () => {
  test('for a metric in JSON, with the period of the step, and signed', async () => {
    const { source, requests } = await cloudWatch(page(result([])));
    await source.readPast?.(STAT, STRETCH);
    expect(requests[0]?.headers).toMatchObject({
      'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d+\/eu-west-1\/monitoring/,
      ),
    });
    expect(asked(requests[0] as Received)).toEqual({
      MetricDataQueries: [{ Id: 'q', MetricStat: { ...JSON.parse(STAT), Period: 60 } }],
      // It begins early enough for a sample that counts at the first step.
      StartTime: (MINUTE - 300_000) / 1_000,
      EndTime: MINUTE / 1_000,
      ScanBy: 'TimestampAscending',
    });
  });

  test('for an expression as it is, and for several queries', async () => {
    const { source, requests } = await cloudWatch(page(), page());
    const expression = 'SELECT SUM(Errors) FROM "AWS/Lambda" GROUP BY FunctionName';
    await source.readPast?.(expression, STRETCH);
    const several = [
      { Id: 'm1', MetricStat: JSON.parse(STAT), ReturnData: false },
      { Id: 'grown', Expression: 'RUNNING_SUM(FILL(m1, 0))' },
    ];
    await source.readPast?.(JSON.stringify(several), STRETCH);
    expect(requests.map((request) => asked(request).MetricDataQueries)).toEqual([
      [{ Id: 'q', Expression: expression, Period: 60 }],
      [
        { Id: 'm1', MetricStat: { ...JSON.parse(STAT), Period: 60 }, ReturnData: false },
        { Id: 'grown', Expression: 'RUNNING_SUM(FILL(m1, 0))', Period: 60 },
      ],
    ]);
  });

  test.each([
    ['{"Metric": {}', 'begins as JSON does, and is none'],
    ['{"MetricName": "Errors"}', expect.stringContaining('is not a MetricStat without Period: Metric.')],
    ['[{"Id": "Q", "Expression": "1"}]', expect.stringContaining('0.Id. must begin with a small letter')],
    ['[{"Id": "q"}]', expect.stringContaining('needs exactly one of Expression, MetricStat')],
  ])('never for %s, which is found when the file is checked', (query, fault) => {
    expect(queryFault('cloudwatch', query)).toEqual(fault);
  });
});

test('a value counts from the end of its period on, and one whose period is not over does not', async () => {
  const values = [
    [MINUTE - 120_000, 2],
    [MINUTE - 60_000, 3],
    [MINUTE, 1],
  ] as const;
  const { source } = await cloudWatch(page(result(values)), page(result(values)));
  expect(await source.read(STAT)).toEqual({
    kind: 'value',
    value: 3,
    sampledAt: MINUTE,
    staleAfterMs: 130_000,
  });
  expect(await source.readPast?.(STAT, { ...STRETCH, from: MINUTE - 60_000 })).toEqual({
    kind: 'series',
    series: [
      {
        labels: { id: 'q', label: 'errors' },
        points: [
          [MINUTE - 60_000, 2],
          [MINUTE, 3],
        ],
      },
    ],
  });
});

test('an answer in several pages is read as one, and what was partial is completed', async () => {
  const [status, first] = page(result([[MINUTE - 120_000, 1]], { StatusCode: 'PartialData' }));
  const { source, requests } = await cloudWatch(
    [status, { ...first, NextToken: 'more' }],
    page(result([[MINUTE - 60_000, 2]]), result([[MINUTE - 60_000, 9]], { Label: 'other' })),
  );
  const past = await source.readPast?.('SEARCH(...)', STRETCH);
  expect(past?.kind === 'series' && past.series.map(({ points }) => points.at(-1))).toEqual([
    [MINUTE, 2],
    [MINUTE, 9],
  ]);
  expect(asked(requests[1] as Received)).toMatchObject({ NextToken: 'more' });
});

describe('any other answer is none', () => {
  test.each([
    ['PartialData', [], 'errors is PartialData'],
    ['InternalError', [], 'errors is InternalError'],
    [
      'Forbidden',
      [{ Code: 'Forbidden', Value: 'not of this account' }],
      'errors is Forbidden; Forbidden: not of this account',
    ],
  ])('one that is %s', async (StatusCode, Messages, reason) => {
    const { source } = await cloudWatch(page(result([[MINUTE - 60_000, 1]], { StatusCode, Messages })));
    expect(await source.read(STAT)).toEqual(none(reason));
  });

  test('one of another account, and one of a query that CloudWatch does not understand', async () => {
    const error = (type: string, message: string) => [400, { __type: type, message }] as const;
    const { source } = await cloudWatch(
      error('AccessDeniedException', 'not authorized to perform: cloudwatch:GetMetricData'),
      error('ValidationError', 'Error in expression'),
    );
    expect(await source.read(STAT)).toEqual(
      none('AccessDeniedException: not authorized to perform: cloudwatch:GetMetricData'),
    );
    expect(await source.read('SUM(')).toEqual(none('ValidationException: Error in expression'));
  });

  test('one of too many pages', async () => {
    const answer = [200, { MetricDataResults: [], NextToken: 'more' }] as const;
    const { source, requests } = await cloudWatch(...Array.from({ length: 30 }, () => answer));
    expect(await source.read(STAT)).toEqual(
      none('the answer has more than 20 pages: choose fewer series in the query'),
    );
    expect(requests.length).toBe(20);
  });

  test('one that does not come in time', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'the-secret-access-key');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const { url } = await serve(() => undefined);
    const source = createCloudWatch({
      region: 'eu-west-1',
      endpoint: url,
      intervalMs: 60_000,
      timeoutMs: 300,
      now: () => NOW,
    });
    expect(await source.read(STAT)).toEqual(none('no complete answer within 300 ms'));
  });
});

test('where the client of AWS is not installed, the reason says what to install', async () => {
  const missing = '@aws-sdk/client-that-nobody-installed';
  const source = createCloudWatch({
    region: 'eu-west-1',
    intervalMs: 60_000,
    load: () => import(/* @vite-ignore */ missing),
  });
  expect(await source.read(STAT)).toEqual(
    none(
      "AWS's client is not installed: run npm install @aws-sdk/client-cloudwatch where countersign is installed",
    ),
  );
});

test.each([
  ['a step of 10 s', 10_000, 0, 10],
  ['a step of 15 s', 15_000, 0, 10],
  ['a step of half a minute', 30_000, 0, 30],
  ['a step of 90 s', 90_000, 0, 60],
  ['a step of 10 s of yesterday', 10_000, 24 * 3_600_000, 60],
  ['a step of 7 minutes three weeks ago', 420_000, 21 * 24 * 3_600_000, 300],
  ['a step of a minute three months ago', 60_000, 90 * 24 * 3_600_000, 3_600],
])('the period for %s is what CloudWatch has', (_, stepMs, ageMs, period) => {
  expect(periodFor(stepMs, NOW - ageMs, NOW)).toBe(period);
});
