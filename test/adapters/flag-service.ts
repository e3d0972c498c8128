import { readFileSync } from 'node:fs';
import { FlagdCore } from '@openfeature/flagd-core';
import type { FlagDefinition } from '../../src/domain/action/flag.ts';
import { digestOf } from '../../src/domain/shared/digest.ts';
import type { Json } from '../../src/domain/shared/json.ts';
import { serve } from './serve.ts';

/** Answers the Remote Evaluation Protocol with the evaluator of flagd, for the flags as they are at that moment. */
function evaluated(flags: string, flag: string, context: { [name: string]: Json }) {
  const core = new FlagdCore();
  core.setConfigurations(flags);
  const { reason, variant, value, errorCode } = core.resolveBooleanEvaluation(flag, false, context);
  return errorCode === undefined
    ? { status: 200, answer: { key: flag, reason, variant, value } }
    : { status: errorCode === 'FLAG_NOT_FOUND' ? 404 : 400, answer: { key: flag, errorCode } };
}

/** An evaluator that reads a file at each request. */
export const anEvaluator = (file: string) =>
  serve((response, { url, body }) => {
    const flag = decodeURIComponent(url.split('/').at(-1) ?? '');
    const { status, answer } = evaluated(readFileSync(file, 'utf8'), flag, JSON.parse(body).context);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });

/** A flag service that has one flag, and takes changes of the version that it is at alone. */
export async function aFlagService(first: FlagDefinition) {
  let flag: FlagDefinition = first;
  let version = 1;
  const etag = () => `"${version}-${digestOf(flag).slice(0, 8)}"`;
  const faults: { tag?: string; status?: number; writeStatus?: number } = {};
  const server = await serve((response, { method, headers, body }) => {
    const status = faults.status ?? (method === 'GET' ? undefined : faults.writeStatus);
    if (status !== undefined) return response.writeHead(status).end('it is broken');
    if (method !== 'GET') {
      if (headers['if-match'] !== etag()) return response.writeHead(412).end();
      flag = method === 'PUT' ? JSON.parse(body) : merged(flag, JSON.parse(body));
      version += 1;
    }
    return response
      .writeHead(200, { 'content-type': 'application/json', etag: faults.tag ?? etag() })
      .end(JSON.stringify(flag));
  });
  return {
    ...server,
    faults,
    flag: () => flag,
    change: (to: FlagDefinition) => {
      flag = to;
      version += 1;
    },
  };
}

/** RFC 7396, as it stands there. */
function merged(target: Json, patch: Json): FlagDefinition {
  const result: { [name: string]: Json } = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch ?? {})) {
    if (value === null) delete result[name];
    else result[name] = isObject(value) ? merged(result[name] ?? {}, value) : value;
  }
  return result;
}

const isObject = (value: Json): value is { [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
