import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOpenMetrics, parseSelector } from '../../src/adapters/openmetrics.ts';
import { exposing, none, OPENMETRICS, PROMETHEUS, SHOP, value } from './exposing.ts';
import { closedUrl, drip, gush, serve } from './serve.ts';

describe('whatever is exposed', () => {
  const pieces = fc.constantFrom(
    'a',
    'a 1',
    '{',
    '}',
    'b="c"',
    '"',
    '\\',
    ',',
    '=',
    ' ',
    '\n',
    '# EOF',
    '# ',
    '#',
    'NaN',
    '1e9',
    '\t',
    '\r',
    'é',
    '\0',
  );
  const garbage = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
    fc.tuple(fc.nat(SHOP.join('\n').length), fc.string({ maxLength: 3 })).map(([at, text]) => {
      const shop = SHOP.join('\n');
      return `${shop.slice(0, at)}${text}${shop.slice(at + 1)}\n# EOF\n`;
    }),
  );

  it('a reading is a number or none with a reason of one bounded line, 10 000 times', async () => {
    let [contentType, text] = ['', ''];
    const { url } = await serve((response) => response.setHeader('content-type', contentType).end(text));
    const source = createOpenMetrics({ url });
    const kinds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(OPENMETRICS, PROMETHEUS), garbage, async (type, body) => {
        [contentType, text] = [type, body];
        const reading = await source.read('shop_up');
        kinds.add(reading.kind);
        expect(reading).toEqual(
          reading.kind === 'value'
            ? expect.objectContaining({ value: expect.any(Number) })
            : none(expect.stringMatching(/^[^\p{C}]{1,500}$/u)),
        );
      }),
      { numRuns: 10_000 },
    );
    expect([...kinds].sort()).toEqual(['none', 'value']);
  });

  it('any text is a selector or a fault', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces).map((parts) => parts.join('')),
        ),
        (text) => {
          const parsed = parseSelector(text);
          expect(typeof parsed === 'string' ? parsed.length : parsed.name.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('the scrape', () => {
  const read = (url: string, timeoutMs = 20_000) => createOpenMetrics({ url, timeoutMs }).read('shop_up');

  it('asks for OpenMetrics first, then for the Prometheus format', async () => {
    const { url, requests } = await exposing(OPENMETRICS, 'shop_up 1\n# EOF\n');
    expect(await read(`${url}/metrics?all=1`)).toEqual(value(1));
    expect(requests).toEqual([
      {
        method: 'GET',
        url: '/metrics?all=1',
        body: '',
        headers: expect.objectContaining({
          accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5',
        }),
      },
    ]);
  });

  it('needs an address, which is found out at once', () => {
    expect(() => createOpenMetrics({ url: 'shop' })).toThrow(TypeError);
  });

  it.each(['text/plain', 'Text/Plain; charset=UTF-8', 'APPLICATION/OPENMETRICS-TEXT'])(
    'takes the content type %s',
    async (contentType) => {
      const { url } = await exposing(contentType, 'shop_up 1\n# EOF\n');
      expect(await read(url)).toEqual(value(1));
    },
  );

  it.each([
    ['text/html', 'text/html'],
    ['application/json', 'application/json'],
    ['text/plainish', 'text/plainish'],
  ])('does not take the content type %s', async (contentType, said) => {
    const { url } = await exposing(contentType, 'shop_up 1\n# EOF\n');
    expect(await read(url)).toEqual(none(`it answered in ${said}, which is not a text of metrics`));
  });

  it('does not take a text without a content type', async () => {
    const { url } = await serve((response) => response.end('shop_up 1\n# EOF\n'));
    expect(await read(url)).toEqual(none('it answered in no content type, which is not a text of metrics'));
  });

  it.each([
    [204, '204 No Content'],
    [404, '404 Not Found'],
    [503, '503 Service Unavailable'],
  ])('is none with status %i, whatever it says', async (status, line) => {
    const { url } = await serve((response) =>
      response.writeHead(status, { 'content-type': OPENMETRICS }).end('shop_up 1\n# EOF\n'),
    );
    expect(await read(url)).toEqual(none(`it answered ${line}`));
  });

  it('is none when nothing listens', async () => {
    const url = await closedUrl();
    expect(await read(url)).toEqual(none(`connect ECONNREFUSED ${new URL(url).host}`));
  });

  it.each([
    ['begins', () => undefined],
    ['ends', drip],
  ])('is none when no answer %s in time', async (_, answer) => {
    const { url } = await serve(answer);
    expect(await read(url, 200)).toEqual(none('no complete answer within 200 ms'));
  });

  it('is none when the text never stops', async () => {
    const { url } = await serve((response) => gush(response.setHeader('content-type', OPENMETRICS)));
    expect(await read(url)).toEqual(none('the answer is larger than 8388608 bytes'));
  });

  it('reads a text of almost 8 MB', async () => {
    const line = 'other{service="cart",zone="a"} 1.5 1520879607.789\n';
    const { url } = await exposing(OPENMETRICS, `${line.repeat(160_000)}shop_up 1\n# EOF\n`);
    expect(await read(url)).toEqual(value(1));
  });

  it('does not follow a redirect', async () => {
    const elsewhere = await exposing(OPENMETRICS, 'shop_up 1\n# EOF\n');
    const { url } = await serve((response) => response.writeHead(307, { location: elsewhere.url }).end());
    expect(await read(url)).toEqual(none('it answered 307 Temporary Redirect'));
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('a list of samples', () => {
  const each = async (query: string, ...lines: string[]) => {
    const { url } = await exposing(OPENMETRICS, `${[...lines, '# EOF'].join('\n')}\n`);
    return createOpenMetrics({ url }).readEach?.(query);
  };
  const INCIDENTS = [
    '# TYPE incident_started_seconds gauge',
    'incident_started_seconds{service="cart",id="4711",title="\\"Slow\\", and\\nold"} 1800000000',
    'incident_started_seconds{service="cart",id="4712"} 1800000060 1800000070',
    'incident_started_seconds{service="web",id="4713"} 1800000060',
  ];

  it('has each that the query names, with its labels', async () => {
    expect(await each('incident_started_seconds{service="cart"}', ...INCIDENTS)).toEqual({
      kind: 'samples',
      samples: [
        { value: 1_800_000_000, labels: { service: 'cart', id: '4711', title: '"Slow", and\nold' } },
        {
          value: 1_800_000_060,
          labels: { service: 'cart', id: '4712' },
          sampledAt: 1_800_000_070_000,
          staleAfterMs: 130_000,
        },
      ],
    });
  });

  it('is empty where the query names none, and none where it cannot be read', async () => {
    expect(await each('incident_started_seconds{service="app"}', ...INCIDENTS)).toEqual({
      kind: 'samples',
      samples: [],
    });
    expect(await each('incident_started_seconds', ...INCIDENTS, 'odd')).toEqual(
      none('line 5 is not a sample; name{label="value",...} value timestamp is one'),
    );
    expect(await each('a b')).toMatchObject({ kind: 'none' });
  });
});
