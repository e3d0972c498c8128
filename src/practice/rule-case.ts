import { randomUUID } from 'node:crypto';
import { createRule } from '../activities/ruling/rule.ts';
import { actionIdOf, actionWorkflowId } from '../contract/ids.ts';
import type { Proposal } from '../domain/action/action.ts';
import { wayOf } from '../domain/escalation/route-progress.ts';
import type { EntryKind, ReadEntry } from '../domain/ledger/ledger.ts';
import type { Earlier, WrittenCase } from '../domain/practice/case.ts';
import type { EntryBodies } from '../domain/record/on-record.ts';
import { faultsText } from '../domain/shared/json.ts';
import type { Cast } from '../exercise/cast.ts';
import type { Records } from './records.ts';
import { metricsOf } from './world.ts';
import type { RulesOfCase } from './written-cases.ts';

/** How long a signed proposal is valid, in milliseconds. It is ruled on at once. */
const VALID_MS = 3_600_000;
/** How long a case's earlier action took until it ended, in milliseconds. */
const TOOK_MS = 20 * 60_000;
/** A case asks no system, so nothing says what its action would do. */
const NO_PREVIEW = 'a case asks no system';
/** When somebody edits an action, after it was asked for, in milliseconds. */
const EDITED_AFTER_MS = 60_000;

/** The run and the key of a request. */
export interface RunOfCase {
  readonly runId: string;
  readonly idempotencyKey: string;
}

/** A key for a request. It is on the page as a part of the id, and may not tell what the case is. */
export const newRequestKey = (): string => `request-${randomUUID().slice(0, 8)}`;

const newRun = (): RunOfCase => ({ runId: randomUUID(), idempotencyKey: newRequestKey() });

export type RuledCase =
  | { readonly kind: 'ruled'; readonly entries: readonly ReadEntry[] }
  /** The case cannot be asked. `why` is a sentence without the final period. */
  | { readonly kind: 'none'; readonly why: string };

/**
 * Has a case ruled on by the step that rules in production, with the folder's own rules and the world that the case describes. The step that rules
 * is the only one that is here: it has no executor, no channel and no address.
 *
 * @param cast who signs in it. Without `sign` nobody can, and a case with an edit cannot be asked
 * @param records those of the case alone: they are empty
 * @param question the run and the key of the request, where they are given
 */
