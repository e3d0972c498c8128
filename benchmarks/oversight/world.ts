import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Proposal } from 'countersign';
import { Stage } from '../../examples/storefront/demo/stage.ts';
import { Story } from '../../examples/storefront/demo/story.ts';
import type { Phase } from './bad-requests.ts';
import type { Request } from './request.ts';

const MINUTE = 60_000;

/** Tells nothing: a run has a table of its own. */
class Silent extends Story {
  override line(): void {}
}

/** The storefront's installation, as it is where people are asked about everything that an agent wants, and where there is a staging. */
export const openWorld = (): Promise<Stage> =>
  Stage.open(new Silent(), async (installation) => {
    await edit(join(installation, 'countersign.yaml'), (text) =>
      text
        .replace(
          'environments:\n',
          'environments:\n  staging: { production: false, adminUrl: "${env.STOREFRONT_URL}/admin" }\n',
        )
        // All cases stay open until the end.
        .replace('openPerAgent: 30', 'openPerAgent: 1000'),
    );
    await edit(join(installation, 'catalog', 'agents.yaml'), (text) =>
      text.replaceAll('countersign.dev/autonomy: "3"', 'countersign.dev/autonomy: "1"'),
    );
  });

async function edit(file: string, change: (text: string) => string): Promise<void> {
  const before = await readFile(file, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`${file} is not as it was when this was written`);
  await writeFile(file, after);
}

/** Brings the storefront to how a phase needs it, by what really happens there. */
export async function enter(stage: Stage, phase: Phase): Promise<void> {
  switch (phase) {
    case 'calm':
      return;
    case 'incident':
      await stage.declare({
        catalog: [incident('INC-4802', 'Old prices in the catalog', 'stale-cache')],
        cart: [incident('INC-4803', 'Carts lose items', 'lost-writes')],
      });
      return;
    case 'afterRollbacks':
      await stage.declare({});
      await Promise.all([
        inOrder(CATALOG, (past) => happen(stage, 'mei', past)),
        inOrder(CHECKOUT, (past) => happen(stage, 'grace', past)),
      ]);
      // It is beside both, so it comes after them.
      await inOrder(CART, (past) => happen(stage, 'priya', past));
      return;
    case 'freeze':
      await stage.freeze('stocktaking', 24 * 60 * MINUTE);
  }
}

const incident = (id: string, title: string, kind: string) => ({
  id,
  title,
  kind,
  startedAt: Date.now() - 7 * MINUTE,
});

interface Past {
  readonly request: Pick<Request, 'actionType' | 'target' | 'params'>;
  readonly outcome: 'succeeded' | 'rolledBack';
}

const deployed = (target: string, version: string, outcome: Past['outcome']): Past => ({
  request: { actionType: 'version.deploy', target, params: { version } },
  outcome,
});
const timeout = (value: number): Past => ({
  request: { actionType: 'config.change', target: 'checkout', params: { key: 'paymentTimeoutMs', value } },
  outcome: 'rolledBack',
});
const CATALOG: readonly Past[] = [deployed('catalog', '1.8.1', 'succeeded')];
/** Usual numbers of instances, and at the end as many as before. */
const CART: readonly Past[] = [4, 3, 4, 3, 4, 3].map((count) => ({
  request: { actionType: 'instances.scale', target: 'cart', params: { count } },
  outcome: 'succeeded',
}));
/** What fails here fails with errors. Slow answers alone are no harm on a machine that is slow itself. */
const CHECKOUT: readonly Past[] = [
  deployed('checkout', '2.4.0', 'succeeded'),
  deployed('checkout', '2.5.0', 'rolledBack'),
  timeout(5),
];

async function inOrder<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  for (const one of all) await act(one);
}

/** A machine that is busy with other things can make a good deployment slow, and then its watch takes it back. */
const TRIES = 3;

/** Lets an action run for real: asked for by an agent of its own, approved, carried out, watched, and taken back where it did harm. */
async function happen(stage: Stage, approver: string, { request, outcome }: Past): Promise<void> {
  const seen: string[] = [];
  while (seen.length < TRIES) {
    const action = await stage.propose(
      proposalOf({ ...PAST_TEXT, ...request, agent: newBuild() }, `past-${crypto.randomUUID()}`),
    );
    await stage.decide(action, approver, 'approve');
    const { kind, reason } = (await action.result()).outcome;
    if (kind === outcome) return;
    seen.push(`${kind} (${reason})`);
  }
  throw new Error(
    `${request.actionType} of ${JSON.stringify(request.params)} on ${request.target} must have ${outcome}, and it ${seen.join(', then ')}`,
  );
}

/** Each time another build: one of which an action was rolled back is asked for nothing more than advice. */
const newBuild = () => ({ id: 'release-agent', version: crypto.randomUUID() });

const PAST_TEXT = {
  rationale: {
    summary: 'It is next on the plan.',
    confidence: 0.8,
    alternatives: [{ option: 'wait', confidence: 0.3, whyNot: 'the plan says today' }],
  },
  evidence: [{ title: 'plan', detail: 'this is its next line' }],
  successCriteria: ['error ratio stays below 2 %'],
};

export const proposalOf = (request: Request, idempotencyKey: string): Proposal => ({
  ...request,
  environment: 'production',
  idempotencyKey,
});
