import { z } from 'zod';
import type { EffectResult, Executor, Verified } from '../../activities/ports/executor.ts';
import type { TerraformPlan } from '../../domain/action/action.ts';
import { fitted, type Preview, type Previewed, previewDrift } from '../../domain/action/preview.ts';
import type { Found } from '../../domain/action/reconcile.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import { exactLine } from '../../domain/shared/visible.ts';
import { answerLine } from '../answer-text.ts';
import { addressesIn, changesIn, changesNothing, createPlanDigests, summaryOf } from './planned.ts';
import { type Applied, type Made, type Program, type Stopped, withProgram } from './program.ts';

/** The part of the time after which an apply is interrupted. The rest is for its end, or for the look whether it is so. */
const APPLY_SHARE = 0.75;
/** How long a look may take whether an effect is there, in milliseconds: a rollback waits for it. */
const LOOK_MS = 15_000;
const LOOK_LOCK_MS = 5_000;

/** What a preview keeps for the effect and for its rollback. */
const beforeSchema = z.object({
  /** The digest of the plan that was previewed. The preview of another plan is that of an effect which is taken back. */
  plan: z.string(),
  /** The resources that it changes. Its rollback may change no others. */
  addresses: z.array(z.string()),
});

/**
 * Has OpenTofu or Terraform plan a folder, shows the plan, and applies exactly that one.
 *
 * No plan file is kept while people decide. Right before the effect the plan is made anew, and only one that does the same is applied. Between that and the apply the program itself refuses a plan that became stale.
 *
 * @param sealKey a secret that all workers share: secrets in plans are bound by digests that nobody else can make
 * @param now milliseconds of a clock that never goes back
 */