export async function ruleCase(
  written: WrittenCase,
  loaded: RulesOfCase,
  cast: Pick<Cast, 'installation' | 'signed'> & Partial<Pick<Cast, 'sign'>>,
  records: Records,
  question: RunOfCase = newRun(),
): Promise<RuledCase> {
  const { ledger } = records;
  const none = { kind: 'none', reason: 'practice asks no system' } as const;
  let at = written.at;
  let run = { workflowId: '', runId: '' };
  const now = () => at;
  const { rule } = createRule({
    installation: cast.installation,
    checkParams: loaded.checkParams,
    authorize: loaded.authorize,
    ...records,
    sources: metricsOf(cast.installation, Object.keys(loaded.connections.metricSources), written, now),
    valueSources: { ask: async () => none },
    now,
    step: () => ({ ...run, at, attempt: randomUUID() }),
    firstRunId: async () => run.runId,
  });

  /** Has a request ruled on in a run of its own. */
  async function ask(asked: Omit<Proposal, 'idempotencyKey'>, { idempotencyKey, runId } = newRun()) {
    const proposal = cast.signed({ ...asked, idempotencyKey }, at + VALID_MS);
    const actionId = actionIdOf(proposal);
    run = { workflowId: actionWorkflowId(actionId), runId };
    return { actionId, proposal, ruled: await rule({ proposal, unpreviewed: NO_PREVIEW }) };
  }

  const append = <Kind extends keyof EntryBodies & EntryKind>(
    actionId: string,
    kind: Kind,
    body: EntryBodies[Kind],
    name: string = kind,
  ) => ledger.append({ eventId: `${actionId}/${run.runId}/${name}`, actionId, kind, at, body });

  /** Puts an earlier action on record, as it would stand there. */
  async function happened(earlier: Earlier): Promise<string | undefined> {
    const { agent, version, ended, by, because, ago, ...asked } = earlier;
    at = written.at - ago;
    const { actionId, ruled } = await ask({
      ...asked,
      agent: { id: agent, version },
      rationale: {
        summary: 'It was asked for before.',
        confidence: 0.9,
        alternatives: [{ option: 'do nothing', confidence: 0.2, whyNot: 'it would stay as it is' }],
      },
      evidence: [{ title: 'before', detail: 'what happened before the question' }],
      successCriteria: ['the metrics stay healthy'],
    });
    if (ruled.kind === 'refused') return faultsText(ruled.faults);
    const { action, ruling } = ruled;
    const { digest } = ruling;
    const review = null;
    at += TOOK_MS;
    if (ended === 'deniedByPerson') {
      const settlement = { kind: 'denied', by, reason: because } as const;
      await append(actionId, 'settled', { digest, settlement, votes: [], since: at });
      await append(actionId, 'closed', {
        outcome: { kind: ended, reason: `${by} denied it: ${because}` },
        hold: false,
        record: { settlement, votes: [] },
        review,
      });
      return undefined;
    }
    const settlement = { kind: 'approved', by: [by] } as const;
    await append(actionId, 'admitted', { digest, settlement, votes: [], execute: action.execute });
    const measurements = (action.watch?.metrics ?? []).map(({ name }) => ({
      metric: name,
      phase: ended === 'succeeded' ? ('successful' as const) : ('failed' as const),
      reason: because,
      at,
    }));
    if (ended === 'rolledBack') await append(actionId, 'verdict', { why: because, digest });
    at += TOOK_MS;
    await append(actionId, 'closed', {
      outcome: { kind: ended, reason: ended === 'succeeded' ? 'its metrics stayed healthy' : because },
      hold: false,
      record: {
        settlement,
        votes: [],
        measurements,
        verdict: { kind: ended === 'succeeded' ? 'healthy' : 'regressed' },
        ...(ended === 'rolledBack' ? { rollback: { summary: 'done', at } } : {}),
      },
      review,
    });
    return undefined;
  }

  for (const earlier of written.before.toSorted((a, b) => b.ago - a.ago)) {
    const why = await happened(earlier);
    if (why !== undefined) return { kind: 'none', why: `what happened before is refused: ${why}` };
  }
  at = written.at;
  const { actionId, proposal, ruled } = await ask(written.asks, question);
  if (ruled.kind === 'refused') return { kind: 'none', why: `it is refused: ${faultsText(ruled.faults)}` };
  if (!('route' in ruled.ruling))
    return { kind: 'none', why: `nobody is asked: ${ruled.ruling.reasons.join('; ')}` };
  const { digest } = ruled.ruling;
  const { sign } = cast;
  if (written.edit && !sign) return { kind: 'none', why: 'a person would have to sign its edit' };
  const edited = async (
    { by, params, because }: NonNullable<WrittenCase['edit']>,
    signAs: NonNullable<typeof sign>,
  ) => {
    at += EDITED_AFTER_MS;
    const statement = { person: by, verdict: 'edit', params, reason: because, decidedAt: at } as const;
    return rule({ proposal, unpreviewed: NO_PREVIEW, edit: await signAs({ ...run, digest, ...statement }) });
  };
  const final = written.edit && sign ? await edited(written.edit, sign) : ruled;
  if (final.kind === 'refused' || !('route' in final.ruling))
    return { kind: 'none', why: 'nobody is asked after it was edited' };
  const { tells } = wayOf(final.ruling.route, at, [], () => true);
  const readAt = at + written.readAfter;
  for (const { step, people, name, at: due } of tells.filter((each) => each.at <= readAt)) {
    at = due;
    const delivery = {
      step: name,
      by: step.by,
      whom: step.whom,
      people,
      delivered: true,
      detail: 'in practice',
    };
    await append(actionId, 'told', { deliveries: [delivery] }, `told/${name}`);
  }
  return { kind: 'ruled', entries: await ledger.entriesOf(actionId) };
}
