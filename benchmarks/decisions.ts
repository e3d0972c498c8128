import type { KeyFile } from '../src/cli/signing.ts';
import type { ActionHandle } from '../src/client/action-handle.ts';
import type { Countersign } from '../src/client/index.ts';
import type { ActionState } from '../src/domain/record/action-state.ts';
import { nextProposal, signedApproval, succeeded } from './governed.ts';
import { inFlight, type Pace, paceOf } from './load.ts';
import { type Passkey, proofBy } from './passkey.ts';
import type { Session } from './session.ts';
import { type BenchTier, whenWaiting } from './side.ts';

/** An action, as somebody is shown it who is asked. */
export interface Waiting {
  readonly action: ActionHandle;
  readonly state: ActionState;
}

/** One way to hand in an approval. */
export interface Way {
  /** Of the actions that are decided on in this way. */
  readonly tier: 2 | 3;
  approve(shown: Waiting, n: number): Promise<unknown>;
}

const STARTED_AT_ONCE = 16;

/** Signed by the approver, and handed to the workflow. */
export const bySdk = (countersign: Countersign, approver: KeyFile): Way => ({
  tier: 2,
  approve: async ({ state }) => countersign.decide(state.workflowId, await signedApproval(state, approver)),
});

/** Said to the gateway, which signs it: so many people at once, each in a browser of their own. */
export const byHttp = (sessions: readonly Session[]): Way => ({
  tier: 2,
  approve: (shown, n) => sessionOf(sessions, n).post(decisionsPath(shown), approvalOf(shown)),
});

/** The same where a session is not enough: the gateway is asked for a challenge first, which a passkey signs. */
export const byPasskey = (sessions: readonly Session[], passkey: Passkey): Way => ({
  tier: 3,
  approve: async (shown, n) => {
    const session = sessionOf(sessions, n);
    const approval = approvalOf(shown);
    const about = { ...approval, actionId: shown.action.actionId };
    const proof = await proofBy(passkey, session, about);
    return session.post(decisionsPath(shown), { ...approval, proof });
  },
});

const decisionsPath = ({ action }: Waiting) =>
  `/api/actions/${encodeURIComponent(action.actionId)}/decisions`;

const approvalOf = ({ state: { runId, ruling } }: Waiting) => ({
  verdict: 'approve',
  runId,
  digest: ruling?.digest,
});

/** From when somebody says it to the answer that it counts. What is decided is shown to them before, and runs after. */
export async function decisionsOf(
  countersign: Countersign,
  way: Way,
  { count, atOnce }: { readonly count: number; readonly atOnce: number },
): Promise<Pace> {
  const actions = await startWaiting(countersign, way.tier, count);
  const pace = await paceOf(count, atOnce, async (n) => {
    const shown = actions[n - 1];
    if (shown) await way.approve(shown, n);
  });
  await Promise.all(actions.map(({ action }) => succeeded(action)));
  return pace;
}

/** So many actions, once each of them waits for a person. */
export async function startWaiting(
  countersign: Countersign,
  tier: BenchTier,
  count: number,
): Promise<Waiting[]> {
  const all: Waiting[] = [];
  await inFlight(count, STARTED_AT_ONCE, async () => {
    const action = await countersign.propose(nextProposal(tier));
    all.push({ action, state: await whenWaiting(() => action.state()) });
  });
  return all;
}

/** Each of so many in flight has one of its own. */
export function sessionOf(sessions: readonly Session[], n: number): Session {
  const session = sessions[n % sessions.length];
  if (!session) throw new Error('nobody is signed in');
  return session;
}
