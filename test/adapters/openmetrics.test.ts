import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOpenMetrics, parseSelector } from '../../src/adapters/openmetrics.ts';
import {
  exposing,
  none,
  OPENMETRICS,
  openmetrics,
  PROMETHEUS,
  prometheus,
  readFrom,
  SHOP,
  value,
} from './exposing.ts';
import { serve } from './serve.ts';

describe('a selector', () => {
  it.each([
    ['shop_up', value(1)],
    ['shop_up{}', value(1)],
    ['  shop_up  ', value(1)],
    ['shop_up{service=""}', value(1)],
    ['shop_error_ratio{service="cart"}', value(0.0125, 1_520_879_607_789)],
    ['shop_requests_total{code="500"}', value(3)],
    ['shop_requests_total{service="cart", code="200", }', value(1027)],
    ['shop_latency_seconds_bucket{le="+Inf"}', value(17, 1_520_879_607_789)],
    ['shop_latency_seconds_bucket{le="0.1"}', value(8)],
    ['shop_error_ratio{service="search"}', value(Number.NaN)],
  ])('%s names one sample', async (query, reading) => {
    expect(await openmetrics(query, ...SHOP)).toEqual(reading);
  });

  it.each([
    ['shop', 'no sample is shop'],
    ['Shop_up', 'no sample is Shop_up'],
    ['shop_requests', 'no sample is shop_requests'],
    ['shop_error_ratio{service=""}', 'no sample is shop_error_ratio{service=""}'],
    ['shop_error_ratio{service="cart",zone="a"}', 'no sample is shop_error_ratio{service="cart",zone="a"}'],
    ['shop_error_ratio', '2 samples are shop_error_ratio, a condition needs one'],
    [
      'shop_requests_total{service="cart"}',
      '2 samples are shop_requests_total{service="cart"}, a condition needs one',
    ],
  ])('%s names none, or several', async (query, reason) => {
    expect(await openmetrics(query, ...SHOP)).toEqual(none(reason));
  });

  it.each([
    '',
    '1up',
    'shop-up',
    'shop_up{',
    'shop_up}',
    'shop_up{service}',
    'shop_up{service=cart}',
    "shop_up{service='cart'}",
    'shop_up{service!="cart"}',
    'shop_up{service=~"c.*"}',
    'shop_up{service="cart" code="1"}',
    'shop_up{,}',
    'shop_up{service="ca"rt"}',
    'shop_up{service="a\nb"}',
    'shop_up{service="cart"} 1',
    'rate(shop_up[5m])',
    'shop_up > 1',
  ])('%j is refused before anything is asked', async (query) => {
    const { url, requests } = await exposing(OPENMETRICS, '# EOF\n');
    const fault = `${JSON.stringify(query)} does not name a sample; write name or name{label="value",...}, with = alone`;
    expect(parseSelector(query)).toBe(fault);
    expect(await createOpenMetrics({ url }).read(query)).toEqual(none(fault));
    expect(requests).toEqual([]);
  });

  it('that is longer than any line of a text is refused', () => {
    expect(parseSelector('a'.repeat(65_537))).toContain('does not name a sample');
  });

  it('that names a label twice is refused', () => {
    expect(parseSelector('shop_up{a="1",a="2"}')).toBe('"shop_up{a=\\"1\\",a=\\"2\\"}" names a label twice');
  });
});

describe('a number', () => {
  it.each([
    ['0', 0],
    ['0042', 42],
    ['-7', -7],
    ['+7', 7],
    ['8903.123421', 8903.123421],
    ['1.89e-7', 1.89e-7],
    ['4.20072246e+06', 4_200_722.46],
    ['1E3', 1000],
    ['5.', 5],
    ['.5', 0.5],
    ['1341298465647914', 1_341_298_465_647_914],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['-inf', Number.NEGATIVE_INFINITY],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['NaN', Number.NaN],
    ['nan', Number.NaN],
  ])('may be written %s', async (text, number) => {
    expect(await openmetrics('a', `a ${text}`)).toEqual(value(number));
  });

  it.each(['', '.', 'e5', '1e', '0x10', '1_000', '1,5', '--1', '+NaN', 'true', '१', 'null', '1n'])(
    'is not %j',
    async (text) => {
      expect(await openmetrics('other', 'b 1', `a ${text}`)).toEqual(
        none(expect.stringMatching(/^line 2 (has|is)/)),
      );
    },
  );
});

