import { z } from 'zod';
import { DIMENSIONS, type Limit } from '../../domain/admission/limits.ts';
import type { Rules } from '../../domain/installation/installation.ts';
import { duration, refuseValue, strict } from '../source/schema.ts';

const dimension = z.enum(DIMENSIONS);

const PER = `must be ${DIMENSIONS.join(', ')}, several of these such as [agent, service], or neighbourhood`;

const per = z.union(
  [
    dimension.transform((one) => [one]),
    z
      .array(dimension)
      .min(1, PER)
      .refine((all) => new Set(all).size === all.length, PER),
    z.literal('neighbourhood'),
  ],
  PER,
);

interface Crowd {
  readonly kind: 'crowd';
  readonly atOnce: number;
}

const KINDS = 'needs exactly one of atMost, risk, atOnce';

const limit = strict({
  per,
  atMost: z.number().int().min(1).max(10_000).optional(),
  risk: z.number().positive().max(1_000_000).optional(),
  atOnce: z.number().int().min(1).optional(),
  within: duration().optional(),
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
  .transform((written): Pick<Rules, 'limits' | 'neighbourhoodAtOnce'> => {
    const crowds = written.flatMap((one) => (one.kind === 'crowd' ? one.atOnce : []));
    return {
      limits: written.flatMap((one) => (one.kind === 'crowd' ? [] : one)),
      ...(crowds.length === 0 ? {} : { neighbourhoodAtOnce: Math.min(...crowds) }),
    };
  });
