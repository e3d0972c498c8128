import type { Action } from '../domain/action/action.ts';
import { fitted, type Previewed } from '../domain/action/preview.ts';
import type { EntryBodies } from '../domain/record/on-record.ts';
import { digestOf } from '../domain/shared/digest.ts';
import { type AcceptDeps, accepted } from './ruling/accept.ts';
import { takenBackPreview } from './shared/preview-for.ts';
import { resolvedAgain } from './shared/resolve-proposal-again.ts';
import type { Executors } from './shared/send.ts';
import { caseOf, notOnRecord, type StepDeps } from './shared/step.ts';
import { within } from './shared/within.ts';

export interface PreviewDeps extends AcceptDeps, StepDeps {
  readonly executors: Executors;
  readonly now: () => number;
}

export interface PreviewInput {
  /** The proposal as the agent made it. Once the action was ruled on, the proposal on record counts instead. */
  readonly proposal: unknown;
}

export function createPreview(deps: PreviewDeps) {
  const { executors, ledger, now } = deps;

  async function previewOf(action: Action): Promise<Previewed> {
    const { execute } = action;
    const executor = executors[execute.executor];
    if (!executor.preview)
      return { kind: 'unknown', reason: `the executor ${execute.executor} makes no previews` };
    const answer = executor.preview(execute, await takenBackPreview(ledger, action));
    const previewed = await within<Previewed>(execute.timeoutMs, answer, () => ({
      kind: 'unknown',
      reason: `no answer within ${execute.timeoutMs} ms`,
    }));
    return previewed.kind === 'previewed' ? fitted(previewed.preview) : previewed;
  }

  return {
    /**
     * Asks the governed system what an action would do, and records the answer. It changes nothing there. INVARIANT 13: what is asked follows from
     * the proposal and the installation alone. INVARIANT 9: the answer is in the ledger before a ruling or an admission rests on it.
     */
    preview: async ({ proposal }: PreviewInput): Promise<void> => {
      const caseNow = await caseOf(deps);
      const { record, actionId, runId, at, attempt } = caseNow;
      if (record.closed || record.admitted) throw notOnRecord('it is past the time for previews');
      const resolution = record.ruled
        ? await resolvedAgain(deps, record)
        : await accepted(deps, caseNow, proposal);
      // The step that asked for the preview finds the same faults, and reports them.
      if (resolution.kind === 'refused') return;
      const { action } = resolution;
      const previewed = await previewOf(action);
      const body: EntryBodies['previewed'] = { plan: digestOf(action.execute), madeAt: now(), previewed };
      const eventId = `${actionId}/${runId}/previewed/${attempt}`;
      await ledger.append({ eventId, actionId, kind: 'previewed', at, body });
    },
  };
}
