import { createOpenMetrics } from '../../src/adapters/openmetrics.ts';
import { serve } from './serve.ts';

export const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
export const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

export const exposing = (contentType: string, text: string) =>
  serve((response) => response.setHeader('content-type', contentType).end(text));

export async function readFrom(contentType: string, text: string, query: string) {
  const { url } = await exposing(contentType, text);
  return createOpenMetrics({ url }).read(query);
}

export const openmetrics = (query: string, ...lines: string[]) =>
  readFrom(OPENMETRICS, `${[...lines, '# EOF'].join('\n')}\n`, query);
export const prometheus = (query: string, ...lines: string[]) =>
  readFrom(PROMETHEUS, `${lines.join('\n')}\n`, query);

export const value = (number: number, sampledAt?: number) => ({
  kind: 'value',
  value: number,
  ...(sampledAt === undefined ? {} : { sampledAt, staleAfterMs: 130_000 }),
});
export const none = (reason: string) => ({ kind: 'none', reason });

export const SHOP = [
  '# TYPE shop_requests counter',
  '# HELP shop_requests Requests answered, by "code" \\n and service.',
  'shop_requests_total{service="cart",code="200"} 1027 # {trace_id="a} 1"} 0.67 1520879607.789',
  'shop_requests_total{service="cart",code="500"} 3',
  '# TYPE shop_latency_seconds histogram',
  '# UNIT shop_latency_seconds seconds',
  'shop_latency_seconds_bucket{service="cart",le="0.1"} 8 # {} 0.054',
  'shop_latency_seconds_bucket{service="cart",le="+Inf"} 17 1520879607.789 # {trace_id="x"} 9.8 1520879607.789',
  '# TYPE shop_error_ratio gauge',
  'shop_error_ratio{service="cart"} 0.0125 1520879607.789',
  'shop_error_ratio{service="search"} NaN',
  'shop_up 1',
];
