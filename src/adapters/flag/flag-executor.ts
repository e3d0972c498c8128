import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Effect, EffectResult, Executor, Verified } from '../../activities/ports/executor.ts';
import type { Auth } from '../../config/index.ts';
import { jsonRecord } from '../../contract/json.ts';
import type { FlagPlan, Plan } from '../../domain/action/action.ts';
import { changedFlag, type FlagDefinition, flagChanges } from '../../domain/action/flag.ts';
import { changeText, type Preview, type Previewed } from '../../domain/action/preview.ts';
import type { Found } from '../../domain/action/reconcile.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import { credentialsByOrigin } from '../credentials.ts';
import { createFlagFile, isSame } from './flag-file.ts';
import { createFlagService } from './flag-service.ts';
import { evaluatedAs } from './ofrep.ts';
import type { Flags } from './store.ts';

/** How often an evaluator is asked that has not read the new definition yet, in milliseconds. */
const ASK_AGAIN_MS = 250;

/**
 * Changes one feature flag, in a file of flagd or at a flag service. The preview is bound to the definition of the flag, and to its entity tag where
 * there is one. Nothing is written where the flag has another definition by then: neither by the effect nor by its undo.
 *
 * @param systems the credentials, by the origin that they are sent to
 * @param now milliseconds of a clock that never goes back
 */
export function createFlagExecutor(systems: Readonly<Record<string, Auth>>, now: () => number): Executor {
  const proveTo = credentialsByOrigin(systems);
  const file = createFlagFile(now);
  const service = createFlagService(proveTo, now);
  const storeOf = ({ store }: FlagPlan): Flags => ('file' in store ? file : service);

  async function preview(plan: Plan, undoes?: Preview): Promise<Previewed> {
    if (plan.executor !== 'flag') return { kind: 'unknown', reason: notAFlag(plan) };
    const found = await storeOf(plan).read(plan);
    if (found.kind !== 'read') return found;
    const { definition, text, version } = found;
    const change =
      plan.change === 'undo' ? undoneFrom(definition, undoes) : changedFlag(definition, plan.change);
    if (change.kind === 'refused') return change;
    const changes = flagChanges(definition, change.definition);
    return {
      kind: 'previewed',
      preview: {
        summary: `flag ${plan.flag}: ${changes.map(changeText).join('; ') || 'it is so already'}`,
        changes,
        boundTo: {
          definition: digestOf(definition),
          ...(version === undefined ? {} : { etag: version }),
        },
        before: { definition, left: change.definition, ...(text === undefined ? {} : { text }) },
      },
    };
  }

  async function run({ plan, preview: seen, idempotencyKey, fencingToken }: Effect): Promise<EffectResult> {
    if (plan.executor !== 'flag') return { kind: 'refused', reason: notAFlag(plan) };
    const until = now() + plan.timeoutMs;
    const bound = beforeIn(seen);
    if (!bound) return { kind: 'refused', reason: NO_PREVIEW };
    const { definition, left, text } = bound;
    const isUndo = plan.change === 'undo';
    const version = seen?.boundTo.etag;
    const result = await storeOf(plan).replace(plan, {
      from: isUndo ? left : definition,
      to: isUndo ? definition : left,
      ...(isUndo && text !== undefined ? { text } : {}),
      // What we wrote has another tag than what people saw.
      ...(isUndo || version === undefined ? {} : { version }),
      idempotencyKey,
      fencingToken,
      until,
    });
    if (result.kind !== 'replaced') return result;
    const how = isUndo ? 'is as it was before' : 'is changed';
    return { kind: 'done', summary: `the flag ${plan.flag} ${how}` };
  }

  async function verify({ plan, preview: seen }: Effect): Promise<Verified> {
    const bound = beforeIn(seen);
    if (plan.executor !== 'flag' || !bound) return { kind: 'unknown', reason: NO_PREVIEW };
    const until = now() + plan.timeoutMs;
    const wanted = plan.change === 'undo' ? bound.definition : bound.left;
    const found = await storeOf(plan).read(plan);
    if (found.kind === 'unknown') return found;
    if (found.kind === 'refused') return { kind: 'notSo', reason: found.reason };
    if (!isSame(found.definition, wanted))
      return { kind: 'notSo', reason: 'the flag has another definition than the one that was written' };
    if (!plan.ofrep) return { kind: 'verified', summary: 'its definition says so' };
    for (;;) {
      const leftMs = Math.floor(until - now());
      const answer = await evaluatedAs(plan.ofrep, plan.flag, wanted, proveTo, Math.max(1, leftMs));
      if (answer.kind === 'verified' || leftMs <= ASK_AGAIN_MS) return answer;
      await pause(ASK_AGAIN_MS);
    }
  }

  async function lookUp({ plan, preview: seen }: Omit<Effect, 'fencingToken'>): Promise<Found> {
    const bound = beforeIn(seen);
    if (plan.executor !== 'flag' || !bound) return { found: 'unknown', summary: NO_PREVIEW };
    const found = await storeOf(plan).read(plan);
    if (found.kind !== 'read') return { found: 'unknown', summary: found.reason };
    const [old, wanted] =
      plan.change === 'undo' ? [bound.left, bound.definition] : [bound.definition, bound.left];
    if (isSame(found.definition, wanted))
      return { found: 'present', summary: 'the flag has the definition that was to be written' };
    return isSame(found.definition, old)
      ? { found: 'absent', summary: 'the flag has the definition that it had before' }
      : {
          found: 'unknown',
          summary: 'the flag has another definition than before and than was to be written',
        };
  }

  return { preview, run, verify, lookUp };
}

const beforeSchema = z.object({ definition: jsonRecord, left: jsonRecord, text: z.string().optional() });

/** What a preview says that was there, and that would be there. */
const beforeIn = (preview: Preview | undefined) => beforeSchema.safeParse(preview?.before).data;

/** Puts back what was there before, where the flag still is as it was left. */
function undoneFrom(now: FlagDefinition, undoes: Preview | undefined): ReturnType<typeof changedFlag> {
  const bound = beforeIn(undoes);
  if (!bound) return { kind: 'refused', reason: 'nothing is on record of what was there before' };
  return isSame(now, bound.left) || isSame(now, bound.definition)
    ? { kind: 'changed', definition: bound.definition }
    : { kind: 'refused', reason: 'somebody changed the flag since, and a later change is not undone' };
}

const NO_PREVIEW = 'there is no preview on record that says what was there before; nothing was written';
const notAFlag = ({ executor }: Plan) => `a plan for ${executor} changes no flag`;
