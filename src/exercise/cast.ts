import type { Proposal } from '../domain/action/action.ts';
import type { DecisionKind, DecisionStatement } from '../domain/approval/decision-statement.ts';
import type { Installation } from '../domain/installation/installation.ts';
import { signProposal } from '../domain/proposal/signed-proposal.ts';
import { newPrivateJwk, signerWith } from '../keys/ed25519.ts';

/** Who signs what in an exercise, with keys that are made for it and forgotten afterwards. */
export interface Cast {
  /** The installation in which these keys count, and no others. */
  readonly installation: Installation;
  sign(
    statement: Omit<DecisionStatement, 'installation' | 'authentication'> & {
      readonly verdict: DecisionKind;
    },
  ): Promise<string>;
  /** The proposal, signed where the folder wants its agent to sign. */
  signed(proposal: Proposal, expiresAt: number): Proposal;
}

/**
 * Gives everybody of an installation a key of the exercise in place of their own. Whoever had no key gets one too: in an exercise all people can
 * sign in. Who may decide, and all other rules, stay as they are.
 */
export async function castOf(installation: Installation): Promise<Cast> {
  const key = newPrivateJwk();
  const sign = await signerWith(key);
  const { name, people, agents, rules } = installation;
  const withKey = <T>(all: Readonly<Record<string, T>>, has: (one: T) => boolean): Record<string, T> =>
    Object.fromEntries(
      Object.entries(all).map(([id, one]) => [id, has(one) ? { ...one, keys: [key.x] } : one]),
    );
  const { gateway } = rules;
  return {
    installation: {
      ...installation,
      people: withKey(people, () => true),
      agents: withKey(agents, ({ keys = [] }) => keys.length > 0),
      rules: { ...rules, gateway: gateway && { ...gateway, keys: [key.x] } },
    },
    sign: (statement) =>
      sign({ ...statement, installation: name, authentication: 'signing-key' } satisfies DecisionStatement),
    signed: (proposal, expiresAt) =>
      agents[proposal.agent.id]?.keys?.length
        ? signProposal({ ...proposal, installation: name, expiresAt }, key)
        : proposal,
  };
}
