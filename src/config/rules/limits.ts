import { z } from 'zod';
import { DIMENSIONS, type Limit } from '../../domain/admission/limits.ts';
import type { Rules } from '../../domain/installation/installation.ts';
import { duration, key, refuseValue, strict } from '../source/schema.ts';

const dimension = z.enum(DIMENSIONS);

const PER = `must be ${DIMENSIONS.join(', ')}, several of these such as [agent, service], or neighbourhood`;

const per = z
  .union(
    [
      dimension.transform((name) => [name]),
      z
        .array(dimension)
        .min(1, PER)
        .refine((dimensions) => new Set(dimensions).size === dimensions.length, PER),
      z.literal('neighbourhood'),
    ],
    PER,
  )
  .meta({
    title: `${DIMENSIONS.map((name) => `\`${name}\``).join(', ')}, a list of these, or \`neighbourhood\``,
  });

/** A limit on the actions that run at the same time in a neighbourhood. */
export interface Crowd {
  readonly kind: 'crowd';
  readonly atOnce: number;
}

const KINDS = 'needs exactly one of atMost, risk, atOnce';

const limit = strict({
  per: key(per, 'What is counted together.', '[agent, service]'),
  atMost: key(
    z.number().int().min(1).max(10_000).optional(),
    'So many actions may run within the time.',
    '20',
  ),
  risk: key(
    z.number().positive().max(1_000_000).optional(),
    'The risk of all that run within the time may add up to so many points.',
    '200',
  ),
  atOnce: key(
    z.number().int().min(1).optional(),
    'So many actions may run at the same time on a service and the services beside it. It goes with `per: neighbourhood`.',
    '1',
  ),
  within: key(
    duration().optional(),
    'The time in which actions count. It goes with `atMost` and `risk`.',
    '1h',
  ),
}).transform(({ per, atMost, risk, atOnce, within }, context): Limit | Crowd => {
  if ([atMost, risk, atOnce].filter((amount) => amount !== undefined).length !== 1)
    return refuseValue(context, KINDS);
  if (per === 'neighbourhood' || atOnce !== undefined) {
    if (per !== 'neighbourhood' || atOnce === undefined || within !== undefined)
      return refuseValue(context, 'is of another form: write { per: neighbourhood, atOnce: 1 }');
    return { kind: 'crowd', atOnce };
  }
  if (within === undefined)
    return refuseValue(context, 'needs within: the time in which actions count, such as 1h');
  return atMost === undefined
    ? { kind: 'budget', per, risk: risk ?? 0, withinMs: within }
    : { kind: 'rate', per, atMost, withinMs: within };
});

/** The member `limits` of countersign.yaml. */
export const limitsSchema = z
  .array(limit)
  .default([])
  .transform((limits): Pick<Rules, 'limits' | 'neighbourhoodAtOnce'> => {
    const crowds = limits.flatMap((rule) => (rule.kind === 'crowd' ? rule.atOnce : []));
    return {
      limits: limits.flatMap((rule) => (rule.kind === 'crowd' ? [] : rule)),
      ...(crowds.length === 0 ? {} : { neighbourhoodAtOnce: Math.min(...crowds) }),
    };
  });
