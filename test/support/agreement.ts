import { expect } from 'vitest';
import { effectsOf } from '../../examples/storefront/process.ts';
import type { ActionHandle } from '../../src/client/index.ts';
import { checkChain, type LedgerEntry } from '../../src/domain/ledger.ts';
import type { Outcome, OutcomeKind } from '../../src/domain/outcome.ts';
import { activitiesOf } from './faults.ts';
import { ruledOnce } from './ledger-bodies.ts';
import type { World } from './world.ts';

/** One action as three witnesses tell it. */
interface Story {
  /** Kinds of its ledger entries, in order. */
  readonly ledger: readonly string[];
  /** Activities that completed and that others rest on, in the order of the Temporal history. */
  readonly steps: readonly string[];
  /** What the storefront did. */
  readonly effects: readonly ('done' | 'undone')[];
}

const STEPS = ['admit', 'execute', 'record', 'rollBack', 'close'];

const STOPPED: Story = { ledger: ['ruled', 'closed'], steps: ['close'], effects: [] };
const REFUSED_AT_ADMIT: Story = { ...STOPPED, steps: ['admit', 'close'] };
const FAILED: Story = { ledger: ['ruled', 'admitted', 'closed'], steps: ['admit', 'close'], effects: [] };
const NOT_TAKEN_BACK: Story = {
  ledger: ['ruled', 'admitted', 'verdict', 'closed'],
  steps: ['admit', 'execute', 'record', 'close'],
  effects: ['done'],
};

/** The only stories that may end so, for actions of tier 2 and 3. */
const STORIES: Partial<Record<OutcomeKind, readonly Story[]>> = {
  succeeded: [{ ...FAILED, steps: ['admit', 'execute', 'close'], effects: ['done'] }],
  rolledBack: [
    {
      ...NOT_TAKEN_BACK,
      steps: ['admit', 'execute', 'record', 'rollBack', 'close'],
      effects: ['done', 'undone'],
    },
  ],
  rollbackFailed: [
    NOT_TAKEN_BACK,
    // The governed system was away all the time.
    { ...NOT_TAKEN_BACK, steps: ['admit', 'record', 'close'], effects: [] },
  ],
  failed: [FAILED],
  deniedByPerson: [STOPPED],
  deniedByPolicy: [STOPPED, REFUSED_AT_ADMIT],
  undeliverable: [STOPPED],
  expired: [STOPPED],
  held: [REFUSED_AT_ADMIT],
};

/**
 * Waits for the end of an action of tier 2 or 3 and holds it to INVARIANTS 8 and 9: ledger, Temporal history and
 * storefront agree, with at most one effect and one rollback, and the whole ledger is intact.
 */
export async function endOf(world: World, action: ActionHandle): Promise<Outcome> {
  const { outcome } = await action.result();
  const entries = await everything(world);
  expect(checkChain(entries)).toMatchObject({ kind: 'intact' });
  const own = entries.filter(
    ({ actionId, kind }) => actionId === action.actionId && kind !== 'reviewed' && kind !== 'told',
  );
  expect(own.at(-1)?.body).toMatchObject({ outcome });
  const { earlierRounds } = await action.state();
  // What people said before it was settled stands beside the rulings on it.
  const kinds = own.map(({ kind }) => kind).filter((kind) => kind !== 'edited' && kind !== 'voted');
  expect(kinds.filter((kind) => kind === 'ruled').length).toBeGreaterThan(earlierRounds.length);
  const story: Story = {
    ledger: ruledOnce(kinds),
    steps: await stepsOf(world, action),
    effects: await changesOf(world, action),
  };
  const stories = [...(STORIES[outcome.kind] ?? []), ...(earlierRounds.length > 0 ? [REFUSED_AT_ADMIT] : [])];
  expect(stories, `${outcome.kind}: ${outcome.reason}`).toContainEqual(story);
  return outcome;
}

async function everything({ ledger }: World): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for await (const entry of ledger.all()) entries.push(entry);
  return entries;
}

/**
 * An activity that answers "busy" completes too, and is asked again. What is recorded before any of them is a vote or an edit,
 * and after the end it is what people were told.
 */
async function stepsOf(world: World, action: ActionHandle): Promise<string[]> {
  const names = (await activitiesOf(world, action)).map(({ name }) => name);
  return names
    .filter((name) => STEPS.includes(name))
    .filter((name, index, steps) => name !== steps[index - 1])
    .filter((name, index, steps) => name !== 'record' || (index > 0 && steps[index - 1] !== 'close'));
}

/** Effects under the action's two keys; whatever else it did would be there under its own name and agree with nothing. */
async function changesOf({ storefront }: World, { actionId }: ActionHandle): Promise<Story['effects']> {
  const all = await effectsOf(storefront.url);
  const own = all.filter(({ idempotencyKey }) => idempotencyKey.split('/')[0] === actionId);
  expect(new Set(own.map(({ fencingToken }) => fencingToken)).size).toBeLessThanOrEqual(1);
  return own.map(({ idempotencyKey }) => (idempotencyKey === actionId ? 'done' : 'undone'));
}
