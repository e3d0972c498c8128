import { expect } from 'vitest';
import { effectsOf } from '../../examples/storefront/process.ts';
import type { ActionHandle } from '../../src/client/index.ts';
import { actionWorkflowId } from '../../src/contract/ids.ts';
import type { Outcome, OutcomeKind } from '../../src/domain/action/outcome.ts';
import { checkChain, type ReadEntry } from '../../src/domain/ledger/ledger.ts';
import { violationsIn } from '../../src/domain/reports/violations.ts';
import { activitiesOf } from './faults.ts';
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

const STEPS = ['settle', 'admit', 'execute', 'rollBack', 'close'];
/** What else is in the ledger stands beside these: what people said and were told, and each check. */
const KINDS = [
  'ruled',
  'settled',
  'refusedAtAdmit',
  'admitted',
  'executed',
  'verdict',
  'takenBack',
  'closed',
];

const FORBIDDEN: Story = { ledger: ['ruled', 'closed'], steps: ['close'], effects: [] };
const STOPPED: Story = { ledger: ['ruled', 'settled', 'closed'], steps: ['settle', 'close'], effects: [] };
const REFUSED_AT_ADMIT: Story = {
  ledger: ['ruled', 'settled', 'refusedAtAdmit', 'closed'],
  steps: ['settle', 'admit', 'close'],
  effects: [],
};
const FAILED: Story = {
  ledger: ['ruled', 'settled', 'admitted', 'executed', 'closed'],
  steps: ['settle', 'admit', 'close'],
  effects: [],
};
const SUCCEEDED: Story = {
  ...FAILED,
  steps: ['settle', 'admit', 'execute', 'close'],
  effects: ['done'],
};
const TAKEN_BACK: readonly string[] = [
  'ruled',
  'settled',
  'admitted',
  'executed',
  'verdict',
  'takenBack',
  'closed',
];

/** What was done and undone. */
const UNDONE: readonly Story[] = [
  {
    ledger: TAKEN_BACK,
    steps: ['settle', 'admit', 'execute', 'rollBack', 'close'],
    effects: ['done', 'undone'],
  },
  // No attempt had an answer, and it was there.
  {
    ledger: TAKEN_BACK,
    steps: ['settle', 'admit', 'rollBack', 'close'],
    effects: ['done', 'undone'],
  },
  // Our own database was away: that it was about to be taken back is not said before it was.
  {
    ledger: TAKEN_BACK.filter((kind) => kind !== 'verdict'),
    steps: ['settle', 'admit', 'execute', 'rollBack', 'close'],
    effects: ['done', 'undone'],
  },
];

/** The only stories that may end so, for actions of tier 2 and 3. */
const STORIES: Partial<Record<OutcomeKind, readonly Story[]>> = {
  succeeded: [SUCCEEDED],
  rolledBack: UNDONE,
  rollbackUnverified: UNDONE,
  rollbackFailed: [
    { ...SUCCEEDED, ledger: TAKEN_BACK },
    // Our own database was away: that it was about to be taken back is not said before it was tried.
    { ...SUCCEEDED, ledger: TAKEN_BACK.filter((kind) => kind !== 'verdict') },
    // The governed system was away all the time.
    { ...FAILED, ledger: TAKEN_BACK },
  ],
  failed: [FAILED],
  deniedByPerson: [STOPPED],
  deniedByPolicy: [FORBIDDEN, REFUSED_AT_ADMIT],
  undeliverable: [STOPPED],
  expired: [STOPPED, REFUSED_AT_ADMIT],
  held: [REFUSED_AT_ADMIT],
};

/**
 * Waits for the end of an action of tier 2 or 3 and holds it to INVARIANTS 8 and 9: ledger, Temporal history and
 * storefront agree, with at most one effect and one rollback, the whole ledger is intact, and an audit finds nothing wrong.
 */
export async function endOf(world: World, action: ActionHandle): Promise<Outcome> {
  const { outcome } = await action.result();
  const entries = await everything(world);
  expect(checkChain(entries)).toMatchObject({ kind: 'intact' });
  const about = entries.filter(({ actionId }) => actionId === action.actionId);
  expect(violationsIn(about, actionWorkflowId(action.actionId))).toEqual([]);
  const own = entries.filter(({ actionId, kind }) => actionId === action.actionId && KINDS.includes(kind));
  expect(own.at(-1)?.body).toMatchObject({ outcome });
  const kinds = own.map(({ kind }) => kind);
  const { earlierRounds } = await action.state();
  expect(kinds.filter((kind) => kind === 'ruled').length).toBeGreaterThan(earlierRounds.length);
  const story: Story = {
    ledger: each(kinds.slice(kinds.lastIndexOf('ruled'))),
    steps: await stepsOf(world, action),
    effects: await changesOf(world, action),
  };
  const stories = [...(STORIES[outcome.kind] ?? []), ...(earlierRounds.length > 0 ? WORSE_AGAIN : [])];
  expect(stories, `${outcome.kind}: ${outcome.reason}`).toContainEqual(story);
  return outcome;
}

/** What has become worse for the last time is not ruled on once more. */
const WORSE_AGAIN: readonly Story[] = [REFUSED_AT_ADMIT];

/** An attempt that failed and was made again is one step. */
const each = (names: readonly string[]) => names.filter((name, index) => name !== names[index - 1]);

async function everything({ ledger }: World): Promise<ReadEntry[]> {
  const entries: ReadEntry[] = [];
  for await (const entry of ledger.all()) entries.push(entry);
  return entries;
}

/** Of the last round. An activity that says to wait completes too, and is asked again. */
async function stepsOf(world: World, action: ActionHandle): Promise<string[]> {
  const names = (await activitiesOf(world, action)).map(({ name }) => name);
  const steps = each(names.filter((name) => STEPS.includes(name)));
  return steps.slice(Math.max(0, steps.lastIndexOf('settle')));
}

/** Effects under the action's two keys; whatever else it did would be there under its own name and agree with nothing. */
async function changesOf({ storefront }: World, { actionId }: ActionHandle): Promise<Story['effects']> {
  const all = await effectsOf(storefront.url);
  const own = all.filter(({ idempotencyKey }) => idempotencyKey.split('/')[0] === actionId);
  // Taken back with a newer token: what comes late of the effect is refused.
  const [done, undone] = own.map(({ fencingToken }) => fencingToken);
  if (done !== undefined && undone !== undefined) expect(undone).toBe(done + 1);
  return own.map(({ idempotencyKey }) => (idempotencyKey === actionId ? 'done' : 'undone'));
}