export function createTerraformExecutor(sealKey: Uint8Array, now: () => number): Required<Executor> {
  const digests = createPlanDigests(sealKey);
  const within = (ms: number) => {
    const until = now() + ms;
    return () => until - now();
  };

  const boundTo = ({ planned, state, lockFile, program }: Made): Preview['boundTo'] => ({
    program,
    state: state ?? 'nothing was ever applied',
    'provider lock file': lockFile,
    configuration: digests.configuration(planned),
    'changes with their secrets': digests.changes(planned),
  });

  const previewOf = (plan: TerraformPlan, made: Made, { shown, shownJson }: Program): Preview => ({
    // The key of a resource may be what an agent wrote.
    summary: exactLine(shown(summaryOf(made.planned))),
    changes: changesIn(made.planned).map(({ what, from, to }) => ({
      what: exactLine(shown(what)),
      ...(from === undefined ? {} : { from: shownJson(from) }),
      ...(to === undefined ? {} : { to: shownJson(to) }),
    })),
    boundTo: boundTo(made),
    before: { plan: digestOf(plan), addresses: addressesIn(made.planned) },
  });

  /** Why a plan that was made now is not the one that people saw. Undefined: it is. */
  function whyAnother(plan: TerraformPlan, seen: Preview, made: Made, program: Program): string | undefined {
    const isSame = Object.entries(boundTo(made)).every(([name, value]) => seen.boundTo[name] === value);
    if (isSame) return undefined;
    const [drift] = previewDrift(
      { kind: 'previewed', preview: seen },
      fitted(previewOf(plan, made, program)),
    );
    return drift ?? 'it would do something else now';
  }

  /** Why a plan that takes an effect back would do too much. Undefined: it changes nothing but what that effect changed. */
  function whyTooMuch(undoes: Preview, { planned }: Made): string | undefined {
    const addresses = beforeSchema.safeParse(undoes.before).data?.addresses ?? [];
    const others = addressesIn(planned).filter((address) => !addresses.includes(address));
    return others.length === 0
      ? undefined
      : `it would also change ${others.join(', ')}, which the action that it takes back did not change`;
  }

  return {
    preview: async (plan, undoes): Promise<Previewed> => {
      if (plan.executor !== 'terraform') return notOurs(plan);
      return withProgram<Previewed>(plan, within(plan.timeoutMs), async (program) => {
        const step = await program.plan();
        if (step.kind !== 'ok') return step;
        const tooMuch = undoes && whyTooMuch(undoes, step.value);
        if (tooMuch !== undefined) return refused(tooMuch);
        return { kind: 'previewed', preview: previewOf(plan, step.value, program) };
      });
    },

    run: async ({ plan, preview }): Promise<EffectResult> => {
      if (plan.executor !== 'terraform') return notOurs(plan);
      if (!preview) return refused('nobody saw what it would do, so it is not applied');
      const isOwn = beforeSchema.safeParse(preview.before).data?.plan === digestOf(plan);
      const applyMs = within(APPLY_SHARE * plan.timeoutMs);
      return withProgram<EffectResult>(plan, applyMs, async (program) => {
        // What is taken back may still be under way, of a worker that was lost.
        const step = await program.plan(isOwn ? undefined : applyMs() / 2);
        // Nothing was applied yet.
        if (step.kind !== 'ok') return refused(step.reason);
        const made = step.value;
        const objection = isOwn ? whyAnother(plan, preview, made, program) : whyTooMuch(preview, made);
        if (objection !== undefined) return refused(objection);
        if (changesNothing(made.planned)) return { kind: 'done', summary: 'there was nothing to change' };
        const afterMs = applyMs();
        if (afterMs <= 0) return refused('planning it took so long that no time was left to apply it');
        const graceMs = (1 - APPLY_SHARE) * plan.timeoutMs;
        const applied = await program.apply({ afterMs, graceMs });
        if (applied.kind !== 'ok') return applied;
        return resultOf(applied.value, program.shown(summaryOf(made.planned)), program);
      });
    },

    verify: async ({ plan }): Promise<Verified> => {
      if (plan.executor !== 'terraform') return { kind: 'unknown', reason: notOurs(plan).reason };
      const left = within((1 - APPLY_SHARE) * plan.timeoutMs);
      const step = await withProgram(unforced(plan), left, (program) => program.plan());
      if (step.kind !== 'ok') return { kind: 'unknown', reason: step.reason };
      const { planned } = step.value;
      return changesNothing(planned)
        ? { kind: 'verified', summary: 'a new plan has no changes' }
        : { kind: 'notSo', reason: answerLine(`a new plan still says: ${summaryOf(planned)}`) };
    },

    lookUp: async ({ plan, preview }): Promise<Found> => {
      if (plan.executor !== 'terraform') return { found: 'unknown', summary: notOurs(plan).reason };
      const result = await withProgram<Looked | Stopped>(plan, within(LOOK_MS), async (program) => {
        // An apply that is still under way holds the lock.
        const step = await program.plan(LOOK_LOCK_MS);
        if (step.kind !== 'ok') return step;
        const made = step.value;
        const { planned } = made;
        if (changesNothing(planned)) return looked('present', 'a new plan has no changes');
        const another = preview ? whyAnother(plan, preview, made, program) : 'nobody saw what it would do';
        return another === undefined
          ? looked('absent', `a new plan says the same as before: ${summaryOf(planned)}`)
          : looked('unknown', `a new plan says: ${summaryOf(planned)}`);
      });
      return result.kind === 'looked' ? result.found : { found: 'unknown', summary: result.reason };
    },
  };
}

interface Looked {
  readonly kind: 'looked';
  readonly found: Found;
}

const looked = (found: Found['found'], summary: string): Looked => ({
  kind: 'looked',
  found: { found, summary: answerLine(summary) },
});

function resultOf(
  { isDone, begunNothing, errors, changed, failed }: Applied,
  summary: string,
  { shown }: Program,
): EffectResult {
  if (isDone) return { kind: 'done', summary: answerLine(`applied: ${summary}`) };
  const parts = [
    ...(changed.length === 0 ? [] : [`changed: ${changed.join(', ')}`]),
    ...(failed.length === 0 ? [] : [`begun and not known to be changed: ${failed.join(', ')}`]),
    errors.join('; ') || 'it ended with an error and did not say which',
  ];
  const reason = answerLine(shown(parts.join('. ')));
  return begunNothing
    ? { kind: 'refused', reason }
    : { kind: 'unknown', reason: `it failed half way: ${reason}` };
}

/** The same without what is replaced by force: a plan with it always has changes. */
const unforced = ({ replace: _, ...plan }: TerraformPlan): TerraformPlan => plan;

const refused = (reason: string) => ({ kind: 'refused', reason: answerLine(reason) }) as const;
const notOurs = ({ executor }: { readonly executor: string }) =>
  refused(`a plan of the executor ${executor} is not one for OpenTofu or Terraform`);
