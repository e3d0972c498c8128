import type { MiddlewareHandler } from 'hono';
import { exactJsonIn } from '../../domain/shared/exact-json.ts';
import type { Fault } from '../../domain/shared/json.ts';
import { Problem } from '../ports/problem.ts';
import { isForm } from './guard.ts';

const JSON_TYPE = /^application\/([\w.-]+\+)?json\b/i;

/**
 * Refuses a body that would be read otherwise than its sender meant it: one with a member or field twice, or with a number that
 * JavaScript cannot hold.
 */
export const asSent: MiddlewareHandler = async (c, next) => {
  const faults = isForm(c)
    ? repeatedIn([...(await c.req.formData()).keys()])
    : JSON_TYPE.test(c.req.header('content-type') ?? '')
      ? alteredIn(await c.req.text())
      : [];
  if (faults.length > 0) throw new Problem('malformed', 'the request is faulty', { faults });
  await next();
};

function repeatedIn(names: readonly string[]): Fault[] {
  const repeatedNames = names.filter((name, i) => names.indexOf(name) !== i);
  return [...new Set(repeatedNames)].map((where) => ({ where, problem: 'is there twice: send one of them' }));
}

function alteredIn(text: string): readonly Fault[] {
  const json = exactJsonIn(text);
  return json.kind === 'altered' ? json.faults : [];
}