describe('a timestamp', () => {
  it.each([
    ['123', 123_000],
    ['1520879607.789', 1_520_879_607_789],
    ['1.520879607789e9', 1_520_879_607_789],
    ['1604676851.123456789', 1_604_676_851_123],
    ['-1', -1_000],
  ])('is in seconds in OpenMetrics: %s', async (time, sampledAt) => {
    expect(await openmetrics('a', `a 1 ${time}`)).toEqual(value(1, sampledAt));
  });

  it.each([
    ['123', 123],
    ['1520879607789', 1_520_879_607_789],
    ['-1', -1],
  ])('is in milliseconds in the Prometheus format: %s', async (time, sampledAt) => {
    expect(await prometheus('a', `a 1 ${time}`)).toEqual(value(1, sampledAt));
  });

  it.each([
    [OPENMETRICS, 'NaN'],
    [OPENMETRICS, '+Inf'],
    [OPENMETRICS, '1e300'],
    [OPENMETRICS, 'now'],
    [PROMETHEUS, '1520879607.789'],
    [PROMETHEUS, '1e9'],
    [PROMETHEUS, '99999999999999999999'],
  ])('in %s is not %s', async (contentType, time) => {
    const reading = await readFrom(contentType, `a 1 ${time}\n# EOF\n`, 'a');
    expect(reading).toEqual(none(`line 1 has the timestamp ${time}, which is not one`));
  });
});

