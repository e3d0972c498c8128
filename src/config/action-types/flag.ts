import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { jsonRecord, jsonValue } from '../../contract/json.ts';
import type { FlagTemplate } from '../../domain/installation/installation.ts';
import { duration, key, refuseValue, strict } from '../source/schema.ts';
import { address } from './address.ts';

const PARAMETER = /^\$\{params\.[^}]+\}$/;

const share = strict({
  variant: key(z.string().min(1), 'The variant that the part gets.', 'on'),
  percent: key(
    z.union(
      [z.int().min(0).max(100), z.string().regex(PARAMETER)],
      'must be a whole number from 0 to 100, or one ${params.NAME}',
    ),
    'How large the part is.',
    '"${params.percent}"',
  ),
  otherwise: key(z.string().min(1), 'The variant that the others get.', 'off'),
});

const set = strict({
  state: key(z.string().min(1).optional(), '`ENABLED` or `DISABLED`.', 'ENABLED'),
  defaultVariant: key(
    z.string().min(1).optional(),
    'The variant of everybody whom no targeting concerns.',
    '"${params.variant}"',
  ),
  targeting: key(jsonValue.optional(), "flagd's rules of who gets which variant.", '{}'),
  share: key(share.optional(), 'In place of `targeting`: a part of the users, by their targeting key.'),
})
  .refine((members) => Object.values(members).some((value) => value !== undefined), 'sets nothing')
  .refine(({ targeting, share: part }) => targeting === undefined || part === undefined, {
    path: ['share'],
    message: 'stands in place of targeting: write one of them',
  });

/** A change of one feature flag. */
export const flag = strict({
  file: key(
    z
      .string()
      .refine((text) => isAbsolute(text) || /^\$\{environment\.[^}]+\}/.test(text), 'must begin with /')
      .refine((text) => !text.includes('${params.'), 'must not depend on what an agent writes')
      .optional(),
    'A JSON file with flag definitions of flagd, on the machine of the worker. Or `url`.',
    '/etc/flagd/flags.json',
  ),
  url: key(
    address.optional(),
    'The address of this one flag at a flag service. Or `file`.',
    '"${environment.flagsUrl}/flags/${params.flag}"',
  ),
  method: key(
    z.enum(['PUT', 'PATCH']).optional(),
    'With `url`: how it is written. PUT sends the whole definition, PATCH a merge patch. Without it, PUT.',
    'PATCH',
  ),
  flag: key(z.string().min(1).max(300), 'The key of the flag.', 'new-checkout'),
  set: key(set, 'What is set. Everything else of the flag stays.', '{ state: DISABLED }'),
  ofrep: key(
    strict({
      url: key(
        address,
        'An evaluator, such as flagd. It is asked with the Remote Evaluation Protocol.',
        'http://flagd:8016',
      ),
      context: key(jsonRecord.default({}), 'For whom the flag is evaluated.', '{ targetingKey: a-user }'),
    }).optional(),
    'Who is asked afterwards how the flag is evaluated. Without it, its definition is read again.',
  ),
  timeout: key(duration(), 'How long it may take.', '10s'),
});

/** Returns the template of a change of a flag. */
export function flagPlanOf(written: z.infer<typeof flag>, context: z.RefinementCtx): FlagTemplate {
  const { file, url, method, flag: name, set: change, ofrep, timeout } = written;
  if ((file === undefined) === (url === undefined))
    return refuseValue(context, 'flag needs exactly one of file, url');
  if (file !== undefined && method !== undefined)
    return refuseValue(context, 'flag has a method only with a url');
  return {
    executor: 'flag',
    store: file === undefined ? { url: url ?? '', method: method ?? 'PUT' } : { file },
    flag: name,
    change,
    ...(ofrep === undefined ? {} : { ofrep }),
    timeoutMs: timeout,
  };
}
