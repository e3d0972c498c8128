import { queriesOn, type Sides, sidesOf, stretchOf } from '../../domain/analysis/blocks.ts';
import {
  type LookAnswer,
  type LookedAt,
  lookOf,
  lookPlanOf,
  type SideToRead,
} from '../../domain/analysis/look.ts';
import type { ComparedMetric, MetricSpec } from '../../domain/analysis/metrics.ts';
import type { Sources } from '../ports/metric-source.ts';
import { pastOf } from './read-metrics.ts';

/** Reads what happened since the last look, and weighs it with what was read before. */
export async function lookAt(
  sources: Sources,
  spec: ComparedMetric,
  lookedAt: LookedAt,
  now: number,
): Promise<LookAnswer> {
  const plan = lookPlanOf(spec, lookedAt, now);
  const [after, before] = await Promise.all([
    readSide(sources, spec, plan.after),
    readSide(sources, spec, plan.before),
  ]);
  return lookOf(spec, lookedAt, plan, { after, before });
}

async function readSide(
  sources: Sources,
  { source }: MetricSpec,
  { compared, blocks }: SideToRead,
): Promise<Sides> {
  if (blocks.count === 0) return { kind: 'sides', sides: [] };
  const stretch = stretchOf(blocks);
  const answers = await Promise.all(
    Object.entries(queriesOn(compared)).map(
      async ([name, query]) => [name, await pastOf(sources, { source, query }, stretch)] as const,
    ),
  );
  return sidesOf(compared, blocks, Object.fromEntries(answers));
}