describe('a text', () => {
  it.each([
    ['with nothing in it', ''],
    ['with a family without samples', '# TYPE a gauge\n'],
    ['with help that looks like a sample', '# HELP a a 1\n'],
  ])('%s has no such sample', async (_, text) => {
    expect(await readFrom(OPENMETRICS, `${text}# EOF\n`, 'a')).toEqual(none('no sample is a'));
    expect(await readFrom(PROMETHEUS, text, 'a')).toEqual(none('no sample is a'));
  });

  it.each(['a{b="c"} 1', 'a {b="c"} 1', 'a{ b = "c" , } 1', ' \ta\t{b="c"}\t 1  ', 'a{b="c"} 1 5'])(
    'of Prometheus may have blanks and blank lines: %j',
    async (line) => {
      expect(await prometheus('a{b="c"}', '# any comment', '', ' \t', '#', line)).toHaveProperty('value', 1);
    },
  );

  it('of OpenMetrics may end without a line feed', async () => {
    expect(await readFrom(OPENMETRICS, 'a 1\n# EOF', 'a')).toEqual(value(1));
  });

  it('may be of two measurements, of which neither is the one', async () => {
    expect(await openmetrics('a', 'a 17.0 123', 'a 18.0 456')).toEqual(
      none('2 samples are a, a condition needs one'),
    );
  });

  it.each([
    ['', 'line 1 is not "# EOF", so the text may be cut off'],
    ['a 1\n', 'line 1 is not "# EOF", so the text may be cut off'],
    ['a 1\nb 2', 'line 2 is not "# EOF", so the text may be cut off'],
    ['a 1\n# EO', 'line 2 is not "# EOF", so the text may be cut off'],
    ['a 1\n# EOF\n\n', 'line 3 is not "# EOF", so the text may be cut off'],
    ['a 1\n# EOF\nb 1\n# EOF\n', 'line 2 is "# EOF", and more follows it'],
    ['a 1\n\n# EOF\n', 'line 2 is not a sample; name{label="value",...} value timestamp is one'],
  ])('of OpenMetrics ends with "# EOF" and has it once: %j', async (text, reason) => {
    expect(await readFrom(OPENMETRICS, text, 'a')).toEqual(none(reason));
  });

  it('of Prometheus ends with a line feed, or 12 may have been 123', async () => {
    expect(await readFrom(PROMETHEUS, 'b 1\na 12', 'a')).toEqual(
      none('line 2 does not end with a line feed, so the text may be cut off'),
    );
  });

  it.each([
    'b',
    'b{c="d"}',
    'b{c="d" 1',
    'b{c="d"}1',
    'b{c=d} 1',
    'b{c="d"e="f"} 1',
    'b{c="d",,} 1',
    'b{,c="d"} 1',
    'b{1c="d"} 1',
    'b{c:d="e"} 1',
    'b{c="d\\"} 1',
    'b{"c"="d"} 1',
    '1b 1',
    'b-c 1',
    'é 1',
    'b 1 2 3',
    'b 1\r',
    '\ufeffb 1',
    '<html>',
    '{"b":1}',
  ])('is refused whole for a malformed line anywhere: %j', async (line) => {
    const reason = none('line 3 is not a sample; name{label="value",...} value timestamp is one');
    expect(await openmetrics('a', 'a 1', '# HELP b', line)).toEqual(reason);
    expect(await prometheus('a', 'a 1', '# HELP b', line)).toEqual(reason);
  });

  it('is refused whole when a sample names a label twice', async () => {
    expect(await openmetrics('a', 'a 1', 'b{c="1",c="2"} 1')).toEqual(none('line 2 names a label twice'));
  });

  it.each([
    ['labels', `a{${'b="",'.repeat(20_000)}} 1`],
    ['a value', `a{b="${'\\\\'.repeat(40_000)}"} 1`],
  ])('is refused whole for a line that is too long in %s', async (_, line) => {
    expect(await openmetrics('a', line)).toEqual(none('line 1 is longer than 65536 characters'));
  });

  it.each([
    ['blanks before a value', (n: number) => `a${' '.repeat(n)}`],
    ['blanks after a value', (n: number) => `a 1${' '.repeat(n)}x y z`],
    ['blanks in braces', (n: number) => `a{${' '.repeat(n)}`],
    ['blanks after a label', (n: number) => `a{b="c"${' '.repeat(n)}`],
    ['blanks after a comma', (n: number) => `a{b="c",${' '.repeat(n)}`],
    ['a label without end', (n: number) => `a{b="${'c'.repeat(n)}`],
    ['escapes without end', (n: number) => `a{b="${'\\"'.repeat(n / 2)}`],
    ['labels without end', (n: number) => `a{${'b="c",'.repeat(n / 6)}`],
    ['a long name', (n: number) => `${'a'.repeat(n)}-`],
    ['a long number', (n: number) => `a ${'1'.repeat(n)}x`],
  ])('takes time in proportion to its length: 50 times %s', async (_, line) => {
    const { url } = await exposing(OPENMETRICS, `${line(60_000)}\n# EOF\n`);
    const source = createOpenMetrics({ url, timeoutMs: 20_000 });
    for (let n = 0; n < 50; n += 1) {
      expect(await source.read('a')).toEqual(none(expect.stringMatching(/^line 1 (is|has)/)));
    }
  });
});

describe('a label value', () => {
  const escaped = (text: string) =>
    text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  /** Any text that UTF-8 can carry, with those characters that need care well represented. */
  const texts = fc.string({
    unit: fc.oneof(
      fc.constantFrom('\\', '"', '\n', 'n', '{', '}', ',', '=', ' ', '#', '\r', '\t', '\u2028'),
      fc.string({ unit: 'grapheme', maxLength: 1 }),
    ),
  });

  it('is found by itself and by no other', async () => {
    let text = '';
    const { url } = await serve((response) => response.setHeader('content-type', OPENMETRICS).end(text));
    const source = createOpenMetrics({ url });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(texts, { minLength: 2, maxLength: 4 }), async (values) => {
        text = `${values.map((label, n) => `a{b="${escaped(label)}"} ${n}\n`).join('')}# EOF\n`;
        for (const [n, label] of values.entries()) {
          // In PromQL, b="" is any sample without b as well; here all have it.
          expect(await source.read(`a{b="${escaped(label)}"}`)).toEqual(value(n));
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['\\a', '\\a'],
    ['\\\\a', '\\a'],
    ['\\\\n', '\\n'],
    ['\\n', '\n'],
    ['\\\\\\n', '\\\n'],
  ])('written %j is %j', (written, meant) => {
    expect(parseSelector(`a{b="${written}"}`)).toEqual({ name: 'a', labels: new Map([['b', meant]]) });
  });
});
